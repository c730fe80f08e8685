//! Time as a value: the model never reads a clock.

use std::time::Duration;

const MILLIS_PER_SECOND: u64 = 1_000;
const SECONDS_PER_DAY: u64 = 86_400;

/// A moment, in milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The moment `millis` milliseconds after the Unix epoch.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// The moment `seconds` seconds after the Unix epoch.
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(seconds.saturating_mul(MILLIS_PER_SECOND))
    }

    /// Milliseconds since the Unix epoch.
    pub const fn millis(self) -> u64 {
        self.0
    }

    /// How long ago `earlier` was; zero if it lies in the future.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// This moment and `length` more.
    pub fn plus(self, length: Duration) -> Self {
        Self(self.0.saturating_add(millis_of(length)))
    }

    /// The start of the interval of `length` that holds this moment, intervals being counted from the epoch.
    /// A `length` of zero gives the moment itself.
    pub fn floor_to(self, length: Duration) -> Self {
        match millis_of(length) {
            0 => self,
            length => Self(self.0 - self.0 % length),
        }
    }

    /// `2020-12-09T07:04:00Z`, with milliseconds only if there are any.
    pub fn to_rfc3339(self) -> String {
        let (seconds, millis) = self.split();
        match millis {
            0 => format!("{}Z", date_time(seconds, ':')),
            millis => format!("{}.{millis:03}Z", date_time(seconds, ':')),
        }
    }

    /// `2020-12-09T07.04.00`, as in the names of objects in an on-failure bucket.
    pub fn to_object_name(self) -> String {
        date_time(self.split().0, '.')
    }

    /// `2020/12/09`, as in the names of objects in an on-failure bucket.
    pub fn to_date_path(self) -> String {
        let (year, month, day) = civil_date(self.split().0 / SECONDS_PER_DAY);
        format!("{year:04}/{month:02}/{day:02}")
    }

    /// `1545084650.987`: seconds with milliseconds, as a JSON number.
    pub(crate) fn to_json_seconds(self) -> String {
        let (seconds, millis) = self.split();
        format!("{seconds}.{millis:03}")
    }

    fn split(self) -> (u64, u64) {
        (self.0 / MILLIS_PER_SECOND, self.0 % MILLIS_PER_SECOND)
    }
}

fn millis_of(length: Duration) -> u64 {
    u64::try_from(length.as_millis()).unwrap_or(u64::MAX)
}

fn date_time(seconds: u64, separator: char) -> String {
    let (year, month, day) = civil_date(seconds / SECONDS_PER_DAY);
    let of_day = seconds % SECONDS_PER_DAY;
    let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}{separator}{minute:02}{separator}{second:02}")
}

/// Year, month and day of a day counted from 1970-01-01, in the Gregorian calendar. Years are counted from March, so
/// that the leap day is a year's last day, and in eras of 400 years, after which the calendar repeats itself.
fn civil_date(days: u64) -> (u64, u64, u64) {
    const DAYS_PER_ERA: u64 = 146_097;
    const DAYS_FROM_MARCH_OF_YEAR_0: u64 = 719_468;
    let days = days + DAYS_FROM_MARCH_OF_YEAR_0;
    let (era, of_era) = (days / DAYS_PER_ERA, days % DAYS_PER_ERA);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_the_documents_of_lambda_write_them() {
        for (millis, rfc3339, object, path) in [
            (0, "1970-01-01T00:00:00Z", "1970-01-01T00.00.00", "1970/01/01"),
            (
                1_573_691_886_021,
                "2019-11-14T00:38:06.021Z",
                "2019-11-14T00.38.06",
                "2019/11/14",
            ),
            (
                1_582_934_400_000,
                "2020-02-29T00:00:00Z",
                "2020-02-29T00.00.00",
                "2020/02/29",
            ),
            (
                4_107_542_399_999,
                "2100-02-28T23:59:59.999Z",
                "2100-02-28T23.59.59",
                "2100/02/28",
            ),
            (
                4_107_542_400_000,
                "2100-03-01T00:00:00Z",
                "2100-03-01T00.00.00",
                "2100/03/01",
            ),
        ] {
            let at = Timestamp::from_millis(millis);
            assert_eq!(at.to_rfc3339(), rfc3339);
            assert_eq!(at.to_object_name(), object);
            assert_eq!(at.to_date_path(), path);
        }
    }

    #[test]
    fn an_interval_holds_its_start_and_not_its_end() {
        let length = Duration::from_secs(120);
        let start = Timestamp::from_seconds(1_607_497_440);
        assert_eq!(start.floor_to(length), start);
        assert_eq!(start.plus(Duration::from_millis(119_999)).floor_to(length), start);
        assert_eq!(start.plus(length).floor_to(length), start.plus(length));
    }
}
