//! A number digit for digit, for a comparison that no float blurs.

use std::str::FromStr;

/// A decimal number. Two are equal if they are the same number: trailing zeros and the way an exponent is written, which
/// DynamoDB changes, do not count.
///
/// ```
/// use fleet_audit::decimal::Decimal;
///
/// let number = |text: &str| text.parse::<Decimal>().unwrap();
/// assert_eq!(number("21.50"), number("2.15E+1"));
/// assert_ne!(number("0.1"), number("0.1000000000000000055511151231"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Decimal {
    negative: bool,
    /// Without zeros at either end; none for zero.
    digits: String,
    /// Of the last digit, to the base of ten.
    exponent: i64,
}

/// The text is no decimal number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a decimal number")]
pub struct NoDecimal;

impl FromStr for Decimal {
    type Err = NoDecimal;

    fn from_str(text: &str) -> Result<Self, NoDecimal> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (
                mantissa,
                i64::from(exponent.parse::<i32>().map_err(|_| NoDecimal)?),
            ),
            None => (text, 0),
        };
        let unsigned = mantissa.strip_prefix(['-', '+']).unwrap_or(mantissa);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let digits = format!("{whole}{fraction}");
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NoDecimal);
        }
        Ok(Self::normal(
            mantissa.starts_with('-'),
            &digits,
            exponent - fraction.len() as i64,
        ))
    }
}

impl Decimal {
    fn normal(negative: bool, digits: &str, exponent: i64) -> Self {
        let significant = digits.trim_end_matches('0');
        let dropped = (digits.len() - significant.len()) as i64;
        match significant.trim_start_matches('0') {
            "" => Self {
                negative: false,
                digits: String::new(),
                exponent: 0,
            },
            significant => Self {
                negative,
                digits: significant.to_owned(),
                exponent: exponent + dropped,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(text: &str) -> Decimal {
        text.parse().expect(text)
    }

    #[test]
    fn one_number_is_equal_however_it_is_written() {
        for same in [
            &[
                "21.5", "21.50", "+21.5", "021.500", "2.15e1", "2.15E+01", "215E-1",
            ][..],
            &["0", "-0", "0.000", "0e9", "-0.0E-7"],
            &["100", "1e2", "1E+2", "100.0"],
            &["-0.001", "-1e-3", "-.001"],
        ] {
            for text in same {
                assert_eq!(number(text), number(same[0]), "{text}");
            }
        }
    }

    #[test]
    fn numbers_that_one_float_stands_for_differ() {
        assert_eq!("0.1".parse::<f64>(), "0.100000000000000005".parse::<f64>());
        assert_ne!(number("0.1"), number("0.100000000000000005"));
        assert_ne!(number("1"), number("-1"));
        assert_ne!(number("1"), number("10"));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "", "-", ".", "e1", "1e", "1e1.5", "1,5", "NaN", "inf", "--1", "1 ",
        ] {
            assert_eq!(text.parse::<Decimal>(), Err(NoDecimal), "{text}");
        }
    }

    proptest! {
        #[test]
        fn zeros_and_exponents_change_nothing(units in any::<i64>(), places in 0_usize..9, zeros in 0_usize..9) {
            let plain = number(&format!("{units}e-{places}"));
            let longer = number(&format!("{units}{}e-{}", "0".repeat(zeros), places + zeros));
            prop_assert_eq!(&plain, &longer);
            prop_assert_ne!(plain, number(&format!("{units}1e-{}", places + 1)));
        }
    }
}
