//! Waits until every hop has what was sent.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::audit::{Arrived, Audit, AuditError};
use crate::reconciliation::{Report, Rules};
use crate::truth::Truth;

/// Between two looks.
pub const LOOK: Duration = Duration::from_millis(500);

/// Something is missing, or a hop does not answer.
#[derive(Debug, thiserror::Error)]
pub enum ArrivalError {
    /// A hop does not answer.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// Nothing arrives any more, and it does not add up.
    #[error("the hops do not add up{}: {report}", after(*patience))]
    Stalled {
        /// How long that was.
        patience: Duration,
        /// What is missing.
        report: Box<Report>,
    },
}

fn after(patience: Duration) -> String {
    match patience.as_secs() {
        0 => String::new(),
        seconds => format!(", and nothing has arrived for {seconds} s"),
    }
}

/// Waits until all of `truth` is everywhere, and says what was counted. `tell` is told of each look.
///
/// # Errors
/// A hop does not answer; or nothing arrives for as long as `patience`, and it does not add up.
pub async fn wait_for_arrival(
    audit: &mut Audit,
    truth: &Truth,
    rules: Rules,
    patience: Duration,
    mut tell: impl AsyncFnMut(&Arrived),
) -> Result<Report, ArrivalError> {
    let mut progress = Progress::new(Instant::now());
    loop {
        let arrived = audit.look(truth).await?;
        tell(&arrived).await;
        let stalled = progress.has_stalled(arrived, Instant::now(), patience);
        if stalled || arrived.may_be_all(truth, rules) {
            let report = audit.hold_against(truth, rules).await?;
            if report.adds_up() {
                return Ok(report);
            }
            if stalled {
                let report = Box::new(report);
                return Err(ArrivalError::Stalled { patience, report });
            }
        }
        sleep(LOOK).await;
    }
}

/// Prints the table of hops, also of what does not add up.
pub fn show_hops(arrived: &Result<Report, ArrivalError>) {
    let hops = match arrived {
        Ok(report) => &report.hops,
        Err(ArrivalError::Stalled { report, .. }) => &report.hops,
        Err(ArrivalError::Audit(_)) => return,
    };
    println!("\nBy hop, counted from what is stored, by reading id\n{hops}");
}

/// Whether something still arrives.
#[derive(Debug)]
pub struct Progress {
    last: Arrived,
    since: Instant,
}

impl Progress {
    /// From now on.
    pub fn new(now: Instant) -> Self {
        Self {
            last: Arrived::default(),
            since: now,
        }
    }

    /// Whether nothing has arrived for as long as `patience`.
    pub fn has_stalled(&mut self, arrived: Arrived, now: Instant, patience: Duration) -> bool {
        if arrived != self.last {
            (self.last, self.since) = (arrived, now);
        }
        now.duration_since(self.since) >= patience
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said_with_how_long_was_waited() {
        let report = Box::new(Report {
            hops: crate::hops::Hops::default(),
            differences: Vec::new(),
        });
        let said = |seconds| {
            let stalled = ArrivalError::Stalled {
                patience: Duration::from_secs(seconds),
                report: report.clone(),
            };
            stalled.to_string()
        };
        assert_eq!(said(0), "the hops do not add up: 0 differences");
        assert_eq!(
            said(9),
            "the hops do not add up, and nothing has arrived for 9 s: 0 differences"
        );
    }

    #[test]
    fn whatever_arrives_is_progress() {
        let begin = Instant::now();
        let after = |seconds| begin + Duration::from_secs(seconds);
        let patience = Duration::from_secs(10);
        let mut progress = Progress::new(begin);
        let some = Arrived {
            archive: 1,
            ..Arrived::default()
        };
        assert!(!progress.has_stalled(Arrived::default(), after(9), patience));
        assert!(!progress.has_stalled(some, after(10), patience));
        assert!(!progress.has_stalled(some, after(19), patience));
        assert!(progress.has_stalled(some, after(20), patience));
    }
}
