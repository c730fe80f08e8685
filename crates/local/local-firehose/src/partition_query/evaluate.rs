//! The keys of one record.

use serde_json::Value;

use super::{PartitionQuery, Step};

/// The largest whole number that a double, and so jq 1.6, has exactly.
const LARGEST_EXACT: u64 = 1 << 53;

impl PartitionQuery {
    /// The values of the keys, by name. A reason names the key, not the value.
    pub(crate) fn evaluate(&self, record: &[u8]) -> Result<Vec<(&str, String)>, String> {
        let document: Value =
            serde_json::from_slice(record).map_err(|_| "the record is not one JSON text".to_owned())?;
        let values = self.entries.iter().map(|(key, steps)| {
            let value = follow(steps, &document).and_then(|value| text(&value));
            match value {
                Ok(text) => Ok((key.as_str(), text)),
                Err(reason) => Err(format!("key {key}: {reason}")),
            }
        });
        values.collect()
    }
}

fn follow(steps: &[Step], document: &Value) -> Result<Value, &'static str> {
    let mut value = document.clone();
    for step in steps {
        value = apply(step, value)?;
    }
    Ok(value)
}

fn apply(step: &Step, value: Value) -> Result<Value, &'static str> {
    match (step, value) {
        (_, Value::Null) => Ok(Value::Null),
        (Step::Field(name), Value::Object(mut object)) => Ok(object.remove(name).unwrap_or(Value::Null)),
        (Step::Field(_), _) => Err("a field of what is no object"),
        (Step::Index(index), Value::Array(mut array)) => {
            let place = place(*index, array.len());
            Ok(match place {
                Some(place) if place < array.len() => array.swap_remove(place),
                _ => Value::Null,
            })
        }
        (Step::Index(_), _) => Err("an index of what is no array"),
        (Step::Slice(from, to), Value::String(string)) => {
            let characters: Vec<char> = string.chars().collect();
            let (from, to) = range(*from, *to, characters.len());
            Ok(Value::String(
                characters.into_iter().take(to).skip(from).collect(),
            ))
        }
        (Step::Slice(from, to), Value::Array(array)) => {
            let (from, to) = range(*from, *to, array.len());
            Ok(Value::Array(array.into_iter().take(to).skip(from).collect()))
        }
        (Step::Slice(..), _) => Err("a slice of what is neither text nor array"),
    }
}

/// A negative one counts from the end. `None` lies before the beginning.
fn place(index: i64, length: usize) -> Option<usize> {
    match usize::try_from(index) {
        Ok(index) => Some(index),
        Err(_) => length.checked_sub(usize::try_from(index.unsigned_abs()).ok()?),
    }
}

fn range(from: Option<i64>, to: Option<i64>, length: usize) -> (usize, usize) {
    let bound = |index: i64| place(index, length).unwrap_or(0).min(length);
    (from.map_or(0, bound), to.map_or(length, bound))
}

fn text(value: &Value) -> Result<String, &'static str> {
    match value {
        Value::Null => Err("is missing or null"),
        Value::String(text) if text.is_empty() => Err("is empty"),
        Value::String(text) => Ok(text.clone()),
        Value::Bool(value) => Ok(value.to_string()),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(whole), _) if whole.unsigned_abs() <= LARGEST_EXACT => Ok(whole.to_string()),
            _ => Err("is a number with a fraction or with too many digits"),
        },
        Value::Array(_) | Value::Object(_) => Err("is an array or an object"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, record: &str, expected: Result<&[(&str, &str)], &str>) {
        let query = PartitionQuery::parse(query).unwrap();
        let found = query.evaluate(record.as_bytes());
        match (&found, expected) {
            (Ok(found), Ok(expected)) => {
                let found: Vec<_> = found.iter().map(|(key, value)| (*key, value.as_str())).collect();
                assert_eq!(found, expected, "{record}");
            }
            (Err(found), Err(expected)) => assert!(found.contains(expected), "{record}: {found}"),
            _ => panic!("{record}: {found:?}"),
        }
    }

    #[test]
    fn keys_are_found_as_jq_does() {
        let archive = "{day:.measuredAt[0:10],site:.site}";
        check(
            archive,
            "{\"site\":\"hamburg\",\"measuredAt\":\"2026-11-25T01:02:03.100Z\"}\n",
            Ok(&[("day", "2026-11-25"), ("site", "hamburg")]),
        );
        check(
            archive,
            r#"{"site":"x","measuredAt":"short"}"#,
            Ok(&[("day", "short"), ("site", "x")]),
        );
        check("{a:.s[-3:]}", r#"{"s":"äöüß"}"#, Ok(&[("a", "öüß")]));
        check("{a:.s[3:1]}", r#"{"s":"abcd"}"#, Err("key a: is empty"));
        check("{a:.x[-1].y}", r#"{"x":[1,{"y":7}]}"#, Ok(&[("a", "7")]));
        check("{a:.x[5]}", r#"{"x":[1]}"#, Err("missing or null"));
        check("{a:.x[-5]}", r#"{"x":[1]}"#, Err("missing or null"));
        check("{a:.x.y.z}", r#"{"x":null}"#, Err("missing or null"));
        check("{a:.t}", r#"{"t":true,"t":false}"#, Ok(&[("a", "false")]));
        check(
            "{a:.n}",
            r#"{"n":9007199254740992}"#,
            Ok(&[("a", "9007199254740992")]),
        );
        check("{a:.n}", r#"{"n":9007199254740993}"#, Err("too many digits"));
        check("{a:.n}", r#"{"n":1.5}"#, Err("fraction"));
    }

    #[test]
    fn a_record_without_keys_says_which_and_no_value() {
        let query = "{site:.site,day:.at[0:10]}";
        check(query, "", Err("not one JSON text"));
        check(
            query,
            "{\"site\":\"a\"}{\"site\":\"b\"}",
            Err("not one JSON text"),
        );
        check(query, "nonsense", Err("not one JSON text"));
        check(query, "[]", Err("key site: a field of what is no object"));
        check(query, r#"{"site":"secret"}"#, Err("key day: is missing or null"));
        check(
            query,
            r#"{"site":"secret","at":5}"#,
            Err("key day: a slice of what is neither"),
        );
        check(
            query,
            r#"{"site":{"a":1},"at":"2026"}"#,
            Err("key site: is an array or an object"),
        );
    }
}
