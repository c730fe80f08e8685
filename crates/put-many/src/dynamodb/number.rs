//! Numbers as DynamoDB compares them: by value, whatever they are written like.

/// One text for all ways to write a number: sign, significant digits, exponent. Nothing for what is no number.
pub(super) fn canonical_number(text: &str) -> Option<String> {
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let significant = digits.trim_start_matches('0').trim_end_matches('0');
    if significant.is_empty() {
        return Some("0".to_owned());
    }
    let zeros = digits.len() - digits.trim_end_matches('0').len();
    let exponent = exponent
        .checked_add(i64::try_from(zeros).ok()?)?
        .checked_sub(i64::try_from(fraction.len()).ok()?)?;
    Some(format!("{sign}{significant}e{exponent}"))
}

/// Decimal digits of a number, without zeros at either end.
pub(super) fn significant_digits(text: &str) -> usize {
    let canonical = canonical_number(text).unwrap_or_else(|| text.to_owned());
    let mantissa = canonical.split('e').next().unwrap_or_default();
    mantissa.bytes().filter(u8::is_ascii_digit).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_numbers_have_one_text() {
        let cases = [
            ("0", "0"),
            ("-0.00", "0"),
            ("0e9", "0"),
            ("100", "1e2"),
            ("1E2", "1e2"),
            ("0.0100", "1e-2"),
            ("-12.50", "-125e-1"),
            (
                "12345678901234567890123456789012345678",
                "12345678901234567890123456789012345678e0",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(canonical_number(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_has_no_text() {
        for text in [
            "",
            "-",
            ".",
            "1e",
            "e1",
            "1_0",
            "0x1",
            "NaN",
            "--1",
            "1.2.3",
            "1e9223372036854775807.5",
        ] {
            assert_eq!(canonical_number(text), None, "{text}");
        }
        assert_eq!(canonical_number("10e9223372036854775807"), None);
    }

    #[test]
    fn digits_count_without_zeros_at_either_end() {
        for (text, digits) in [("0", 1), ("1000", 1), ("-0.0125", 3), ("1.000001", 7)] {
            assert_eq!(significant_digits(text), digits, "{text}");
        }
    }
}
