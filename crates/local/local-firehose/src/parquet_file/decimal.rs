//! Decimals, digit for digit.

/// The number without its point, `scale` digits behind it. `None` when a digit other than 0 would be lost, or there are
/// more than `precision`.
pub(super) fn unscaled(text: &str, precision: u32, scale: u32) -> Option<i128> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (negative, mantissa) = match mantissa.strip_prefix('-') {
        Some(mantissa) => (true, mantissa),
        None => (false, mantissa),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return Some(0);
    }
    // How many zeros follow, or digits are too many.
    let fraction = i64::try_from(fraction.len()).ok()?;
    let shift = i64::from(scale) + i64::from(exponent) - fraction;
    let digits = shifted(digits, shift)?;
    if digits.len() > usize::try_from(precision).ok()? {
        return None;
    }
    let number: i128 = digits.parse().ok()?;
    Some(if negative { -number } else { number })
}

fn shifted(digits: &str, shift: i64) -> Option<String> {
    /// More zeros than any decimal has digits.
    const TOO_MANY: i64 = 64;
    if shift > TOO_MANY {
        return None;
    }
    if let Ok(zeros) = usize::try_from(shift) {
        return Some(format!("{digits}{}", "0".repeat(zeros)));
    }
    let kept = digits
        .len()
        .checked_sub(usize::try_from(shift.unsigned_abs()).ok()?)?;
    let (kept, lost) = digits.split_at_checked(kept)?;
    (!kept.is_empty() && lost.bytes().all(|digit| digit == b'0')).then(|| kept.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_kept_or_refused() {
        for (text, precision, scale, expected) in [
            ("12.3", 4, 2, Some(1230)),
            ("-12.34", 4, 2, Some(-1234)),
            ("99.99", 4, 2, Some(9999)),
            ("100.00", 4, 2, None),
            ("1.234", 9, 2, None),
            ("1.2300", 9, 2, Some(123)),
            ("0.000", 1, 0, Some(0)),
            ("1e2", 5, 2, Some(10000)),
            ("125e-2", 5, 2, Some(125)),
            ("0.001", 5, 2, None),
            ("1e999", 38, 0, None),
            (
                "99999999999999999999999999999999999999",
                38,
                0,
                Some(10_i128.pow(38) - 1),
            ),
            ("100000000000000000000000000000000000000", 38, 0, None),
            ("", 5, 2, None),
            ("-", 5, 2, None),
            (".", 5, 2, None),
            ("1-2", 5, 2, None),
        ] {
            assert_eq!(unscaled(text, precision, scale), expected, "{text}");
        }
    }
}
