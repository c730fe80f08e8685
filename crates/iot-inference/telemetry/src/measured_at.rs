//! When something was measured, by the producer's clock.

use std::fmt;
use std::str::FromStr;

use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};

use crate::invalid::Invalid;

/// A moment to the microsecond, from 1970 to 9999, in UTC. Event time: the producer's clock, never a function's.
///
/// ```
/// let at: telemetry::MeasuredAt = "2026-11-25T01:02:03.120Z".parse().unwrap();
/// assert_eq!(at.to_string(), "2026-11-25T01:02:03.120Z");
/// assert_eq!(at.fixed_width(), "2026-11-25T01:02:03.120000Z");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MeasuredAt {
    unix_micros: i64,
}

/// 9999-12-31T23:59:59.999999Z.
const LAST: i64 = 253_402_300_799_999_999;

const RULE: &str = "expected a time of UTC from 1970 to 9999 such as 2026-11-25T01:02:03.123456Z, with at most six \
                    digits after the point";

impl MeasuredAt {
    /// Microseconds since 1970.
    ///
    /// # Errors
    /// The moment is before 1970 or after 9999.
    pub fn from_unix_micros(unix_micros: i64) -> Result<Self, Invalid> {
        if (0..=LAST).contains(&unix_micros) {
            Ok(Self { unix_micros })
        } else {
            Err(refused())
        }
    }

    /// Microseconds since 1970.
    pub fn unix_micros(self) -> i64 {
        self.unix_micros
    }

    /// With six digits after the point: as text in the order of time.
    pub fn fixed_width(self) -> String {
        format!("{}.{:06}Z", self.to_the_second(), self.fraction())
    }

    fn fraction(self) -> i64 {
        self.unix_micros % 1_000_000
    }

    fn to_the_second(self) -> String {
        // The bounds of the type are within those of the calendar.
        let at = OffsetDateTime::from_unix_timestamp(self.unix_micros / 1_000_000)
            .unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let (hour, minute, second) = at.to_hms();
        format!(
            "{:04}-{:02}-{:02}T{hour:02}:{minute:02}:{second:02}",
            at.year(),
            u8::from(at.month()),
            at.day()
        )
    }
}

/// The canonical form: three digits after the point, or six where three do not hold it.
impl fmt::Display for MeasuredAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.fraction() {
            micros if micros % 1_000 == 0 => write!(f, "{}.{:03}Z", self.to_the_second(), micros / 1_000),
            _ => f.write_str(&self.fixed_width()),
        }
    }
}

impl FromStr for MeasuredAt {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        parse(text.as_bytes()).ok_or_else(refused)
    }
}

fn refused() -> Invalid {
    Invalid::rule_of("measuredAt", RULE)
}

fn parse(text: &[u8]) -> Option<MeasuredAt> {
    let (moment, rest) = text.split_at_checked("2026-11-25T01:02:03".len())?;
    let separators = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if separators.iter().any(|(place, byte)| moment[*place] != *byte) {
        return None;
    }
    let part = |from: usize, to: usize| digits(&moment[from..to]);
    let small = |from: usize, to: usize| u8::try_from(part(from, to)?).ok();
    let month = Month::try_from(small(5, 7)?).ok()?;
    let date = Date::from_calendar_date(i32::try_from(part(0, 4)?).ok()?, month, small(8, 10)?).ok()?;
    let time = Time::from_hms(small(11, 13)?, small(14, 16)?, small(17, 19)?).ok()?;
    let seconds = PrimitiveDateTime::new(date, time).assume_utc().unix_timestamp();
    MeasuredAt::from_unix_micros(seconds * 1_000_000 + fraction(rest)?).ok()
}

/// Microseconds of `Z` or `.123Z`.
fn fraction(rest: &[u8]) -> Option<i64> {
    let rest = rest.strip_suffix(b"Z")?;
    if rest.is_empty() {
        return Some(0);
    }
    let text = rest.strip_prefix(b".")?;
    let missing = 6_u32.checked_sub(u32::try_from(text.len()).ok()?)?;
    Some(digits(text)? * 10_i64.pow(missing))
}

fn digits(text: &[u8]) -> Option<i64> {
    let number = text.iter().try_fold(0_i64, |number, byte| {
        let digit = byte.is_ascii_digit().then(|| i64::from(byte - b'0'))?;
        Some(number * 10 + digit)
    });
    number.filter(|_| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, canonical: &str) {
        assert_eq!(text.parse::<MeasuredAt>().unwrap().to_string(), canonical);
    }

    #[test]
    fn takes_up_to_six_digits_after_the_point() {
        check("2026-11-25T01:02:03Z", "2026-11-25T01:02:03.000Z");
        check("2026-11-25T01:02:03.1Z", "2026-11-25T01:02:03.100Z");
        check("2026-11-25T01:02:03.123456Z", "2026-11-25T01:02:03.123456Z");
        check("2028-02-29T23:59:59.999999Z", "2028-02-29T23:59:59.999999Z");
        check("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z");
        check("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z");
    }

    #[test]
    fn refuses_what_is_no_time_of_utc() {
        for text in [
            "",
            "2026-11-25",
            "2026-11-25T01:02:03",
            "2026-11-25T01:02:03.Z",
            "2026-11-25T01:02:03.1234567Z",
            "2026-11-25T01:02:03+00:00",
            "2026-11-25T01:02:03z",
            "2026-11-25 01:02:03Z",
            "2026-11-25T24:00:00Z",
            "2026-11-25T23:59:60Z",
            "2026-02-29T01:02:03Z",
            "2026-13-01T01:02:03Z",
            "2026-00-01T01:02:03Z",
            "1969-12-31T23:59:59.999999Z",
            "+026-11-25T01:02:03Z",
            "2026-11-25T01:02:03,123Z",
            "2026-11-25T01:02:0äZ",
        ] {
            let error = text.parse::<MeasuredAt>().expect_err(text);
            assert_eq!(error.to_string(), format!("field measuredAt: {RULE}"));
        }
        assert!(MeasuredAt::from_unix_micros(-1).is_err());
        assert!(
            MeasuredAt::from_unix_micros(LAST).is_ok() && MeasuredAt::from_unix_micros(LAST + 1).is_err()
        );
    }

    proptest! {
        #[test]
        fn reads_what_it_writes_in_the_order_of_time(one in 0..=LAST, two in 0..=LAST) {
            let [one, two] = [one, two].map(|micros| MeasuredAt::from_unix_micros(micros).unwrap());
            prop_assert_eq!(one.to_string().parse(), Ok(one));
            prop_assert_eq!(one.fixed_width().parse(), Ok(one));
            prop_assert_eq!(one.fixed_width().cmp(&two.fixed_width()), one.cmp(&two));
        }
    }
}
