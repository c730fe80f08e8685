//! The circuit breaker of one source: when it may be called, and when it is left alone.
//!
//! Pure: the time is the caller's. What other environments know comes in by [`Breaker::learn`] and
//! [`Breaker::probe_refused`]; what they must know goes out as a [`Change`].

use std::num::NonZeroU32;
use std::time::Duration;

use crate::unix_time::UnixTime;

/// When a breaker opens, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Failures in a row after which it opens.
    pub failures: NonZeroU32,
    /// How long it stays open until a probe may go.
    pub open_for: Duration,
    /// How long a probe counts as under way when nothing more is heard of it. Longer than a request may take.
    pub lease: Duration,
}

/// One source's breaker in one environment.
#[derive(Debug, Clone)]
pub struct Breaker {
    policy: Policy,
    failures: u32,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Closed,
    /// After `until` it is half open: one probe may go, and none while another may be under way.
    Open {
        until: UnixTime,
        probe_until: Option<UnixTime>,
    },
}

/// Whether a call may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    /// It may.
    Call,
    /// It may, as the only one of this environment, and once the other environments know of it.
    Probe(Probe),
    /// It may not.
    Refused,
}

/// A probe: the one call of a half-open breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probe {
    /// Until when the breaker was open.
    pub open_until: UnixTime,
    /// When the probe no longer counts, if nothing more is heard of it.
    pub lease_until: UnixTime,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The source answered: with recommendations, with a refusal, or by throttling.
    Answered,
    /// It did not, or not in time.
    Failed,
}

/// What the other environments must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// This environment opened the breaker, or opened it again.
    Opened {
        /// Until when.
        until: UnixTime,
    },
    /// This environment's probe closed the breaker.
    Closed,
}

/// What all environments know of a breaker. Nothing is known of one that never opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shared {
    /// Until when it is open; absent when it is closed.
    pub open_until: Option<UnixTime>,
    /// Until when somebody's probe counts as under way.
    pub probe_until: Option<UnixTime>,
}

impl Breaker {
    /// A closed breaker.
    pub fn new(policy: Policy) -> Self {
        Self {
            policy,
            failures: 0,
            state: State::Closed,
        }
    }

    /// Whether every call may go.
    pub fn is_closed(&self) -> bool {
        self.state == State::Closed
    }

    /// Asks for a call. A probe that is granted must be [settled](Self::settle), or refused by the others.
    pub fn pass(&mut self, now: UnixTime) -> Pass {
        let State::Open { until, probe_until } = &mut self.state else {
            return Pass::Call;
        };
        if now < *until || probe_until.is_some_and(|end| now < end) {
            return Pass::Refused;
        }
        let probe = Probe {
            open_until: *until,
            lease_until: now + self.policy.lease,
        };
        *probe_until = Some(probe.lease_until);
        Pass::Probe(probe)
    }

    /// Says how a call ended that was let pass, and hears what the others must know of it.
    pub fn settle(&mut self, pass: Pass, verdict: Verdict, now: UnixTime) -> Option<Change> {
        match (pass, verdict) {
            (Pass::Refused, _) => None,
            (Pass::Call, Verdict::Answered) => {
                self.failures = 0;
                None
            }
            (Pass::Call, Verdict::Failed) => self.count_failure(now),
            (Pass::Probe(probe), _) if !self.is_under_way(probe) => None,
            (Pass::Probe(_), Verdict::Answered) => {
                self.close();
                Some(Change::Closed)
            }
            (Pass::Probe(_), Verdict::Failed) => Some(self.open(now)),
        }
    }

    /// Takes in what the others know. That only ever opens: nobody closes a breaker before its time, and after it a
    /// probe asks them. So what was read a moment ago, or from a copy that lags, does no harm.
    pub fn learn(&mut self, shared: Shared) {
        let Some(open_until) = shared.open_until else {
            return;
        };
        let opens_later = match self.state {
            State::Closed => true,
            State::Open { until, .. } => until < open_until,
        };
        if opens_later {
            self.state = State::Open {
                until: open_until,
                probe_until: shared.probe_until,
            };
        }
    }

    /// Takes in why the others refused a probe: the breaker is closed by now, open for longer, or probed by another.
    /// The last is asked again when that probe's time is over.
    pub fn probe_refused(&mut self, shared: Shared, now: UnixTime) {
        match shared.open_until {
            None => self.close(),
            Some(until) => {
                let probe_until = shared.probe_until.filter(|end| now < *end);
                let wait_until = probe_until.or_else(|| (until <= now).then(|| now + self.policy.lease));
                self.state = State::Open {
                    until,
                    probe_until: wait_until,
                };
            }
        }
    }

    fn count_failure(&mut self, now: UnixTime) -> Option<Change> {
        self.failures = self.failures.saturating_add(1);
        // A call that began before the breaker opened says nothing new about one that is open.
        (self.is_closed() && self.failures >= self.policy.failures.get()).then(|| self.open(now))
    }

    fn open(&mut self, now: UnixTime) -> Change {
        let until = now + self.policy.open_for;
        self.failures = 0;
        self.state = State::Open {
            until,
            probe_until: None,
        };
        Change::Opened { until }
    }

    fn close(&mut self) {
        self.failures = 0;
        self.state = State::Closed;
    }

    fn is_under_way(&self, probe: Probe) -> bool {
        let expected = State::Open {
            until: probe.open_until,
            probe_until: Some(probe.lease_until),
        };
        self.state == expected
    }
}
