//! What an interaction may hold, as the schema says it, and where that comes from.
//!
//! Lengths are counted in characters (Unicode scalar values). The schema is the one that is deployed; a test holds its
//! numbers to these.

/// Characters of an event id, event type or item id; none may be empty.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_Event.html>
pub const ID_CHARACTERS: usize = 256;
/// Characters of a recommendation id.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_Event.html>
pub const RECOMMENDATION_ID_CHARACTERS: usize = 40;
/// Items of an impression; at least one.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_Event.html>
pub const IMPRESSION_ITEMS: usize = 25;
/// Characters of an attribution source, all of them printable ASCII and not all of them spaces.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_MetricAttribution.html>
pub const ATTRIBUTION_SOURCE_CHARACTERS: usize = 1_024;
/// The largest event value, and with a minus the smallest: a little less than a 32-bit float holds.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_Event.html>
pub const EVENT_VALUE: f64 = 3.4e38;

/// Characters of an event's properties as JSON text, which no properties that the schema accepts exceed.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_Event.html>
pub const PROPERTIES_CHARACTERS: usize = 1_024;
/// Properties of an event: an interactions dataset has no more columns of its own.
/// <https://docs.aws.amazon.com/personalize/latest/dg/limits.html>
pub const PROPERTIES: usize = 5;
/// Characters of a property's name. Ours: with [`PLAIN_PROPERTY_CHARACTERS`] it keeps [`PROPERTIES_CHARACTERS`].
pub const PROPERTY_NAME_CHARACTERS: usize = 32;
/// Characters of a property's text, where each of them is one that no JSON writer escapes. Ours, as above.
pub const PLAIN_PROPERTY_CHARACTERS: usize = 160;
/// Characters of a property's text, whatever they are: a JSON writer may make up to twelve of one. Ours, as above.
pub const PROPERTY_CHARACTERS: usize = 13;
/// Names that a property must not have, in whatever case.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_Event.html>
pub const RESERVED_PROPERTIES: [&str; 6] = [
    "userId",
    "sessionId",
    "eventType",
    "timestamp",
    "recommendationId",
    "impression",
];

/// Interactions in a batch; at least one.
/// <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html>
pub const BATCH_INTERACTIONS: usize = 500;
/// Bytes of a body. API Gateway says 10 MB; this is the smaller reading of it, and leaves room for the ids that are added
/// within the 10 MiB of a PutRecords call.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html>
pub const BODY_BYTES: usize = 10_000_000;

/// Hexadecimal digits of a session id, in lower case. The session authorizer makes them.
pub const SESSION_ID_DIGITS: usize = 32;
/// Characters of a user id.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_PutEvents.html>
pub const USER_ID_CHARACTERS: usize = 256;

/// Seconds after which a client may send again what was throttled or not available.
pub const RETRY_AFTER_SECONDS: u32 = 1;

/// Bytes of a mapping template.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html>
pub const TEMPLATE_BYTES: usize = 300 * 1024;
/// Times that a `#foreach` of a mapping template runs.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html>
pub const TEMPLATE_ITERATIONS: usize = 1_000;
