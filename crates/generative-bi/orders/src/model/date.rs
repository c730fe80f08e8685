//! When an order was placed, and the periods it falls into.

use std::fmt;
use std::str::FromStr;

use time::format_description::well_known::Rfc3339;
use time::{Date, Month, OffsetDateTime, UtcOffset, Weekday};

/// A second in UTC, written `2025-03-01T12:34:56Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlacedAt(OffsetDateTime);

/// A text that is no time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a time such as 2025-03-01T12:34:56Z")]
pub struct BadTime;

impl PlacedAt {
    /// This second of the day.
    pub fn on(day: Date, second: u32) -> Self {
        Self(day.midnight().assume_utc() + time::Duration::seconds(i64::from(second)))
    }

    /// Seconds since 1970.
    pub fn unix_seconds(self) -> i64 {
        self.0.unix_timestamp()
    }

    /// The day.
    pub fn day(self) -> Date {
        self.0.date()
    }

    /// The first day of the month.
    pub fn month(self) -> Date {
        first_of(self.0.year(), self.0.month())
    }

    /// The first day of the quarter.
    pub fn quarter(self) -> Date {
        let month = match self.0.month() {
            Month::January | Month::February | Month::March => Month::January,
            Month::April | Month::May | Month::June => Month::April,
            Month::July | Month::August | Month::September => Month::July,
            Month::October | Month::November | Month::December => Month::October,
        };
        first_of(self.0.year(), month)
    }

    /// The year.
    pub fn year(self) -> i32 {
        self.0.year()
    }

    /// Whether it was a Saturday or a Sunday.
    pub fn is_weekend(self) -> bool {
        matches!(self.0.weekday(), Weekday::Saturday | Weekday::Sunday)
    }
}

/// The first day of a month. A year beyond time's range is its end.
pub(super) fn first_of(year: i32, month: Month) -> Date {
    Date::from_calendar_date(year, month, 1).unwrap_or(Date::MAX)
}

impl FromStr for PlacedAt {
    type Err = BadTime;

    fn from_str(text: &str) -> Result<Self, BadTime> {
        let time = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| BadTime)?;
        // RFC 3339 leaves a choice, of the separator for one. The table has one way to write a time.
        let read = Self(time);
        (time.offset() == UtcOffset::UTC && read.to_string() == text)
            .then_some(read)
            .ok_or(BadTime)
    }
}

impl fmt::Display for PlacedAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (date, (hour, minute, second)) = (self.0.date(), self.0.to_hms());
        write!(f, "{date}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_whole_seconds_in_utc() {
        let text = "2025-03-01T12:34:56Z";
        assert_eq!(text.parse::<PlacedAt>().unwrap().to_string(), text);
        for text in [
            "",
            "2025-03-01",
            "2025-03-01T12:34:56",
            "2025-03-01 12:34:56Z",
            "2025-03-01t12:34:56z",
            "2025-03-01T12:34:56.5Z",
            "2025-03-01T12:34:56+00:00",
            "2025-02-30T00:00:00Z",
        ] {
            assert_eq!(text.parse::<PlacedAt>(), Err(BadTime), "{text}");
        }
    }

    #[test]
    fn a_time_falls_into_a_day_a_month_a_quarter_and_a_year() {
        let time: PlacedAt = "2024-12-31T23:59:59Z".parse().unwrap();
        assert_eq!(time.day().to_string(), "2024-12-31");
        assert_eq!(time.month().to_string(), "2024-12-01");
        assert_eq!(time.quarter().to_string(), "2024-10-01");
        assert_eq!((time.year(), time.is_weekend()), (2024, false));
        assert_eq!(time.unix_seconds(), 1_735_689_599);
        let saturday: PlacedAt = "2025-03-01T00:00:00Z".parse().unwrap();
        assert!(saturday.is_weekend());
        assert_eq!(PlacedAt::on(time.day(), 86_399), time);
    }
}
