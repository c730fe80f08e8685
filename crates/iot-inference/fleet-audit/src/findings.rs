//! What went wrong on purpose, and what came of it.

use std::fmt;

use device::fleet::FaultKind;

use crate::on_stream::OnStream;
use crate::truth::Truth;

/// The faults of a fleet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings {
    /// How many windows of each kind there were.
    pub windows: Vec<(FaultKind, usize)>,
    /// Readings that came on the stream after a newer one of their sensor.
    pub late: usize,
}

impl Findings {
    /// Counts them.
    pub fn of(truth: &Truth, stream: &OnStream) -> Self {
        let windows = FaultKind::ALL.into_iter().map(|kind| {
            let windows = truth.faults().filter(|fault| fault.kind == kind).count();
            (kind, windows)
        });
        Self {
            windows: windows.collect(),
            late: stream.late(),
        }
    }
}

/// To be said only if all adds up.
impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let some = self.windows.iter().filter(|(_, windows)| *windows > 0);
        let some: Vec<_> = some.map(|(kind, windows)| format!("{kind} {windows}")).collect();
        match some.is_empty() {
            true => write!(f, "  nothing was made wrong")?,
            false => write!(f, "  made wrong on purpose: {}", some.join(", "))?,
        }
        write!(
            f,
            "\n  {} readings came after a newer one of their sensor, and every latest state is the newest",
            self.late
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_counted_by_kind() {
        let mut truth = Truth::default();
        for (kind, sequence) in [("late", 1), ("late", 2), ("clock-skew", 2), ("late", 2)] {
            truth
                .add(&format!(
                    r#"{{"kind":"fault","fault":"{kind}","deviceId":"d","sensorId":"t","firstSequence":{sequence},"from":"","until":""}}"#
                ))
                .unwrap();
        }
        assert_eq!(
            Findings::of(&truth, &OnStream::default()).to_string(),
            "  made wrong on purpose: late 2, clock-skew 1\n  0 readings came after a newer one of their sensor, and \
             every latest state is the newest"
        );
        let nothing = Findings::of(&Truth::default(), &OnStream::default()).to_string();
        assert!(nothing.starts_with("  nothing was made wrong\n"));
    }
}
