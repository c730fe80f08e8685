//! Decimal numbers that are exact: never a float.

use std::fmt;
use std::str::FromStr;

/// A number with a fixed count of digits after the point. Numbers of equal value are equal: 1.5 is 1.50.
#[derive(Debug, Clone, Copy)]
pub struct Decimal {
    units: i128,
    scale: u32,
}

/// A text that is no decimal number of at most 38 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal number of at most 38 digits")]
pub struct BadDecimal;

/// What DynamoDB and DECIMAL hold at most; it fits an i128.
/// <https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric_types201.html>
const DIGITS: usize = 38;

impl Decimal {
    /// `units` times ten to the power of minus `scale`.
    pub const fn new(units: i128, scale: u32) -> Self {
        Self { units, scale }
    }

    /// `dividend / divisor` with `scale` digits after the point, rounded half away from zero, as ROUND does. Nothing
    /// when the divisor is zero.
    pub fn quotient(dividend: i128, divisor: i128, scale: u32) -> Option<Self> {
        let scaled = dividend.checked_mul(10i128.checked_pow(scale)?)?;
        let (whole, rest) = (scaled.checked_div(divisor)?, scaled.checked_rem(divisor)?);
        let up = rest.unsigned_abs() * 2 >= divisor.unsigned_abs();
        let away = if (dividend < 0) == (divisor < 0) { 1 } else { -1 };
        Some(Self::new(if up { whole + away } else { whole }, scale))
    }

    /// The units at another scale, if nothing is lost by it.
    pub fn units_at(self, scale: u32) -> Option<i128> {
        if scale >= self.scale {
            return self.units.checked_mul(10i128.checked_pow(scale - self.scale)?);
        }
        let power = 10i128.checked_pow(self.scale - scale)?;
        (self.units % power == 0).then(|| self.units / power)
    }

    /// For the length of a bar: not for arithmetic.
    pub fn approximate(self) -> f64 {
        self.units as f64 / 10f64.powi(i32::try_from(self.scale).unwrap_or(i32::MAX))
    }

    /// Without zeros at the end of the fraction.
    fn reduced(self) -> (i128, u32) {
        let (mut units, mut scale) = (self.units, self.scale);
        while scale > 0 && units % 10 == 0 {
            (units, scale) = (units / 10, scale - 1);
        }
        (units, scale)
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.reduced() == other.reduced()
    }
}

impl Eq for Decimal {}

impl FromStr for Decimal {
    type Err = BadDecimal;

    fn from_str(text: &str) -> Result<Self, BadDecimal> {
        let (sign, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text),
        };
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let digits = format!("{whole}{fraction}");
        let plain =
            !whole.is_empty() && !unsigned.ends_with('.') && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !plain || digits.trim_start_matches('0').len() > DIGITS {
            return Err(BadDecimal);
        }
        let units: i128 = digits.parse().map_err(|_| BadDecimal)?;
        let scale = u32::try_from(fraction.len()).map_err(|_| BadDecimal)?;
        Ok(Self::new(sign * units, scale))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.units < 0 { "-" } else { "" };
        let scale = self.scale as usize;
        let digits = format!("{:0>width$}", self.units.unsigned_abs(), width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        let point = if scale > 0 { "." } else { "" };
        f.pad(&format!("{sign}{whole}{point}{fraction}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn a_decimal_is_its_digits() {
        for text in ["0", "-0.01", "12.50", "1234567890123456.78", "0.0001", "-3"] {
            assert_eq!(decimal(text).to_string(), text);
        }
        let long = "12345678901234567890123456789012345678";
        assert_eq!(
            decimal(long),
            Decimal::new(12_345_678_901_234_567_890_123_456_789_012_345_678, 0)
        );
    }

    #[test]
    fn what_is_no_decimal_is_an_error() {
        for text in [
            "",
            "-",
            ".5",
            "5.",
            "1,5",
            "1e3",
            "+1",
            "--1",
            "NaN",
            " 1",
            &"1".repeat(39),
        ] {
            assert_eq!(text.parse::<Decimal>(), Err(BadDecimal), "{text}");
        }
    }

    #[test]
    fn equal_values_are_equal_whatever_their_scale() {
        assert_eq!(decimal("1.50"), decimal("1.5"));
        assert_eq!(decimal("-0.00"), decimal("0"));
        assert_ne!(decimal("1.50"), decimal("1.51"));
        assert_ne!(decimal("0.30000000000000004"), decimal("0.3"));
    }

    #[test]
    fn a_quotient_rounds_half_away_from_zero() {
        let cases = [
            ((1, 2, 0), "1"),
            ((-1, 2, 0), "-1"),
            ((1, -2, 0), "-1"),
            ((1, 3, 4), "0.3333"),
            ((2, 3, 4), "0.6667"),
            ((-2, 3, 4), "-0.6667"),
            ((25, 1000, 2), "0.03"),
            ((24_999, 1_000_000, 2), "0.02"),
            ((0, 7, 2), "0.00"),
        ];
        for ((dividend, divisor, scale), expected) in cases {
            let quotient = Decimal::quotient(dividend, divisor, scale).unwrap();
            assert_eq!(quotient.to_string(), expected, "{dividend} / {divisor}");
        }
        assert_eq!(Decimal::quotient(1, 0, 2), None);
    }

    #[test]
    fn units_at_another_scale_lose_nothing() {
        assert_eq!(decimal("1.5").units_at(2), Some(150));
        assert_eq!(decimal("1.50").units_at(1), Some(15));
        assert_eq!(decimal("1.55").units_at(1), None);
    }
}
