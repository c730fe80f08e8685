//! DynamoDB's numbers, digit by digit.

use std::borrow::Cow;

use serde::de::{Deserialize, Deserializer, Error, Unexpected};
use serde::ser::{Serialize, Serializer};

use crate::text::Text;

/// A number as JSON writes it, with every digit that DynamoDB gave: up to 38 of them, more than a float keeps.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html>
///
/// What DynamoDB writes is JSON already. What only an emulator, or a client's text, has is brought to JSON without a
/// change of value: a plus sign and leading zeros go, a missing digit beside the point becomes 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number<'a>(Cow<'a, str>);

/// A number taken apart: sign, digits without zeros at either end, and the power of ten of the last of them.
#[derive(Debug, PartialEq, Eq)]
struct Value {
    is_negative: bool,
    digits: String,
    exponent: i64,
}

/// A number's text taken apart. At least one of integer and fraction has digits.
struct Parts<'a> {
    sign: &'a str,
    integer: &'a str,
    fraction: Option<&'a str>,
    exponent: Option<&'a str>,
}

impl<'a> Number<'a> {
    /// `None` for text that is no number.
    pub fn parse(text: impl Into<Cow<'a, str>>) -> Option<Self> {
        let text = text.into();
        let parts = Parts::of(&text)?;
        if parts.are_json() {
            return Some(Self(text));
        }
        let json = parts.to_json();
        Some(Self(Cow::Owned(json)))
    }

    /// The number as JSON.
    pub fn as_json(&self) -> &str {
        &self.0
    }

    /// The number without the document that it was borrowed from.
    pub fn into_owned(self) -> Number<'static> {
        Number(Cow::Owned(self.0.into_owned()))
    }

    /// Whether the two are one number, however they are written: `1.50` and `15e-1` are.
    pub fn is(&self, other: &Number<'_>) -> bool {
        self.0 == other.0 || self.value() == other.value()
    }

    fn value(&self) -> Option<Value> {
        let parts = Parts::of(&self.0)?;
        let fraction = parts.fraction.unwrap_or_default();
        let digits = [parts.integer, fraction].concat();
        let significant = digits.trim_end_matches('0');
        let zeros = digits.len() - significant.len();
        let significant = significant.trim_start_matches('0');
        if significant.is_empty() {
            let (digits, exponent) = (String::new(), 0);
            return Some(Value {
                is_negative: false,
                digits,
                exponent,
            });
        }
        Some(Value {
            is_negative: parts.sign == "-",
            digits: significant.to_owned(),
            exponent: parts.exponent_value()? + zeros as i64 - fraction.len() as i64,
        })
    }
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, Some(exponent)),
            None => (unsigned, None),
        };
        let (integer, fraction) = match mantissa.split_once('.') {
            Some((integer, fraction)) => (integer, Some(fraction)),
            None => (mantissa, None),
        };
        let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let parts = Self {
            sign: &text[..text.len() - unsigned.len()],
            integer,
            fraction,
            exponent,
        };
        let fraction = fraction.unwrap_or_default();
        let has_digits = !(integer.is_empty() && fraction.is_empty());
        let is_number = has_digits && are_digits(integer) && are_digits(fraction);
        (is_number && parts.exponent_value().is_some()).then_some(parts)
    }

    /// DynamoDB's exponents have three digits. What does not fit 32 bits is in no range that any reader has.
    fn exponent_value(&self) -> Option<i64> {
        let Some(exponent) = self.exponent else {
            return Some(0);
        };
        exponent.parse::<i32>().ok().map(i64::from)
    }

    fn are_json(&self) -> bool {
        let integer = self.integer == "0" || !matches!(self.integer.as_bytes().first(), None | Some(b'0'));
        self.sign != "+" && integer && self.fraction != Some("")
    }

    fn to_json(&self) -> String {
        let sign = self.sign.trim_start_matches('+');
        let digits = self.integer.trim_start_matches('0');
        let integer = if digits.is_empty() { "0" } else { digits };
        let mut json = [sign, integer].concat();
        for (mark, part) in [(".", self.fraction), ("E", self.exponent)] {
            if let Some(part) = part.filter(|part| !part.is_empty()) {
                json.push_str(mark);
                json.push_str(part);
            }
        }
        json
    }
}

/// From a string, as DynamoDB writes its numbers.
impl<'de> Deserialize<'de> for Number<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(deserializer)?.into_inner();
        // The text itself stays out of the message: it is a value.
        let wrong = Unexpected::Other("text");
        Self::parse(text).ok_or_else(|| D::Error::invalid_value(wrong, &"a number in decimal digits"))
    }
}

/// To a string, as DynamoDB writes its numbers.
impl Serialize for Number<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::value::RawValue;

    use super::*;

    #[track_caller]
    fn check(text: &str, json: &str) {
        assert_eq!(Number::parse(text).expect("a number").as_json(), json);
    }

    #[test]
    fn what_dynamodb_writes_stays_as_it_is() {
        let digits = "12345678901234567890123456789012345678";
        for text in [
            "0", "-0", "1", "-1.5", "1.50", "100", "0.001", "1E+3", "1e-130", "9.99E125", digits,
        ] {
            check(text, text);
            assert!(
                matches!(Number::parse(text), Some(Number(Cow::Borrowed(_)))),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_json_number_becomes_one_of_the_same_value() {
        check("007", "7");
        check("-007.10", "-7.10");
        check("000", "0");
        check("-00", "-0");
        check("+5", "5");
        check(".5", "0.5");
        check("-.5", "-0.5");
        check("5.", "5");
        check("5.E+3", "5E+3");
        check("007e3", "7E3");
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "",
            "-",
            "+",
            ".",
            "-.",
            "e5",
            "1e",
            "1e+",
            "--1",
            "1.2.3",
            "1 ",
            "0x1",
            "NaN",
            "Infinity",
            "٣",
            "1_000",
            "1e1.5",
            "1e99999999999",
        ] {
            assert_eq!(Number::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn numbers_are_compared_by_value() {
        let is = |one: &str, other: &str| {
            Number::parse(one)
                .expect("a number")
                .is(&Number::parse(other).expect("a number"))
        };
        for (one, other) in [
            ("1.50", "15e-1"),
            ("100", "1E+2"),
            ("-0", "0.000"),
            ("0E5", "0"),
            ("0.010", "1e-2"),
        ] {
            assert!(is(one, other), "{one} and {other}");
        }
        for (one, other) in [
            ("1", "-1"),
            ("1", "10"),
            ("0.1", "0.01"),
            (
                "12345678901234567890123456789012345678",
                "12345678901234567890123456789012345679",
            ),
        ] {
            assert!(!is(one, other), "{one} and {other}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_number_is_valid_json_of_its_value(text in r"[+-]?([0-9]{1,20}(\.[0-9]{0,20})?|\.[0-9]{1,20})([eE][+-]?[0-9]{1,2})?") {
            let number = Number::parse(text.as_str()).expect("a number");
            let json: &RawValue = serde_json::from_str(number.as_json()).expect("JSON");
            prop_assert_eq!(json.get().parse::<f64>(), text.parse::<f64>());
            prop_assert_eq!(number.value(), Number(Cow::Borrowed(text.as_str())).value());
        }
    }
}
