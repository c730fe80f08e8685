//! What the tests have in common.

use interaction_collector::{Caller, Collector, Refusal};
use serde_json::{Value, json};

/// The session of the tests.
pub const SESSION: &str = "0123456789abcdef0123456789abcdef";

/// A visitor.
pub fn visitor() -> Caller {
    Caller::parse(SESSION, None).expect("a session id")
}

/// The collector, its schemas compiled once.
pub fn collector() -> &'static Collector {
    static COLLECTOR: std::sync::LazyLock<Collector> =
        std::sync::LazyLock::new(|| Collector::new().expect("the schemas compile"));
    &COLLECTOR
}

/// An interaction with the least, and `field` with `value`.
pub fn with(field: &str, value: Value) -> Value {
    let mut interaction = json!({ "eventId": "e1", "eventType": "click", "sentAt": "2026-01-31T12:00:00Z" });
    interaction[field] = value;
    interaction
}

/// Whether `interaction` is taken, and if not, why.
pub fn take(interaction: &Value) -> Result<Value, Refusal> {
    let body = interaction.to_string();
    let entry = collector().put_record(body.as_bytes(), &visitor())?;
    Ok(serde_json::from_slice(&entry.data).expect("a record is JSON"))
}
