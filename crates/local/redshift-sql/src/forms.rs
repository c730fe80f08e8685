//! The frozen list: which statements, functions, units, formats and settings there are, and which
//! words are no names. Expressions and types are listed by
//! the exhaustive matches of `translate/expression.rs` and `data_type.rs`.

mod function;
mod reserved;
mod statement;

pub(crate) use function::{
    Answers, FUNCTIONS, FUNCTIONS_NOT_REDSHIFT, Function, Order, Rendering, Rewrite, Role, TAKES_SUPER,
};
pub(crate) use reserved::RESERVED_WORDS;
pub(crate) use statement::{NOT_REDSHIFT, Reads, STATEMENTS, Statement};

/// A unit of time: what a statement may call it, and what PostgreSQL does.
/// <https://docs.aws.amazon.com/redshift/latest/dg/r_Dateparts_for_datetime_functions.html>
pub(crate) const UNITS: &[(&str, &[&str])] = &[
    ("year", &["year", "years", "yr", "yrs", "y"]),
    ("quarter", &["quarter", "quarters", "qtr", "qtrs"]),
    ("month", &["month", "months", "mon", "mons"]),
    ("week", &["week", "weeks", "w"]),
    ("day", &["day", "days", "d"]),
    ("hour", &["hour", "hours", "h", "hr", "hrs"]),
    ("minute", &["minute", "minutes", "m", "min", "mins"]),
    ("second", &["second", "seconds", "s", "sec", "secs"]),
    (
        "millisecond",
        &["millisecond", "milliseconds", "ms", "msec", "msecs"],
    ),
    (
        "microsecond",
        &["microsecond", "microseconds", "us", "usec", "usecs"],
    ),
];

/// What EXTRACT and DATE_PART may ask for. Not milliseconds and less, which count other things on either side.
pub(crate) const PARTS: &[(&str, &[&str])] = &[
    ("year", &["year", "years", "yr", "yrs", "y"]),
    ("quarter", &["quarter", "quarters", "qtr", "qtrs"]),
    ("month", &["month", "months", "mon", "mons"]),
    ("week", &["week", "weeks", "w"]),
    ("day", &["day", "days", "d"]),
    ("hour", &["hour", "hours", "h", "hr", "hrs"]),
    ("minute", &["minute", "minutes", "m", "min", "mins"]),
    ("second", &["second", "seconds", "s", "sec", "secs"]),
    ("dow", &["dow", "dayofweek", "weekday"]),
    ("doy", &["doy", "dayofyear"]),
    ("epoch", &["epoch"]),
];

/// The parts of a TO_CHAR format; between them only the marks of [`FORMAT_MARKS`].
/// <https://docs.aws.amazon.com/redshift/latest/dg/r_FORMAT_strings.html>
pub(crate) const FORMATS: &[&str] = &["YYYY", "HH24", "MM", "DD", "MI", "SS", "Q"];

/// What may stand between the parts of a format.
pub(crate) const FORMAT_MARKS: &[char] = &['-', '/', ':', ' ', '.'];

/// The settings that SET and ALTER USER know.
pub(crate) const SETTINGS: &[(&str, Takes)] = &[
    ("enable_case_sensitive_identifier", Takes::Boolean),
    ("enable_case_sensitive_super_attribute", Takes::Boolean),
    ("enable_result_cache_for_session", Takes::Boolean),
    ("query_group", Takes::Text),
    ("statement_timeout", Takes::Number),
];

/// What a setting takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takes {
    Boolean,
    Number,
    Text,
}

/// What PostgreSQL calls one of [`UNITS`] or [`PARTS`].
pub(crate) fn unit(name: &str, known: &[(&'static str, &[&str])]) -> Option<&'static str> {
    let name = name.to_lowercase();
    known
        .iter()
        .find(|(_, names)| names.contains(&name.as_str()))
        .map(|(unit, _)| *unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_goes_by_its_names_only() {
        assert_eq!(unit("YRS", UNITS), Some("year"));
        assert_eq!(unit("dow", UNITS), None);
        assert_eq!(unit("dow", PARTS), Some("dow"));
        assert_eq!(unit("ms", PARTS), None);
    }
}
