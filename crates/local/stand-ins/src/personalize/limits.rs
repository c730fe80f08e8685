//! Personalize's limits, each with the page that states it.
//!
//! Lengths of text are in characters, lengths of lists in elements.

use std::ops::RangeInclusive;

/// Length of tracking id, session id, user id, event id and event type, and of an item's or a user's own id.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_PutEvents.html>
pub const EVENT_TEXT_LENGTH: RangeInclusive<usize> = 1..=256;

/// Events in a PutEvents call.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_PutEvents.html>
pub const EVENTS_PER_CALL: RangeInclusive<usize> = 1..=10;

/// Length of an event's `properties`, a JSON text.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_Event.html>
pub const EVENT_PROPERTIES_LENGTH: RangeInclusive<usize> = 1..=1_024;

/// Names that an event's `properties` must not hold, in whatever case.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_Event.html>
pub const RESERVED_PROPERTIES: [&str; 6] = [
    "userId",
    "sessionId",
    "eventType",
    "timestamp",
    "recommendationId",
    "impression",
];

/// Items in an event's `impression`.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_Event.html>
pub const IMPRESSION_ITEMS: RangeInclusive<usize> = 1..=25;

/// Length of the `recommendationId` that an event names.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_Event.html>
pub const RECOMMENDATION_ID_LENGTH: RangeInclusive<usize> = 1..=40;

/// Length of `eventAttributionSource`, printable ASCII with something in it that is no blank.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_MetricAttribution.html>
pub const ATTRIBUTION_SOURCE_LENGTH: RangeInclusive<usize> = 1..=1_024;

/// The last second of the year 9999. A larger `sentAt` is milliseconds taken for seconds; the service's own bound is
/// not documented.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_Event.html>
pub const SENT_AT_MAX_SECONDS: f64 = 253_402_300_799.0;

/// Items in a PutItems call.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_PutItems.html>
pub const ITEMS_PER_CALL: RangeInclusive<usize> = 1..=10;

/// Length of an item's `properties`.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_Item.html>
pub const ITEM_PROPERTIES_LENGTH: RangeInclusive<usize> = 1..=32_000;

/// Users in a PutUsers call.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_PutUsers.html>
pub const USERS_PER_CALL: RangeInclusive<usize> = 1..=10;

/// Length of a user's `properties`.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_User.html>
pub const USER_PROPERTIES_LENGTH: RangeInclusive<usize> = 1..=24_000;

/// Length of an ARN.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_RS_GetRecommendations.html>
pub const ARN_LENGTH_MAX: usize = 256;

/// Length of a user id or an item id in a request for recommendations.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_RS_GetRecommendations.html>
pub const RUNTIME_ID_LENGTH_MAX: usize = 256;

/// How many items GetRecommendations gives when the request does not say.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_RS_GetRecommendations.html>
pub const DEFAULT_RESULTS: usize = 25;

/// How many items a request may ask for, or have ranked.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_RS_GetRecommendations.html>
pub const RESULTS_MAX: usize = 500;

/// As [`RESULTS_MAX`], when the answer is to hold metadata.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_RS_GetRecommendations.html>
pub const RESULTS_WITH_METADATA_MAX: usize = 50;

/// Entries of `context`.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_RS_GetRecommendations.html>
pub const CONTEXT_ENTRIES_MAX: usize = 150;

/// Length of a name in `context`: letters, digits and underscores.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_RS_GetRecommendations.html>
pub const CONTEXT_NAME_LENGTH_MAX: usize = 150;

/// Entries of `filterValues`.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_RS_GetRecommendations.html>
pub const FILTER_VALUES_MAX: usize = 25;

/// Length of a name in `filterValues`: letters, digits and underscores.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_RS_GetRecommendations.html>
pub const FILTER_NAME_LENGTH_MAX: usize = 50;

/// Length of a value in `context` or `filterValues`.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_RS_GetRecommendations.html>
pub const ATTRIBUTE_VALUE_LENGTH_MAX: usize = 1_000;

/// Promotions in a request.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_RS_GetRecommendations.html>
pub const PROMOTIONS_MAX: usize = 1;

/// Length of a promotion's name.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_RS_Promotion.html>
pub const PROMOTION_NAME_LENGTH: RangeInclusive<usize> = 1..=63;

/// The share of promoted items, in percent.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_RS_Promotion.html>
pub const PROMOTED_PERCENT: RangeInclusive<i64> = 1..=100;

/// Entries of `metadataColumns`; the one name allowed is `ITEMS`.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_RS_GetRecommendations.html>
pub const METADATA_DATASETS_MAX: usize = 1;

/// Columns that `metadataColumns` names. The service model says 99, its documentation 10: the smaller holds.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_RS_GetRecommendations.html>
pub const METADATA_COLUMNS_MAX: usize = 10;

/// Length of a column's name in `metadataColumns`.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_RS_GetRecommendations.html>
pub const METADATA_COLUMN_LENGTH_MAX: usize = 150;

/// Length of a filter's expression.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_CreateFilter.html>
pub const FILTER_EXPRESSION_LENGTH: RangeInclusive<usize> = 1..=2_500;

/// Different fields that a filter looks at.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/filter-expressions.html>
pub const FILTER_FIELDS_MAX: usize = 5;
