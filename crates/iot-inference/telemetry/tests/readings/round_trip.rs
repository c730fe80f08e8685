//! What is written is read back.

use proptest::prelude::*;
use telemetry::parse;

use crate::support::reading;

proptest! {
    #[test]
    fn a_reading_is_read_back_as_it_was(reading in reading()) {
        let json = reading.to_json();
        let again = parse(&json);
        prop_assert_eq!(again.as_ref(), Ok(&reading));
        prop_assert_eq!(again.unwrap().to_json(), json);
    }

    #[test]
    fn the_canonical_json_is_one_line_of_json(reading in reading()) {
        let json = reading.to_json();
        prop_assert!(!json.contains(&b'\n'));
        prop_assert!(serde_json::from_slice::<serde_json::Value>(&json).is_ok());
    }

    #[test]
    fn the_order_of_the_fields_white_space_escapes_and_unknown_fields_do_not_matter(
        reading in reading(), seed in any::<usize>()
    ) {
        let json: serde_json::Value = serde_json::from_slice(&reading.to_json()).unwrap();
        let mut fields: Vec<_> = json.as_object().unwrap().iter()
            .map(|(name, value)| match name.as_str() {
                // Not by way of a float, which would lose digits.
                "value" => format!("\"value\" : {}", reading.value()),
                "site" => format!("\"s\\u0069te\":{}", value.to_string().replacen('"', "\"\\u0061", 1)),
                _ => format!("\"{name}\":\t{value}"),
            })
            .collect();
        fields.push(r#""new":{"value":[1,"2"]}"#.to_owned());
        let places = fields.len();
        fields.rotate_left(seed % places);
        let parsed = parse(format!("\n {{{}}} ", fields.join(" , ")).as_bytes());
        // One character longer, that was written as an escape.
        let expected = format!("a{}", reading.site());
        match parsed {
            Ok(parsed) => {
                prop_assert_eq!(parsed.site(), expected);
                prop_assert_eq!(parsed.value(), reading.value());
                prop_assert_eq!(parsed.version(), reading.version());
                prop_assert_eq!(parsed.reading_id(), reading.reading_id());
            }
            Err(error) => prop_assert_eq!((error.field(), expected.len()), (Some("site"), 129)),
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes);
    }
}
