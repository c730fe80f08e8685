//! Numbers and texts as people read them.

use crate::model::Decimal;

/// A number with a comma after each thousand.
pub(super) fn grouped(number: Decimal) -> String {
    let shown = number.to_string();
    let (sign, digits) = shown
        .strip_prefix('-')
        .map_or(("", shown.as_str()), |digits| ("-", digits));
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, format!(".{fraction}")),
        None => (digits, String::new()),
    };
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}{fraction}")
}

/// A rate of four digits in percent; a dash where there is none.
pub(super) fn percent(rate: Option<Decimal>) -> String {
    match rate.and_then(|rate| rate.units_at(4)) {
        Some(units) => {
            let sign = if units > 0 { "+" } else { "" };
            format!("{sign}{} %", Decimal::new(units, 2))
        }
        None => "-".to_owned(),
    }
}

/// How many columns of a terminal a text takes. What East Asia writes, and pictures, take two a character.
pub(super) fn width_of(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

fn columns_of(character: char) -> usize {
    match u32::from(character) {
        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f => 2,
        0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1faff | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

/// The text, cut to `width` columns; a cut text ends in an ellipsis.
pub(super) fn cut(text: &str, width: usize) -> String {
    // A tab or a new line would break the table.
    let plain: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if width_of(&plain) <= width {
        return plain;
    }
    let mut kept = String::new();
    for character in plain.chars() {
        if width_of(&kept) + columns_of(character) >= width {
            break;
        }
        kept.push(character);
    }
    if width > 0 {
        kept.push('…');
    }
    kept
}

/// The text with blanks behind it, up to `width` columns.
pub(super) fn left(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(width_of(text))))
}

/// The text with blanks before it, up to `width` columns.
pub(super) fn right(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(width_of(text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        for (number, shown) in [
            ("0.00", "0.00"),
            ("999", "999"),
            ("1000.5", "1,000.5"),
            ("-1234567.89", "-1,234,567.89"),
        ] {
            assert_eq!(grouped(number.parse().unwrap()), shown);
        }
    }

    #[test]
    fn a_rate_is_a_percentage_with_its_sign() {
        for (rate, shown) in [
            ("0.1234", "+12.34 %"),
            ("-0.0050", "-0.50 %"),
            ("0.0000", "0.00 %"),
            ("12", "+1200.00 %"),
        ] {
            assert_eq!(percent(rate.parse().ok()), shown);
        }
        assert_eq!(percent(None), "-");
    }

    #[test]
    fn a_text_is_cut_to_its_columns() {
        assert_eq!(cut("Tent", 4), "Tent");
        assert_eq!(cut("Tents", 4), "Ten…");
        assert_eq!(cut("折り紙", 5), "折り…");
        assert_eq!(cut("a\nb", 9), "a b");
        assert_eq!(cut("abc", 0), "");
    }

    #[test]
    fn texts_are_aligned_by_columns() {
        assert_eq!(left("紙", 4), "紙  ");
        assert_eq!(right("紙", 4), "  紙");
        assert_eq!(right("long", 2), "long");
    }
}
