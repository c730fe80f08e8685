//! The account of every entry: how often it was sent, and what became of it.

use crate::api::Failure;
use crate::deliveries::{Cause, Deliveries, Outcome, Undelivered};

/// One line an entry, by position. A line without an outcome becomes undelivered when the account is closed, so an
/// entry cannot get lost between the lines.
pub(crate) struct Ledger {
    lines: Vec<Line>,
    calls: usize,
}

#[derive(Default, Clone)]
struct Line {
    attempts: u32,
    last_error: Option<Failure>,
    outcome: Option<Outcome>,
}

impl Ledger {
    pub(crate) fn new(entries: usize) -> Self {
        Self {
            lines: vec![Line::default(); entries],
            calls: 0,
        }
    }

    /// A call with the entries at `positions` is about to be made.
    pub(crate) fn sending(&mut self, positions: &[usize]) {
        self.calls += 1;
        for position in positions {
            self.lines[*position].attempts += 1;
        }
    }

    pub(crate) fn attempts(&self, position: usize) -> u32 {
        self.lines[position].attempts
    }

    pub(crate) fn failed(&mut self, position: usize, failure: Failure) {
        self.lines[position].last_error = Some(failure);
    }

    pub(crate) fn accepted(&mut self, position: usize) {
        self.lines[position].outcome = Some(Outcome::Accepted);
    }

    pub(crate) fn refused(&mut self, position: usize, failure: Failure) {
        self.lines[position].outcome = Some(Outcome::Refused(failure));
    }

    pub(crate) fn undelivered(&mut self, position: usize, cause: Cause) {
        let line = &mut self.lines[position];
        line.outcome = Some(Outcome::Undelivered(line.undelivered(cause)));
    }

    /// Closes the account; what has no outcome is undelivered because of `cause`.
    pub(crate) fn close(self, cause: Cause) -> Deliveries {
        let sent_again = |line: &Line| line.attempts.saturating_sub(1) as usize;
        Deliveries {
            calls: self.calls,
            retried: self.lines.iter().map(sent_again).sum(),
            outcomes: self.lines.into_iter().map(|line| line.close(cause)).collect(),
        }
    }
}

impl Line {
    fn undelivered(&self, cause: Cause) -> Undelivered {
        Undelivered {
            cause,
            attempts: self.attempts,
            last_error: self.last_error.clone(),
        }
    }

    fn close(mut self, cause: Cause) -> Outcome {
        match self.outcome.take() {
            Some(outcome) => outcome,
            None => Outcome::Undelivered(self.undelivered(cause)),
        }
    }
}
