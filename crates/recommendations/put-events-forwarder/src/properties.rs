//! The free part of an event, an item or a user: a JSON object that Personalize takes as text.

use serde_json::value::RawValue;

use crate::invalid::Invalid;
use crate::text::check_length;

/// A JSON object as the producer wrote it, at most `LIMIT` characters long, white space included.
///
/// It is not parsed and written again: a number of 30 digits would come out as another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Properties<const LIMIT: usize>(String);

impl<const LIMIT: usize> Properties<LIMIT> {
    /// Takes the object if Personalize would.
    ///
    /// # Errors
    /// The value is not an object, or longer than `LIMIT` characters.
    pub fn parse(field: &str, json: Box<RawValue>) -> Result<Self, Invalid> {
        if !json.get().starts_with('{') {
            return Err(Invalid::new(field, "not an object"));
        }
        check_length(field, json.get(), LIMIT)?;
        Ok(Self(String::from(Box::<str>::from(json))))
    }

    /// The object as JSON text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(json: &str) -> Result<Properties<20>, Invalid> {
        let json = serde_json::from_str(json).expect("the case is JSON");
        Properties::parse("properties", json)
    }

    #[test]
    fn the_text_is_kept_digit_by_digit() {
        let json = r#"{"n":1234567890.12}"#;
        assert_eq!(parse(json).expect("an object").as_str(), json);
    }

    #[test]
    fn the_limit_counts_characters() {
        let of = |characters: usize| format!(r#"{{"a":"{}"}}"#, "é".repeat(characters - 8));
        assert!(parse(&of(20)).is_ok());
        let error = parse(&of(21)).expect_err("one too many");
        assert_eq!(
            error.to_string(),
            "field properties: 21 characters, the limit is 20"
        );
    }

    #[test]
    fn only_an_object_is_taken() {
        for json in ["[]", "\"{}\"", "1", "true"] {
            let error = parse(json).expect_err(json);
            assert_eq!(error.to_string(), "field properties: not an object");
        }
    }
}
