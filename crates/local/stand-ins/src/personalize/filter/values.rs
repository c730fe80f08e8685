//! The values that a request gives for a parameter.

use crate::personalize::check;
use crate::personalize::error::ApiError;

/// Reads `"comedy","drama"`: each value in double quotes, commas between them.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/filter-real-time.html>
pub(super) fn read(text: &str, member: &str) -> Result<Vec<String>, ApiError> {
    let list = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let values: Vec<String> = list
        .into_iter()
        .flat_map(|list| list.split("\",\""))
        .map(str::to_owned)
        .collect();
    let whole = |value: &String| !value.is_empty() && !value.contains('"');
    if values.is_empty() || !values.iter().all(whole) {
        return Err(check::violation(
            member,
            "Member must be values in double quotes, separated by commas",
        ));
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_stands_in_quotes() {
        for (text, expected) in [
            (r#""drama""#, vec!["drama"]),
            (r#""drama","comedy""#, vec!["drama", "comedy"]),
            (r#""a, b","c d""#, vec!["a, b", "c d"]),
        ] {
            assert_eq!(
                read(text, "v"),
                Ok(expected.into_iter().map(str::to_owned).collect())
            );
        }
        for text in [
            "",
            "drama",
            "\"",
            "\"\"",
            "\"drama",
            "drama\"",
            r#""a",b"#,
            r#""a", "b""#,
            r#""a","""#,
            r#""a""b""#,
            r#""a",,"b""#,
        ] {
            assert!(read(text, "v").is_err(), "{text}");
        }
    }
}
