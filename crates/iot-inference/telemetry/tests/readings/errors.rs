//! What is said of what is no reading.

use telemetry::{Fault, Measure, Value, parse, parse_from};

const GOOD: &str = r#"{"schemaVersion":1,"readingId":"d-1/t-1/7","deviceId":"d-1","sensorId":"t-1","site":"hamburg","measure":"temperature","unit":"Cel","value":21.50,"quality":"good","measuredAt":"2026-11-25T01:02:03.123Z","sequence":7}"#;

#[track_caller]
fn check(text: &str, fault: Fault, field: Option<&str>, said: &str) {
    let invalid = parse(text.as_bytes()).expect_err(text);
    assert_eq!((invalid.fault(), invalid.field()), (fault, field), "{text}");
    assert_eq!(invalid.to_string(), said, "{text}");
}

#[track_caller]
fn check_change(from: &str, to: &str, field: &str, said: &str) {
    assert!(GOOD.contains(from), "{from}");
    let fault = if field == "schemaVersion" {
        Fault::SchemaVersion
    } else {
        Fault::Rule
    };
    check(&GOOD.replacen(from, to, 1), fault, Some(field), said);
}

#[test]
fn what_is_no_json_object_is_malformed() {
    assert!(parse(GOOD.as_bytes()).is_ok());
    let check = |text: &str, said: &str| check(text, Fault::Malformed, None, said);
    check("", "not JSON (line 1, column 0)");
    check("secret", "not JSON (line 1, column 1)");
    check(&GOOD[..40], "not JSON (line 1, column 40)");
    check(&format!("{GOOD}\n{GOOD}"), "not JSON (line 2, column 1)");
    check("[1]", "not a JSON object");
    check("null", "not a JSON object");
    check("\"secret\"", "not a JSON object");
    check("{\"value\":1e", "not JSON (line 1, column 11)");
    assert!(parse(b"{\"schemaVersion\":\"\xff\"}").is_err());
}

#[test]
fn a_field_that_is_there_twice_is_malformed() {
    let twice = GOOD.replacen("\"value\"", "\"value\":21.50,\"value\"", 1);
    check(&twice, Fault::Malformed, Some("value"), "field value: duplicate");
}

#[test]
fn a_field_that_is_missing_is_named() {
    let fields: serde_json::Value = serde_json::from_str(GOOD).expect("JSON");
    for field in fields.as_object().expect("an object").keys() {
        let mut rest = fields.clone();
        rest.as_object_mut().expect("an object").remove(field);
        let invalid = parse(rest.to_string().as_bytes()).expect_err(field);
        assert_eq!(invalid.to_string(), format!("field {field}: missing"));
    }
}

#[test]
fn a_field_that_breaks_its_rule_is_named_and_not_repeated() {
    let names = "expected 1 to 128 of A-Z a-z 0-9 _ . : -";
    check_change(":1,", ":2,", "schemaVersion", "field schemaVersion: expected 1");
    check_change(
        ":1,",
        ":\"1\",",
        "schemaVersion",
        "field schemaVersion: expected 1",
    );
    check_change(
        "/7",
        "/8",
        "readingId",
        "field readingId: expected deviceId/sensorId/sequence",
    );
    check_change(
        "/7",
        "/07",
        "readingId",
        "field readingId: expected deviceId/sensorId/sequence",
    );
    check_change(
        "\"t-1\"",
        "\"secret/\"",
        "sensorId",
        &format!("field sensorId: {names}"),
    );
    check_change("\"t-1\"", "31", "sensorId", "field sensorId: expected a text");
    check_change("hamburg", "", "site", &format!("field site: {names}"));
    check_change("hamburg", "a\\u0023b", "site", &format!("field site: {names}"));
    let measures = "temperature, humidity, pressure, vibration, current, power, flow, level";
    check_change(
        "temperature",
        "secret",
        "measure",
        &format!("field measure: expected one of {measures}"),
    );
    check_change(
        "Cel",
        "%",
        "unit",
        "field unit: expected Cel, the unit of temperature",
    );
    check_change(
        "temperature",
        "humidity",
        "unit",
        "field unit: expected %, the unit of humidity",
    );
    check_change("21.50", "\"21.50\"", "value", "field value: expected a number");
    check_change("21.50", "null", "value", "field value: expected a number");
    check_change(
        "21.50",
        "-300",
        "value",
        "field value: temperature is expected from -273.15 to 2320 Cel",
    );
    let long = "field value: expected at most 30 characters and an exponent of 2 digits";
    check_change("21.50", &"1".repeat(31), "value", long);
    check_change(
        "good",
        "Good",
        "quality",
        "field quality: expected good, uncertain or bad",
    );
    let sequence = "field sequence: expected a whole number from 0 to 18446744073709551615";
    for wrong in ["-1", "1.0", "1e0", "\"7\"", "18446744073709551616"] {
        check_change(
            "\"sequence\":7",
            &format!("\"sequence\":{wrong}"),
            "sequence",
            sequence,
        );
    }
}

#[test]
fn a_range_has_both_its_ends_and_nothing_beyond() {
    for measure in Measure::ALL {
        let range = measure.range();
        let with = |number: f64| {
            let value = Value::try_from(number).expect("a value");
            GOOD.replacen("temperature", measure.as_str(), 1)
                .replacen("\"Cel\"", &format!("\"{}\"", measure.unit()), 1)
                .replacen("21.50", value.as_str(), 1)
        };
        for inside in [range.least, range.most] {
            assert!(parse(with(inside).as_bytes()).is_ok(), "{measure} {inside}");
        }
        for outside in [range.least - 0.001, range.most + 0.001] {
            let invalid = parse(with(outside).as_bytes()).expect_err("outside");
            assert_eq!(invalid.field(), Some("value"), "{measure} {outside}");
        }
    }
}

#[test]
fn a_device_speaks_for_itself() {
    assert_eq!(parse_from("d-1", GOOD.as_bytes()), parse(GOOD.as_bytes()));
    for sender in ["d-2", "D-1", "d-1 ", ""] {
        let invalid = parse_from(sender, GOOD.as_bytes()).expect_err(sender);
        assert_eq!(
            (invalid.fault(), invalid.field()),
            (Fault::Rule, Some("deviceId"))
        );
    }
    // What is no reading says so first.
    let invalid = parse_from("d-2", b"secret").expect_err("no JSON");
    assert_eq!(invalid.fault(), Fault::Malformed);
}
