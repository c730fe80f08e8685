//! A measured number, digit for digit.

use std::fmt;
use std::str::FromStr;

use crate::invalid::Invalid;
use crate::measure::Measure;

/// Characters of a number. A float needs 24; what has more is no measurement, and DynamoDB keeps 38 digits.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>
pub const VALUE_CHARACTERS: usize = 30;

/// Digits of an exponent: with [`VALUE_CHARACTERS`] nothing is as small as DynamoDB's least number, 1E-130.
const EXPONENT_DIGITS: usize = 2;

/// A number as JSON writes it. Its digits stay what they were; two values are equal if their digits are.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    text: Box<str>,
    number: f64,
}

impl Value {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The number, as near as a float comes.
    pub fn to_f64(&self) -> f64 {
        self.number
    }

    pub(crate) fn within(self, measure: Measure) -> Result<Self, Invalid> {
        let range = measure.range();
        if range.contains(self.number) {
            return Ok(self);
        }
        let (least, most, unit) = (range.least, range.most, measure.unit());
        Err(Invalid::rule_of(
            "value",
            format!("{measure} is expected from {least} to {most} {unit}"),
        ))
    }
}

impl FromStr for Value {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if !is_json_number(text) {
            return Err(Invalid::rule_of("value", "expected a number"));
        }
        let exponent = text.split(['e', 'E']).nth(1).unwrap_or_default();
        if text.len() > VALUE_CHARACTERS || exponent.trim_start_matches(['+', '-']).len() > EXPONENT_DIGITS {
            let rule = format!(
                "expected at most {VALUE_CHARACTERS} characters and an exponent of {EXPONENT_DIGITS} digits"
            );
            return Err(Invalid::rule_of("value", rule));
        }
        let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
        let number = number.ok_or_else(|| Invalid::rule_of("value", "expected a finite number"))?;
        Ok(Self {
            text: text.into(),
            number,
        })
    }
}

/// Rust reads more as a float than JSON has: `inf`, `.5`, `+1`.
fn is_json_number(text: &str) -> bool {
    serde_json::from_str::<serde_json::Number>(text).is_ok() && text.trim() == text
}

/// The fewest digits that name it.
impl TryFrom<f64> for Value {
    type Error = Invalid;

    fn try_from(number: f64) -> Result<Self, Invalid> {
        let number = serde_json::Number::from_f64(number)
            .ok_or_else(|| Invalid::rule_of("value", "expected a finite number"))?;
        number.to_string().parse()
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Result<Value, Invalid> {
        text.parse()
    }

    #[test]
    fn the_digits_stay() {
        for text in [
            "21.50",
            "0",
            "-0.0",
            "1e2",
            "1E+02",
            "-40",
            "0.1000000000000000055511151231",
        ] {
            assert_eq!(parse(text).unwrap().as_str(), text);
        }
        assert_ne!(parse("21.5"), parse("21.50"));
    }

    #[test]
    fn what_is_no_json_number_is_refused() {
        for text in [
            "", "inf", "NaN", ".5", "5.", "+1", "01", "0x1", "1 ", " 1", "1,5", "\"1\"", "null", "--1",
        ] {
            assert_eq!(
                parse(text).unwrap_err().to_string(),
                "field value: expected a number",
                "{text}"
            );
        }
    }

    #[test]
    fn a_number_has_thirty_characters_and_a_short_exponent() {
        let of = |characters: usize| parse(&format!("0.{}", "1".repeat(characters - 2)));
        assert!(of(VALUE_CHARACTERS).is_ok() && of(VALUE_CHARACTERS + 1).is_err());
        assert!(parse("1e-99").is_ok() && parse("1e-100").is_err());
        assert!(Value::try_from(f64::NAN).is_err() && Value::try_from(1e-300).is_err());
    }

    proptest! {
        #[test]
        fn a_float_comes_back(number in -1e9..1e9) {
            prop_assert_eq!(Value::try_from(number).unwrap().to_f64(), number);
        }
    }
}
