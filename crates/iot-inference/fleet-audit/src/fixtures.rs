//! What tests are made of.

use telemetry::Reading;

/// A reading of the sensor `temperature-1`, one a second, as JSON.
pub fn json(device: &str, sequence: u64, value: &str) -> Vec<u8> {
    let (minute, second) = (sequence / 60, sequence % 60);
    format!(
        r#"{{"schemaVersion":1,"readingId":"{device}/temperature-1/{sequence}","deviceId":"{device}","sensorId":"temperature-1","site":"hamburg","measure":"temperature","unit":"Cel","value":{value},"quality":"good","measuredAt":"2026-11-25T01:{minute:02}:{second:02}.100Z","sequence":{sequence}}}"#
    )
    .into_bytes()
}

/// The same as a reading.
pub fn reading(device: &str, sequence: u64, value: &str) -> Reading {
    telemetry::parse(&json(device, sequence, value)).unwrap()
}
