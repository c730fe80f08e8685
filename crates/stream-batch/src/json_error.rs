//! Says what is wrong with JSON text without repeating any of it.

use serde::Deserialize;
use serde_json::error::Category;
use serde_path_to_error::{Path, Segment};

/// Names longer than this are data rather than names.
const MAX_NAME_LENGTH: usize = 64;

/// Parses `text`.
///
/// # Errors
/// A lower-case fragment that names the field and holds no value of the text, such as `field a.b: missing`.
pub fn from_slice<'a, T: Deserialize<'a>>(text: &'a [u8]) -> Result<T, String> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let value = serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| describe(error.path(), error.inner()))?;
    deserializer.end().map_err(|error| describe_syntax(&error))?;
    Ok(value)
}

fn describe(path: &Path, error: &serde_json::Error) -> String {
    match error.classify() {
        Category::Data => describe_data(path, &error.to_string()),
        Category::Syntax | Category::Eof | Category::Io => describe_syntax(error),
    }
}

fn describe_syntax(error: &serde_json::Error) -> String {
    format!("not JSON (line {}, column {})", error.line(), error.column())
}

/// serde's messages for wrong data quote it. What the type expected comes last and is the type's own text.
fn describe_data(path: &Path, message: &str) -> String {
    let message = message
        .rsplit_once(" at line ")
        .map_or(message, |(message, _)| message);
    for problem in ["missing", "duplicate"] {
        let name = message
            .strip_prefix(problem)
            .and_then(|rest| rest.split('`').nth(1));
        if let Some(name) = name {
            return format!("field {}: {problem}", field(path, Some(name)));
        }
    }
    match message.rsplit_once(", expected ") {
        Some((_, expected)) => format!("field {}: expected {expected}", field(path, None)),
        None => format!("field {}: not of the expected form", field(path, None)),
    }
}

fn field(path: &Path, last: Option<&str>) -> String {
    let mut field = String::new();
    for segment in path.iter() {
        match segment {
            Segment::Seq { index } => field.push_str(&format!("[{index}]")),
            Segment::Map { key } => push_name(&mut field, key),
            Segment::Enum { variant } => push_name(&mut field, variant),
            Segment::Unknown => push_name(&mut field, "?"),
        }
    }
    if let Some(last) = last {
        push_name(&mut field, last);
    }
    if field.is_empty() {
        "(the whole)".to_owned()
    } else {
        field
    }
}

/// A key of a map may be anything; only what looks like a field's name is repeated.
fn push_name(field: &mut String, name: &str) {
    if !field.is_empty() {
        field.push('.');
    }
    let speakable = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    let is_name = name.len() <= MAX_NAME_LENGTH && name.bytes().all(speakable);
    field.push_str(if is_name { name } else { "?" });
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde::Deserialize;

    use super::from_slice;

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    struct Sample {
        count: u32,
        #[serde(default)]
        kind: Option<Kind>,
        #[serde(default)]
        nested: HashMap<String, Vec<u8>>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Plain,
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(from_slice::<Sample>(text.as_bytes()).unwrap_err(), expected);
    }

    #[test]
    fn names_the_field_and_repeats_no_value() {
        check("{}", "field count: missing");
        check(r#"{"count":1,"count":2}"#, "field count: duplicate");
        check(r#"{"count":"secret"}"#, "field count: expected u32");
        check(
            r#"{"count":"secret, expected secret"}"#,
            "field count: expected u32",
        );
        check(r#"{"count":-5}"#, "field count: expected u32");
        check(r#"{"count":1,"kind":"secret"}"#, "field kind: expected `plain`");
        check(
            r#"{"count":1,"nested":{"a":[1,"secret"]}}"#,
            "field nested.a[1]: expected u8",
        );
        check(
            r#"{"count":1,"nested":{"se cret":["secret"]}}"#,
            "field nested.?[0]: expected u8",
        );
        check(r#"5"#, "field (the whole): expected struct Sample");
    }

    #[test]
    fn says_where_the_text_stops_being_json() {
        check("secret", "not JSON (line 1, column 1)");
        check("", "not JSON (line 1, column 0)");
        check(r#"{"count":1"#, "not JSON (line 1, column 10)");
        check("{\"count\":1}\n secret", "not JSON (line 2, column 2)");
    }
}
