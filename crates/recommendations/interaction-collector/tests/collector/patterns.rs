//! The patterns mean the same to every engine that a validator of draft 4 may have.

use interaction_collector::schema;
use serde_json::{Value, json};

use crate::support::{take, with};

/// What only ends a text in ECMA's regular expressions also stands before a last line end in Java's and others'.
#[test]
fn a_line_end_is_refused_whatever_a_dollar_sign_matches() {
    let loose = schema::INTERACTION.replace("$\"", "\\\\n?$\"");
    let loose: Value = serde_json::from_str(&loose).expect("JSON");
    let loose = jsonschema::draft4::new(&loose).expect("a schema");
    let taken = with("properties", json!({ "device": "phone" }));
    assert!(loose.is_valid(&taken) && take(&taken).is_ok());
    let refused = [
        with("sentAt", json!("2026-01-31T12:00:00Z\n")),
        with("properties", json!({ "device\n": "phone" })),
        with("properties", json!({ "userId\n": "u1" })),
        with("metricAttribution", json!({ "eventAttributionSource": "a\n" })),
    ];
    for interaction in refused {
        assert!(
            !loose.is_valid(&interaction) && take(&interaction).is_err(),
            "{interaction}"
        );
    }
}

/// Shorthands such as `\d` are wider in some engines; look-around, `\p` and named groups are missing in others.
#[test]
fn no_pattern_has_what_engines_disagree_about() {
    for text in [schema::INTERACTION, schema::INTERACTION_BATCH] {
        for foreign in [
            "\\\\d", "\\\\w", "\\\\s", "\\\\b", "\\\\p", "\\\\u", "\\\\A", "\\\\z", "(?=", "(?!", "(?<",
            "(?i",
        ] {
            assert!(!text.contains(foreign), "{foreign}");
        }
    }
}
