//! The forms of a timestamp that the OpenX deserializer takes.
//! <https://docs.aws.amazon.com/firehose/latest/dev/record-format-conversion.html>

use time::format_description::well_known::Rfc3339;
use time::{Date, Month, OffsetDateTime, Time, UtcOffset};

/// From here on a whole number is milliseconds; below, seconds. As seconds it lies in the year 5138.
const MILLISECONDS_FROM: i128 = 100_000_000_000;
const NANOSECONDS: i128 = 1_000_000_000;
/// Further from 1970 than any date of the calendar that `time` has.
const LATEST: i128 = 253_402_300_800 * NANOSECONDS;

/// Nanoseconds since 1970: of `2017-02-07T15:13:01.39256Z`, of `2017-02-07 15:13:01.14`, of seconds with or without a
/// fraction, of milliseconds.
pub(super) fn nanoseconds(text: &str) -> Option<i128> {
    let at = if text.ends_with('Z') {
        let at = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        (at.offset() == UtcOffset::UTC).then(|| at.unix_timestamp_nanos())?
    } else if let Some((date, time)) = text.split_once(' ') {
        let time = clock(time)?;
        OffsetDateTime::new_utc(calendar(date)?, time).unix_timestamp_nanos()
    } else {
        epoch(text)?
    };
    (-LATEST..LATEST).contains(&at).then_some(at)
}

fn calendar(text: &str) -> Option<Date> {
    let mut parts = text.splitn(3, '-');
    let year = parts.next().filter(|year| year.len() == 4)?;
    let month: u8 = digits(parts.next()?)?;
    let day = digits(parts.next()?)?;
    Date::from_calendar_date(digits(year)?, Month::try_from(month).ok()?, day).ok()
}

fn clock(text: &str) -> Option<Time> {
    let (text, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let mut parts = text.splitn(3, ':');
    let mut part = || parts.next().filter(|part| part.len() == 2).and_then(digits::<u8>);
    let (hour, minute, second) = (part()?, part()?, part()?);
    Time::from_hms_nano(hour, minute, second, nine_digits(fraction)?).ok()
}

fn epoch(text: &str) -> Option<i128> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(text) => (true, text),
        None => (false, text),
    };
    let number = match text.split_once('.') {
        Some((seconds, fraction)) => {
            i128::from(digits::<u64>(seconds)?) * NANOSECONDS + i128::from(nine_digits(fraction)?)
        }
        None => match i128::from(digits::<u64>(text)?) {
            whole if whole >= MILLISECONDS_FROM => whole * NANOSECONDS / 1000,
            whole => whole * NANOSECONDS,
        },
    };
    Some(if negative { -number } else { number })
}

fn nine_digits(fraction: &str) -> Option<u32> {
    if fraction.is_empty() || fraction.len() > 9 {
        return None;
    }
    digits(&format!("{fraction:0<9}"))
}

fn digits<T: std::str::FromStr>(text: &str) -> Option<T> {
    let plain = text.bytes().all(|digit| digit.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documented_forms_are_read() {
        for (text, expected) in [
            ("2017-02-07T15:13:01.39256Z", Some(1_486_480_381_392_560_000)),
            ("2017-02-07 15:13:01.14", Some(1_486_480_381_140_000_000)),
            ("2017-2-7 15:13:01", Some(1_486_480_381_000_000_000)),
            ("1518033528", Some(1_518_033_528_000_000_000)),
            ("1518033528123", Some(1_518_033_528_123_000_000)),
            ("1518033528.123", Some(1_518_033_528_123_000_000)),
            ("-1.5", Some(-1_500_000_000)),
            ("2017-02-07T15:13:01+01:00", None),
            ("2017-02-30 00:00:00", None),
            ("2017-02-07", None),
            ("true", None),
            ("", None),
            ("1.0000000000", None),
            ("99999999999999999", None),
        ] {
            assert_eq!(nanoseconds(text), expected, "{text}");
        }
    }
}
