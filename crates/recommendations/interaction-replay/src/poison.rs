//! Records that nobody can deliver, sent on purpose to show where such records end.

/// A record that the forwarder must reject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poison {
    /// The partition key, by which it is found again.
    pub key: String,
    /// The payload.
    pub payload: Vec<u8>,
}

/// `count` such records, of every sort in turn.
pub fn poison(count: usize) -> Vec<Poison> {
    let record = |number| Poison {
        key: format!("poison-{number}"),
        payload: payload(number).into_bytes(),
    };
    (0..count).map(record).collect()
}

/// The sorts: no JSON, an unknown version, no session, a session that Personalize ignores, a time that is none.
fn payload(number: usize) -> String {
    let start = r#""type":"interaction","eventType":"click","itemId":"31""#;
    match number % 5 {
        0 => format!(r#"{{"schemaVersion":1,{start}"#),
        1 => format!(r#"{{"schemaVersion":99,{start},"sessionId":"s","sentAt":"2000-07-30T18:45:03Z"}}"#),
        2 => format!(r#"{{"schemaVersion":1,{start},"sentAt":"2000-07-30T18:45:03Z"}}"#),
        3 => format!(r#"{{"schemaVersion":1,{start},"sessionId":"null","sentAt":"2000-07-30T18:45:03Z"}}"#),
        _ => format!(r#"{{"schemaVersion":1,{start},"sessionId":"s","sentAt":"noon"}}"#),
    }
}
