//! One value, as its column takes it.

use super::column::Kind;
use super::{decimal, timestamp};

/// A value of a row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Null,
    String(String),
    Double(f64),
    Float(f32),
    Int(i32),
    BigInt(i64),
    Boolean(bool),
    /// Without its point.
    Decimal(i128),
    /// Nanoseconds since 1970.
    Timestamp(i128),
}

impl Cell {
    /// Reads a JSON value. Like the OpenX deserializer a column of numbers takes a number in a string, and a column of
    /// strings takes the text of anything.
    pub(super) fn read(kind: Kind, json: &str) -> Result<Self, &'static str> {
        if json == "null" {
            return Ok(Self::Null);
        }
        let text = match json.strip_prefix('"') {
            Some(_) => serde_json::from_str::<String>(json).map_err(|_| "is no text")?,
            None => json.to_owned(),
        };
        match kind {
            Kind::String => Ok(Self::String(text)),
            Kind::Double => finite(&text).map(Self::Double),
            Kind::Float => match number(&text)?.parse::<f32>() {
                Ok(float) if float.is_finite() => Ok(Self::Float(float)),
                _ => Err("is no float"),
            },
            Kind::Int => text.parse().map(Self::Int).map_err(|_| "is no int"),
            Kind::BigInt => text.parse().map(Self::BigInt).map_err(|_| "is no bigint"),
            Kind::Boolean => match text.as_str() {
                "true" => Ok(Self::Boolean(true)),
                "false" => Ok(Self::Boolean(false)),
                _ => Err("is no boolean"),
            },
            Kind::Decimal { precision, scale } => decimal::unscaled(number(&text)?, precision, scale)
                .map(Self::Decimal)
                .ok_or("does not fit the decimal"),
            Kind::Timestamp => timestamp::nanoseconds(&text)
                .map(Self::Timestamp)
                .ok_or("is no timestamp"),
        }
    }
}

fn finite(text: &str) -> Result<f64, &'static str> {
    match number(text)?.parse::<f64>() {
        Ok(double) if double.is_finite() => Ok(double),
        _ => Err("is no double"),
    }
}

/// The text, if it is written with what numbers are written with: neither `inf` nor `NaN` is.
fn number(text: &str) -> Result<&str, &'static str> {
    let written = |character: char| character.is_ascii_digit() || "+-.eE".contains(character);
    if text.chars().all(written) {
        return Ok(text);
    }
    Err("is no number")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: Kind, json: &str, expected: Option<Cell>) {
        assert_eq!(Cell::read(kind, json).ok(), expected, "{json}");
    }

    #[test]
    fn values_fit_or_do_not() {
        let text = |text: &str| Some(Cell::String(text.to_owned()));
        check(Kind::String, r#""a\u00e4""#, text("aä"));
        check(Kind::String, "21.50", text("21.50"));
        check(Kind::String, r#"{"a": 1}"#, text(r#"{"a": 1}"#));
        check(Kind::String, "null", Some(Cell::Null));
        check(Kind::Double, "1e3", Some(Cell::Double(1000.0)));
        check(Kind::Double, r#""1.5""#, Some(Cell::Double(1.5)));
        check(Kind::Double, "1e999", None);
        check(Kind::Double, r#""NaN""#, None);
        check(Kind::Double, r#""inf""#, None);
        check(Kind::Double, "true", None);
        check(Kind::Double, "[]", None);
        check(Kind::Float, "1e38", Some(Cell::Float(1e38)));
        check(Kind::Float, "1e39", None);
        check(Kind::Boolean, r#""true""#, Some(Cell::Boolean(true)));
        check(Kind::Boolean, "1", None);
    }

    #[test]
    fn whole_numbers_have_their_range() {
        check(Kind::Int, "2147483647", Some(Cell::Int(i32::MAX)));
        check(Kind::Int, "2147483648", None);
        check(Kind::BigInt, "9223372036854775807", Some(Cell::BigInt(i64::MAX)));
        check(Kind::BigInt, "9223372036854775808", None);
        check(Kind::BigInt, "1.0", None);
        check(Kind::Int, r#"" 1""#, None);
    }
}
