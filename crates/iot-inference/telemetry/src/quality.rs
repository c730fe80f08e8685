//! How much a reading is to be trusted.

use std::fmt;
use std::str::FromStr;

use crate::invalid::Invalid;

/// How much a reading is to be trusted, as its device says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quality {
    /// The sensor works.
    Good,
    /// The sensor works, and something speaks against the value: a calibration is due, the range is nearly left.
    Uncertain,
    /// The sensor reports a fault of its own.
    Bad,
}

impl Quality {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Good, Self::Uncertain, Self::Bad];

    /// As it stands in the JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Uncertain => "uncertain",
            Self::Bad => "bad",
        }
    }
}

impl FromStr for Quality {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let found = Self::ALL.into_iter().find(|quality| quality.as_str() == text);
        found.ok_or_else(|| Invalid::rule_of("quality", "expected good, uncertain or bad"))
    }
}

impl fmt::Display for Quality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
