//! Records as producers write them.

use serde_json::{Value, json};

/// An interaction of a session with an item, by a user where there is one.
pub fn interaction(session: &str, user: Option<&str>, item: &str) -> Value {
    json!({
        "schemaVersion": 1,
        "type": "interaction",
        "sessionId": session,
        "userId": user,
        "eventType": "click",
        "itemId": item,
        "eventId": format!("event-{item}"),
        "sentAt": "2000-07-30T18:45:03Z",
    })
}

/// A version of an item.
pub fn item(id: &str, version: usize) -> Value {
    json!({"schemaVersion": 1, "type": "item", "itemId": id, "properties": {"version": version}})
}

/// A version of a user.
pub fn user(id: &str, version: usize) -> Value {
    json!({"schemaVersion": 1, "type": "user", "userId": id, "properties": {"version": version}})
}

/// `record` with `field` set to `value`.
pub fn with(mut record: Value, field: &str, value: Value) -> Value {
    record[field] = value;
    record
}
