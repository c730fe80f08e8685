//! What Personalize accepts, checked before the call, so that a refusal names the field.
//!
//! Lengths are counted in characters (Unicode scalar values), as the service models count them.

/// Characters of a user id or an item id; none may be empty.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_RS_GetRecommendations.html>
pub const ID_CHARACTERS: usize = 256;

/// Items that a request may ask for; at least one.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_RS_GetRecommendations.html>
pub const RESULTS: usize = 500;
/// As [`RESULTS`], when the answer is to hold metadata.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_RS_GetRecommendations.html>
pub const RESULTS_WITH_METADATA: usize = 50;
/// How many items are asked for when the request does not say: the service's own default.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_RS_GetRecommendations.html>
pub const DEFAULT_RESULTS: usize = 25;

/// Items that a request may have ranked; at least one.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_RS_GetPersonalizedRanking.html>
pub const RANKED_ITEMS: usize = 500;
/// As [`RANKED_ITEMS`], when the answer is to hold metadata.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_RS_GetPersonalizedRanking.html>
pub const RANKED_ITEMS_WITH_METADATA: usize = 50;

/// Entries of a context.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_RS_GetRecommendations.html>
pub const CONTEXT_ENTRIES: usize = 150;
/// Characters of a name in a context: letters, digits and underscores.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_RS_GetRecommendations.html>
pub const CONTEXT_NAME_CHARACTERS: usize = 150;
/// Characters of a value in a context; it may be empty.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_RS_GetRecommendations.html>
pub const CONTEXT_VALUE_CHARACTERS: usize = 1_000;

/// Parameters of a filter for which a request gives values.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_RS_GetRecommendations.html>
pub const FILTER_PARAMETERS: usize = 25;
/// Characters of a filter parameter's name: letters, digits and underscores.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_RS_GetRecommendations.html>
pub const FILTER_PARAMETER_CHARACTERS: usize = 50;
/// Characters of a filter parameter's values, with their quotes and the commas between them.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_RS_GetRecommendations.html>
pub const FILTER_VALUES_CHARACTERS: usize = 1_000;

/// Columns of the items dataset that a request may ask for. The service model says 99, its documentation 10: the smaller
/// holds.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_RS_GetRecommendations.html>
pub const METADATA_COLUMNS: usize = 10;
/// Characters of a column's name.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_RS_GetRecommendations.html>
pub const COLUMN_CHARACTERS: usize = 150;

/// The highest share of promoted items, in percent; the lowest is 1.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_RS_Promotion.html>
pub const PROMOTED_PERCENT: u8 = 100;
/// Characters of a promotion's name.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_RS_Promotion.html>
pub const NAME_CHARACTERS: usize = 63;

/// Characters of an ARN.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_RS_GetRecommendations.html>
pub const ARN_CHARACTERS: usize = 256;

/// Bytes of an item in DynamoDB, names and values together.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>
pub const STATE_ITEM_BYTES: usize = 400 * 1024;
