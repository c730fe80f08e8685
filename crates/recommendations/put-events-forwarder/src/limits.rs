//! What Personalize accepts, checked before the call: it answers for a call as a whole, so one event over a limit would
//! take up to nine good ones with it.
//!
//! Lengths are counted in characters (Unicode scalar values), as the service models count them.

/// Events in one PutEvents call.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_PutEvents.html>
pub const EVENTS_PER_CALL: usize = 10;
/// Items in one PutItems call.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_PutItems.html>
pub const ITEMS_PER_CALL: usize = 10;
/// Users in one PutUsers call.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_PutUsers.html>
pub const USERS_PER_CALL: usize = 10;

/// Characters of a tracking id, session id, user id, item id, event id or event type; none may be empty.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_Event.html>
pub const ID_CHARACTERS: usize = 256;
/// Characters of a recommendation id.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_Event.html>
pub const RECOMMENDATION_ID_CHARACTERS: usize = 40;
/// Items of an impression; at least one.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_Event.html>
pub const IMPRESSION_ITEMS: usize = 25;
/// Characters of an event's attribution source, all of them printable ASCII and not all of them spaces.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_MetricAttribution.html>
pub const ATTRIBUTION_SOURCE_CHARACTERS: usize = 1_024;

/// Characters of an event's properties as JSON text.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_Event.html>
pub const EVENT_PROPERTIES_CHARACTERS: usize = 1_024;
/// Characters of an item's properties as JSON text.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_Item.html>
pub const ITEM_PROPERTIES_CHARACTERS: usize = 32_000;
/// Characters of a user's properties as JSON text.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_User.html>
pub const USER_PROPERTIES_CHARACTERS: usize = 24_000;

/// PutItems calls a second for a dataset group, and PutUsers calls a second likewise.
/// <https://docs.aws.amazon.com/personalize/latest/dg/limits.html>
pub const DATASET_CALLS_PER_SECOND: u32 = 10;
/// PutEvents calls a second for a dataset group, before any increase of the quota.
/// <https://docs.aws.amazon.com/personalize/latest/dg/limits.html>
pub const EVENT_CALLS_PER_SECOND: u32 = 1_000;
