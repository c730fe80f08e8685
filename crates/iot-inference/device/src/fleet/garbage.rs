//! What a broken device sends in place of a reading.

use telemetry::Reading;

/// How many forms of garbage there are.
pub const GARBAGE_FORMS: usize = 7;

/// A payload that is no reading, in one of [`GARBAGE_FORMS`]; one line, and like no other of its form, for `reading`'s
/// number is in it.
pub fn garbage(reading: &Reading, form: usize) -> Vec<u8> {
    let json = String::from_utf8_lossy(&reading.to_json()).into_owned();
    let (id, unit) = (reading.reading_id(), reading.unit());
    match form % GARBAGE_FORMS {
        // Cut off within the value of the last field but one.
        0 => json.split_at(json.len() - 30).0.as_bytes().to_vec(),
        1 => format!("{id} is all right").into_bytes(),
        2 => [b"\xff\xfe", id.as_bytes()].concat(),
        3 => json
            .replace("\"schemaVersion\":1", "\"schemaVersion\":99")
            .into_bytes(),
        4 => json
            .replace(&format!("\"unit\":\"{unit}\""), "\"unit\":\"furlong\"")
            .into_bytes(),
        5 => json
            .replace(&format!("\"value\":{}", reading.value()), "\"value\":-1e12")
            .into_bytes(),
        _ => format!("[{json}]").into_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn none_is_a_reading_and_none_is_like_another() {
        let reading = |sequence: u64| {
            let json = format!(
                r#"{{"schemaVersion":1,"readingId":"d-1/t-1/{sequence}","deviceId":"d-1","sensorId":"t-1","site":"x","measure":"level","unit":"%","value":21.50,"quality":"good","measuredAt":"2026-11-25T01:02:03.123Z","sequence":{sequence}}}"#
            );
            telemetry::parse(json.as_bytes()).unwrap()
        };
        let mut seen = HashSet::new();
        for sequence in [0, 1, 4711] {
            for form in 0..GARBAGE_FORMS {
                let payload = garbage(&reading(sequence), form);
                assert!(telemetry::parse(&payload).is_err(), "form {form}");
                assert!(!payload.contains(&b'\n'));
                assert!(seen.insert(payload), "form {form}");
            }
        }
    }
}
