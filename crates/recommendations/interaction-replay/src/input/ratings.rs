//! MovieLens' `ratings.csv`: `userId,movieId,rating,timestamp`.

use std::fmt;
use std::io::Read;
use std::str::FromStr;

use csv::{ReaderBuilder, StringRecord};

use super::Input;
use crate::interaction::Interaction;

const COLUMNS: [&str; 4] = ["userId", "movieId", "rating", "timestamp"];

/// Half a star to five stars.
/// <https://files.grouplens.org/datasets/movielens/ml-latest-small-README.html>
const RATINGS: std::ops::RangeInclusive<f64> = 0.5..=5.0;

/// The latest time that RFC 3339 can write: the end of the year 9999.
const LATEST: i64 = 253_402_300_799;

/// A line that cannot be replayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// The file.
    pub file: String,
    /// The line, from 1; the header is line 1.
    pub line: u64,
    /// The column, where it is one column's fault.
    pub field: Option<&'static str>,
    /// What is wrong.
    pub fault: String,
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}: ", self.file, self.line)?;
        if let Some(field) = self.field {
            write!(f, "field {field}: ")?;
        }
        f.write_str(&self.fault)
    }
}

/// The input cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// A file cannot be read.
    #[error("{file}: {reason}")]
    Unreadable {
        /// The file.
        file: String,
        /// Why.
        reason: String,
    },
    /// A line cannot be replayed, and that is not tolerated.
    #[error("{0}")]
    Bad(BadLine),
    /// Every line was bad, or there is none.
    #[error("{file}: no line holds a rating ({bad} bad lines)")]
    Empty {
        /// The file.
        file: String,
        /// How many lines were bad.
        bad: usize,
    },
}

/// Reads ratings. `file` is what errors call it.
///
/// # Errors
/// As [`Input::read`].
pub fn parse_ratings(file: &str, csv: impl Read, strict: bool) -> Result<Input, InputError> {
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(csv);
    check_header(file, reader.headers())?;
    let mut ratings = Vec::new();
    let mut bad_lines = Vec::new();
    for row in reader.into_records() {
        let row = row.map_err(|error| unreadable_line(file, &error));
        match row.and_then(|row| rating(file, &row)) {
            Ok(rating) => ratings.push(rating),
            Err(bad) if strict => return Err(InputError::Bad(bad)),
            Err(bad) => bad_lines.push(bad),
        }
    }
    if ratings.is_empty() {
        let (file, bad) = (file.to_owned(), bad_lines.len());
        return Err(InputError::Empty { file, bad });
    }
    Ok(Input {
        bad_lines,
        ..Input::of(ratings)
    })
}

fn check_header(file: &str, header: Result<&StringRecord, csv::Error>) -> Result<(), InputError> {
    let header = header.map_err(|error| InputError::Bad(unreadable_line(file, &error)))?;
    if header
        .iter()
        .map(|name| name.trim_start_matches('\u{feff}').trim())
        .eq(COLUMNS)
    {
        return Ok(());
    }
    Err(InputError::Bad(BadLine {
        file: file.to_owned(),
        line: 1,
        field: None,
        fault: format!("the header is not {}", COLUMNS.join(",")),
    }))
}

fn rating(file: &str, row: &StringRecord) -> Result<Interaction, BadLine> {
    let line = row.position().map_or(0, csv::Position::line);
    let bad = |field, fault: String| BadLine {
        file: file.to_owned(),
        line,
        field,
        fault,
    };
    if row.len() != COLUMNS.len() {
        return Err(bad(
            None,
            format!("{} fields, expected {}", row.len(), COLUMNS.len()),
        ));
    }
    let field = |column: usize| row.get(column).unwrap_or_default().trim();
    let id = |column: usize| match field(column) {
        "" => Err(bad(Some(COLUMNS[column]), "empty".to_owned())),
        text if text.chars().count() > ID_CHARACTERS => Err(bad(
            Some(COLUMNS[column]),
            format!("longer than {ID_CHARACTERS} characters"),
        )),
        text => Ok(text.to_owned()),
    };
    let value = number(field(2), |value| RATINGS.contains(value));
    let at = number(field(3), |at| (0..=LATEST).contains(at));
    Ok(Interaction {
        user: id(0)?,
        item: id(1)?,
        event_type: "rating",
        value: Some(value.ok_or_else(|| bad(Some(COLUMNS[2]), "not a number from 0.5 to 5".to_owned()))?),
        at: at.ok_or_else(|| bad(Some(COLUMNS[3]), "not a time in seconds since 1970".to_owned()))?,
    })
}

