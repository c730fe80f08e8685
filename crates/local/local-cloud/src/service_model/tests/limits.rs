//! Each rule on both sides of its limit.

use super::*;

/// What is said about a value of a shape.
fn verdict(shape: &Value, value: &Value) -> String {
    let more = json!({
        "Short": { "type": "string", "max": 2 },
        "Pair": { "type": "structure", "required": ["A"], "members": { "A": { "shape": "Short" }, "B": { "shape": "Text" } } },
    });
    let models = Models::of(&one_member("json", shape.clone(), more));
    let (operation, problems) = models.check(&json_call("Call", &json!({ "M": value })));
    assert_eq!(operation, "Call");
    problems.join("; ")
}

#[test]
fn a_value_on_either_side_of_each_limit() {
    let text = json!({ "type": "string", "min": 1, "max": 3 });
    let lower = json!({ "type": "string", "pattern": "[a-z]+" });
    let colour = json!({ "type": "string", "enum": ["red", "green"] });
    let list = json!({ "type": "list", "min": 1, "max": 2, "member": { "shape": "Short" } });
    let map = json!({ "type": "map", "max": 1, "key": { "shape": "Short" }, "value": { "shape": "Short" } });
    let whole = json!({ "type": "integer", "min": 1, "max": 5 });
    let fraction = json!({ "type": "double", "min": 0, "max": 1 });
    let blob = json!({ "type": "blob", "min": 1, "max": 3 });
    let pair = json!({ "type": "structure", "required": ["A"], "members": { "A": { "shape": "Short" } } });
    let pairs = json!({ "type": "list", "member": { "shape": "Pair" } });
    let either = json!({ "type": "structure", "union": true, "members": { "A": { "shape": "Text" }, "B": { "shape": "Text" } } });
    let cases = [
        (&text, json!("a"), ""),
        (&text, json!("abc"), ""),
        (&text, json!(""), "M has 0 characters, allowed is 1 to 3"),
        (&text, json!("abcd"), "M has 4 characters, allowed is 1 to 3"),
        // Characters, not bytes.
        (&text, json!("äöü"), ""),
        (&text, json!(1), "M is not of type string"),
        (&lower, json!("abc"), ""),
        // The whole text, though the pattern has no anchors.
        (&lower, json!("abc!"), "M does not match [a-z]+"),
        (&colour, json!("red"), ""),
        (&colour, json!("blue"), "M is none of the allowed values"),
        (&list, json!(["a"]), ""),
        (&list, json!(["a", "b"]), ""),
        (&list, json!([]), "M has 0 elements, allowed is 1 to 2"),
        (
            &list,
            json!(["a", "b", "c"]),
            "M has 3 elements, allowed is 1 to 2",
        ),
        (
            &list,
            json!(["a", "abc"]),
            "M[1] has 3 characters, allowed is at most 2",
        ),
        (&map, json!({ "a": "b" }), ""),
        (
            &map,
            json!({ "a": "b", "c": "d" }),
            "M has 2 entries, allowed is at most 1",
        ),
        (
            &map,
            json!({ "abc": "d" }),
            "M.(key) has 3 characters, allowed is at most 2",
        ),
        (
            &map,
            json!({ "a": "bcd" }),
            "M.(value) has 3 characters, allowed is at most 2",
        ),
        (&whole, json!(1), ""),
        (&whole, json!(5), ""),
        (&whole, json!(0), "M is out of its range, allowed is 1 to 5"),
        (&whole, json!(6), "M is out of its range, allowed is 1 to 5"),
        (&whole, json!(1.5), "M is not a whole number"),
        (&whole, json!("1"), "M is not of type integer"),
        (&fraction, json!(1.0), ""),
        (
            &fraction,
            json!(1.001),
            "M is out of its range, allowed is 0 to 1",
        ),
        (&fraction, json!("NaN"), ""),
        // Bytes, not base64 characters: "YWJj" is three.
        (&blob, json!("YWJj"), ""),
        (&blob, json!("YWJjZA=="), "M has 4 bytes, allowed is 1 to 3"),
        (&blob, json!("%"), "M is not base64"),
        (&pair, json!({ "A": "a" }), ""),
        (&pair, json!({}), "M.A is required"),
        (&pair, json!({ "A": null }), "M.A is required"),
        (
            &pairs,
            json!([{ "A": "a" }, { "A": "abc" }, {}]),
            "M[1].A has 3 characters, allowed is at most 2; M[2].A is required",
        ),
        (&either, json!({ "A": "a" }), ""),
        (&either, json!({}), "M must have exactly one of its members"),
        (
            &either,
            json!({ "A": "a", "B": "b" }),
            "M must have exactly one of its members",
        ),
    ];
    for (shape, value, expected) in cases {
        assert_eq!(verdict(shape, &value), expected, "{shape} {value}");
    }
}

#[test]
fn a_sequence_number_may_have_the_padding_of_the_emulator() {
    let number = json!({ "type": "string", "pattern": r"^(0|([1-9]\d{0,128}))$" });
    for allowed in ["0", "00", "7", "007", "000000017953926930010000000005"] {
        assert_eq!(verdict(&number, &json!(allowed)), "", "{allowed}");
    }
    for refused in ["", "-1", "00x", "7 "] {
        assert_ne!(verdict(&number, &json!(refused)), "", "{refused:?}");
    }
}

#[test]
fn what_cannot_be_checked_passes() {
    // A look-ahead, which Java has and we have not.
    let pattern = json!({ "type": "string", "pattern": "^(?!aws).+" });
    assert_eq!(verdict(&pattern, &json!("aws")), "");
    let document = json!({ "type": "structure", "document": true, "required": ["A"], "members": {} });
    assert_eq!(verdict(&document, &json!([1, "anything"])), "");
}

#[test]
fn a_violation_never_shows_the_value() {
    for shape in [
        json!({ "type": "string", "max": 1 }),
        json!({ "type": "string", "pattern": "[0-9]" }),
        json!({ "type": "string", "enum": ["x"] }),
        json!({ "type": "blob" }),
        json!({ "type": "map", "max": 0, "key": { "shape": "Short" }, "value": { "shape": "Short" } }),
    ] {
        let value = if shape["type"] == "map" {
            json!({ "secret": "secret" })
        } else {
            json!("secret")
        };
        let said = verdict(&shape, &value);
        assert!(!said.is_empty() && !said.contains("secret"), "{said}");
    }
}

#[test]
fn a_bad_batch_is_told_in_ten_lines() {
    let list = json!({ "type": "list", "member": { "shape": "Short" } });
    let problems = verdict(&list, &json!(vec!["long"; 100]));
    assert_eq!(problems.split("; ").count(), 10);
}
