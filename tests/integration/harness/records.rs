//! What is sent.

use serde_json::json;

/// A record for the stream of interactions.
#[derive(Clone, Debug)]
pub struct Record {
    /// Its partition key.
    pub session: String,
    /// Its payload.
    pub payload: Vec<u8>,
    /// The id under which Personalize stores it; none for poison.
    pub event_id: Option<String>,
}

/// The `number`th interaction of a session.
pub fn interaction(session: &str, number: usize) -> Record {
    let event_id = format!("{session}-{number}");
    let payload = json!({
        "schemaVersion": 1,
        "type": "interaction",
        "sessionId": session,
        "userId": format!("user-of-{session}"),
        "eventType": "click",
        "itemId": format!("item-{}", number % 40),
        "sentAt": "2026-01-31T12:00:00Z",
        "eventId": event_id,
    });
    Record {
        session: session.to_owned(),
        payload: payload.to_string().into_bytes(),
        event_id: Some(event_id),
    }
}

/// `each` interactions of every one of `sessions` sessions, the sessions taking turns.
pub fn interactions(prefix: &str, sessions: usize, each: usize) -> Vec<Record> {
    let turn = |number| (0..sessions).map(move |session| (session, number));
    (0..each)
        .flat_map(turn)
        .map(|(session, number)| interaction(&format!("{prefix}-{session}"), number))
        .collect()
}

/// The `number`th record that will never succeed, of one of the ways in which a record can be broken.
pub fn poison(session: &str, number: usize) -> Record {
    let sound = interaction(session, number);
    let broken = |field: &str, value: serde_json::Value| {
        let mut payload: serde_json::Value = serde_json::from_slice(&sound.payload).expect("it is JSON");
        payload[field] = value;
        payload["poison"] = json!(number);
        payload.to_string().into_bytes()
    };
    let payload = match number % 7 {
        0 => format!("{{\"not JSON\": {number}").into_bytes(),
        1 => broken("schemaVersion", json!(99)),
        2 => broken("eventType", json!(null)),
        3 => broken("sentAt", json!("yesterday")),
        4 => broken("itemId", json!("i".repeat(257))),
        5 => broken("properties", json!({ "text": "x".repeat(1_024) })),
        _ => broken("sessionId", json!("null")),
    };
    Record {
        session: session.to_owned(),
        payload,
        event_id: None,
    }
}
