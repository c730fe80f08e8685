//! `!{timestamp:…}`: patterns of Java's DateTimeFormatter, as far as they are numbers of a date and a time in UTC.
//! <https://docs.oracle.com/javase/8/docs/api/java/time/format/DateTimeFormatter.html>

use std::fmt::Write;

use time::OffsetDateTime;

/// A pattern whose letters are known.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pattern {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Text(String),
    /// A field and how many digits it has at least.
    Field(Field, usize),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Field {
    Year,
    YearOfCentury,
    Month,
    Day,
    DayOfYear,
    Hour,
    Minute,
    Second,
    Millisecond,
}

impl Pattern {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if first == '\'' {
                let (quoted, behind) = quoted(rest).ok_or("has a timestamp with a quote without its end")?;
                parts.push(Part::Text(quoted));
                rest = behind;
                continue;
            }
            let behind = rest.trim_start_matches(first);
            let count = (rest.len() - behind.len()) / first.len_utf8();
            parts.push(part(first, count)?);
            rest = behind;
        }
        Ok(Self { parts })
    }

    pub(super) fn write(&self, at: OffsetDateTime, to: &mut String) {
        for part in &self.parts {
            match part {
                Part::Text(text) => to.push_str(text),
                Part::Field(field, width) => {
                    // Writing into a String does not fail.
                    let _ = write!(to, "{:0width$}", field.of(at));
                }
            }
        }
    }
}

/// Text in quotes; two of them are one.
fn quoted(text: &str) -> Option<(String, &str)> {
    let text = text.strip_prefix('\'')?;
    if let Some(behind) = text.strip_prefix('\'') {
        return Some(("'".to_owned(), behind));
    }
    let (quoted, behind) = text.split_once('\'')?;
    Some((quoted.to_owned(), behind))
}

fn part(letter: char, count: usize) -> Result<Part, String> {
    let field = match (letter, count) {
        ('y' | 'u', 4) => Field::Year,
        ('y' | 'u', 2) => Field::YearOfCentury,
        ('M' | 'L', 1 | 2) => Field::Month,
        ('d', 1 | 2) => Field::Day,
        ('D', 1 | 3) => Field::DayOfYear,
        ('H', 1 | 2) => Field::Hour,
        ('m', 1 | 2) => Field::Minute,
        ('s', 1 | 2) => Field::Second,
        ('S', 3) => Field::Millisecond,
        _ if letter.is_ascii_alphabetic() || "{}[]#".contains(letter) => {
            return Err(format!(
                "has a timestamp with '{letter}' {count} times, which is not known here"
            ));
        }
        _ => return Ok(Part::Text(letter.to_string().repeat(count))),
    };
    Ok(Part::Field(field, count))
}

impl Field {
    fn of(self, at: OffsetDateTime) -> i32 {
        match self {
            Self::Year => at.year(),
            Self::YearOfCentury => at.year().rem_euclid(100),
            Self::Month => u8::from(at.month()).into(),
            Self::Day => at.day().into(),
            Self::DayOfYear => at.ordinal().into(),
            Self::Hour => at.hour().into(),
            Self::Minute => at.minute().into(),
            Self::Second => at.second().into(),
            Self::Millisecond => at.millisecond().into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_written() {
        let at = OffsetDateTime::from_unix_timestamp_nanos(1_772_413_384_005_000_000).unwrap();
        for (pattern, expected) in [
            ("yyyy/MM/dd/HH", "2026/03/02/01"),
            ("yy-M-d H:m:s", "26-3-2 1:3:4"),
            ("uuuuDDD'T'HHmmss.SSS", "2026061T010304.005"),
            ("''yyyy'year'", "'2026year"),
        ] {
            let mut written = String::new();
            Pattern::parse(pattern).unwrap().write(at, &mut written);
            assert_eq!(written, expected, "{pattern}");
        }
    }

    #[test]
    fn other_letters_are_refused() {
        for pattern in ["EEE", "MMM", "yyy", "z", "'open", "[yyyy]"] {
            assert!(Pattern::parse(pattern).is_err(), "{pattern}");
        }
    }
}