/// Leaves room for the rest of a session's id within Kinesis' 256 characters of a partition key.
/// <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecordsRequestEntry.html>
const ID_CHARACTERS: usize = 100;

fn number<N: FromStr>(text: &str, valid: impl Fn(&N) -> bool) -> Option<N> {
    text.parse().ok().filter(valid)
}

fn unreadable_line(file: &str, error: &csv::Error) -> BadLine {
    BadLine {
        file: file.to_owned(),
        line: error.position().map_or(0, csv::Position::line),
        field: None,
        fault: match error.kind() {
            csv::ErrorKind::Utf8 { .. } => "not UTF-8".to_owned(),
            _ => error.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "userId,movieId,rating,timestamp\n";

    fn parse(lines: &str) -> Result<Input, InputError> {
        parse_ratings("ratings.csv", format!("{HEADER}{lines}").as_bytes(), false)
    }

    #[test]
    fn ratings_come_in_the_order_of_time() {
        let input = parse("1,31,4.5,964982703\n2,7,0.5,964981247\r\n3,8,5,964981247\n").expect("ratings");
        let found: Vec<_> = input
            .interactions
            .iter()
            .map(|rating| (rating.user.as_str(), rating.value))
            .collect();
        assert_eq!(found, [("2", Some(0.5)), ("3", Some(5.0)), ("1", Some(4.5))]);
        assert_eq!(input.bad_lines, []);
    }

    #[test]
    fn a_bad_line_is_named_by_file_line_and_field() {
        let cases = [
            ("1,31,4.5", "ratings.csv, line 3: 3 fields, expected 4"),
            ("1,31,4.5,9,9", "ratings.csv, line 3: 5 fields, expected 4"),
            (",31,4.5,9", "ratings.csv, line 3: field userId: empty"),
            ("1, ,4.5,9", "ratings.csv, line 3: field movieId: empty"),
            (
                "1,31,five,9",
                "ratings.csv, line 3: field rating: not a number from 0.5 to 5",
            ),
            (
                "1,31,5.5,9",
                "ratings.csv, line 3: field rating: not a number from 0.5 to 5",
            ),
            (
                "1,31,NaN,9",
                "ratings.csv, line 3: field rating: not a number from 0.5 to 5",
            ),
            (
                "1,31,4,noon",
                "ratings.csv, line 3: field timestamp: not a time in seconds since 1970",
            ),
            (
                "1,31,4,-1",
                "ratings.csv, line 3: field timestamp: not a time in seconds since 1970",
            ),
            (
                "1,31,4,253402300800",
                "ratings.csv, line 3: field timestamp: not a time in seconds since 1970",
            ),
        ];
        for (line, expected) in cases {
            let input = parse(&format!("1,31,4,9\n{line}\n2,31,4,9\n")).expect("two ratings");
            assert_eq!(input.interactions.len(), 2, "{line}");
            let bad: Vec<_> = input.bad_lines.iter().map(BadLine::to_string).collect();
            assert_eq!(bad, [expected]);
        }
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_a_bad_line() {
        let csv = [HEADER.as_bytes(), b"1,31,4,9\n\xff,31,4,9\n"].concat();
        let input = parse_ratings("ratings.csv", csv.as_slice(), false).expect("one rating");
        assert_eq!(input.bad_lines[0].to_string(), "ratings.csv, line 3: not UTF-8");
    }

    #[test]
    fn strict_stops_at_the_first_bad_line() {
        let csv = format!("{HEADER}1,31,4,9\n1,31,x,9\n1,31,y,9\n");
        let error = parse_ratings("ratings.csv", csv.as_bytes(), true).expect_err("strict");
        assert_eq!(
            error.to_string(),
            "ratings.csv, line 3: field rating: not a number from 0.5 to 5"
        );
    }

    #[test]
    fn a_line_that_is_there_twice_is_one_interaction() {
        let input = parse("1,31,4,9\n1,31,4,9\n1,31,5,10\n").expect("ratings");
        assert_eq!((input.interactions.len(), input.repeated_lines), (2, 1));
    }

    #[test]
    fn another_header_is_an_error() {
        let error = parse_ratings("tags.csv", "userId,movieId,tag,timestamp\n".as_bytes(), false);
        let expected = "tags.csv, line 1: the header is not userId,movieId,rating,timestamp";
        assert_eq!(error.expect_err("a header").to_string(), expected);
    }

    #[test]
    fn a_file_without_a_rating_is_an_error() {
        assert_eq!(
            parse("x\n").expect_err("nothing to replay").to_string(),
            "ratings.csv: no line holds a rating (1 bad lines)"
        );
        assert!(parse_ratings("ratings.csv", "".as_bytes(), false).is_err());
    }
}
