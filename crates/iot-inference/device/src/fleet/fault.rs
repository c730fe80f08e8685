//! What goes wrong on purpose.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// The value moves away, a little more with every reading.
    Drift,
    /// One value is far off.
    Spike,
    /// The value stays what it was.
    Stuck,
    /// Nothing is measured; no number is used.
    Gap,
    /// A reading is sent many readings after its time.
    Late,
    /// A reading is sent twice.
    Duplicate,
    /// The clock is ahead, or behind.
    ClockSkew,
    /// A payload that is no reading is sent besides.
    Garbage,
}

impl FaultKind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Drift,
        Self::Spike,
        Self::Stuck,
        Self::Gap,
        Self::Late,
        Self::Duplicate,
        Self::ClockSkew,
        Self::Garbage,
    ];

    /// As it is called in the truth file and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Drift => "drift",
            Self::Spike => "spike",
            Self::Stuck => "stuck",
            Self::Gap => "gap",
            Self::Late => "late",
            Self::Duplicate => "duplicate",
            Self::ClockSkew => "clock-skew",
            Self::Garbage => "garbage",
        }
    }

    /// Over how many readings it goes, from and up to.
    pub(super) fn readings(self) -> (u32, u32) {
        match self {
            Self::Drift => (30, 60),
            Self::Stuck | Self::Gap | Self::ClockSkew => (5, 30),
            Self::Spike | Self::Late | Self::Duplicate | Self::Garbage => (1, 1),
        }
    }
}

impl FromStr for FaultKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        found.ok_or_else(|| {
            let names: Vec<_> = Self::ALL.into_iter().map(Self::as_str).collect();
            format!(
                "expected all, none, or some of {} with commas between",
                names.join(", ")
            )
        })
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A fault and its window, by the true clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fault {
    /// What goes wrong.
    #[serde(rename = "fault")]
    pub kind: FaultKind,
    /// On which device.
    pub device_id: String,
    /// Of which sensor.
    pub sensor_id: String,
    /// The first reading of the window; a gap has none of this number until it is over.
    pub first_sequence: u64,
    /// When the first reading of the window is measured.
    pub from: String,
    /// When the last one is, if the fleet runs for so long.
    pub until: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_has_one_name() {
        for kind in FaultKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{kind}\""));
        }
        assert!(
            "nonsense"
                .parse::<FaultKind>()
                .unwrap_err()
                .starts_with("expected all, none")
        );
    }
}
