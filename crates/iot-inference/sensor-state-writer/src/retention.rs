//! How long the history keeps a reading.

use std::num::NonZeroU32;
use std::str::FromStr;

use telemetry::Reading;

/// The most days that can be set: a hundred years. DynamoDB does not expire what should have gone more than five years
/// ago, and has no bound ahead.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html>
pub const HISTORY_DAYS_AT_MOST: u32 = 36_500;

/// What is kept unless something else is set.
const HISTORY_DAYS_BY_DEFAULT: NonZeroU32 = NonZeroU32::MIN.saturating_add(29);

const SECONDS_PER_DAY: u64 = 24 * 60 * 60;

/// How long the history keeps a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    days: NonZeroU32,
}

impl Retention {
    /// In days.
    pub fn days(self) -> u32 {
        self.days.get()
    }

    /// In seconds since 1970. It counts from when the stream took the reading: a reading that comes late, or whose
    /// device has a wrong clock, is kept as long as any other.
    pub(crate) fn expires_at(self, reading: &Reading, arrival_time_ms: Option<u64>) -> u64 {
        let measured_ms = u64::try_from(reading.measured_at().unix_micros() / 1_000).unwrap_or_default();
        arrival_time_ms.unwrap_or(measured_ms) / 1_000 + u64::from(self.days()) * SECONDS_PER_DAY
    }
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            days: HISTORY_DAYS_BY_DEFAULT,
        }
    }
}

/// The text is no number of days that can be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidRetention;

/// From a number of days.
impl FromStr for Retention {
    type Err = InvalidRetention;

    fn from_str(text: &str) -> Result<Self, InvalidRetention> {
        let days: NonZeroU32 = text.parse().map_err(|_| InvalidRetention)?;
        if days.get() > HISTORY_DAYS_AT_MOST {
            return Err(InvalidRetention);
        }
        Ok(Self { days })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_history_keeps_1_to_36500_days() {
        for (text, days) in [("1", 1), ("30", 30), ("36500", HISTORY_DAYS_AT_MOST)] {
            assert_eq!(text.parse().map(Retention::days), Ok(days));
        }
        for text in ["", "0", "-1", "36501", "1.5", "a week"] {
            assert_eq!(text.parse::<Retention>(), Err(InvalidRetention), "{text:?}");
        }
        assert_eq!(Retention::default().days(), 30);
    }
}
