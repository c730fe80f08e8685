//! The call to Personalize: whether the breaker lets it go, and what the other environments must know of how it ended.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};
use tracing::warn;

use crate::arn::SourceArn;
use crate::breaker::{Change, Pass, Probe, Verdict};
use crate::budget::Deadlines;
use crate::personalize::{Call, CallError, CallErrorKind, Personalize};
use crate::recommended::Recommended;
use crate::serving::{Serving, no_answer, state_failed};
use crate::state::{StateStore, Writer, Written};

/// What came of the call, if there was one.
pub(crate) struct Asked {
    pub answer: Result<Recommended, Failure>,
    pub latency: Option<Duration>,
    pub opened: bool,
}

/// Why there are no recommendations.
pub(crate) enum Failure {
    /// The breaker let no call go.
    BreakerOpen,
    /// The call failed.
    Call(CallError),
}

impl<P: Personalize, S: StateStore> Serving<P, S> {
    /// Calls, if the breaker lets it, and tells the other environments what they must know.
    pub(crate) async fn ask(&self, call: Call<'_>, request_id: &str, deadlines: Deadlines) -> Asked {
        let pass = self.pass(call.source, request_id, deadlines).await;
        if pass == Pass::Refused {
            return Asked {
                answer: Err(Failure::BreakerOpen),
                latency: None,
                opened: false,
            };
        }
        let start = Instant::now();
        let answer = self.call(call, deadlines.personalize).await;
        let latency = Some(start.elapsed());
        let change = self
            .breakers
            .settle(call.source, pass, verdict(&answer), self.now());
        if let Some(change) = change {
            self.share(call.source, change, request_id, deadlines.end).await;
        }
        Asked {
            answer: answer.map_err(Failure::Call),
            latency,
            opened: matches!(change, Some(Change::Opened { .. })),
        }
    }

    async fn pass(&self, source: &SourceArn, request_id: &str, deadlines: Deadlines) -> Pass {
        match self.breakers.pass(source, self.now()) {
            Pass::Probe(probe) => {
                self.announce(source, probe, request_id, deadlines.announcement)
                    .await
            }
            pass => pass,
        }
    }

    /// Tells the other environments of a probe, and hears whether it may go: of all who ask one may.
    async fn announce(&self, source: &SourceArn, probe: Probe, request_id: &str, end: Instant) -> Pass {
        let by = self.writer(request_id);
        match timeout_at(end, self.state.take_probe(source, probe, &by)).await {
            Ok(Ok(Written::Done)) => return Pass::Probe(probe),
            Ok(Ok(Written::Refused(shared))) => {
                self.breakers.probe_refused(source, shared, self.now());
                return match self.breakers.pass(source, self.now()) {
                    Pass::Call => Pass::Call,
                    Pass::Probe(_) | Pass::Refused => Pass::Refused,
                };
            }
            Ok(Err(error)) => state_failed(&error),
            Err(_) => state_failed(&no_answer("UpdateItem")),
        }
        // Without the table an environment probes for itself. Otherwise all would stay open until it is back.
        Pass::Probe(probe)
    }

    /// Calls once, and once more when the connection broke so soon that half of the time is left. The calls only read.
    pub(crate) async fn call(&self, call: Call<'_>, end: Instant) -> Result<Recommended, CallError> {
        let start = Instant::now();
        let half = start + end.saturating_duration_since(start) / 2;
        match self.attempt(call, end).await {
            Err(error) if error.kind == CallErrorKind::Broken && Instant::now() < half => {
                self.attempt(call, end).await
            }
            answer => answer,
        }
    }

    async fn attempt(&self, call: Call<'_>, end: Instant) -> Result<Recommended, CallError> {
        let answer = timeout_at(end, self.personalize.recommend(call)).await;
        answer.unwrap_or_else(|_| Err(CallError::timed_out()))
    }

    /// A write that fails leaves the others to find out for themselves.
    async fn share(&self, source: &SourceArn, change: Change, request_id: &str, end: Instant) {
        warn!(source.arn = %source, breaker.change = ?change, "breaker changed");
        let by = self.writer(request_id);
        let write = async {
            match change {
                Change::Opened { until } => self.state.open(source, until, &by).await,
                Change::Closed => self.state.close(source, &by).await,
            }
        };
        match timeout_at(end, write).await {
            Ok(Ok(Written::Done)) => {}
            Ok(Ok(Written::Refused(shared))) => self.breakers.learn(source, shared, self.now()),
            Ok(Err(error)) => state_failed(&error),
            Err(_) => state_failed(&no_answer("UpdateItem")),
        }
    }

    fn writer<'request>(&self, request_id: &'request str) -> Writer<'request> {
        let now = self.now();
        Writer { request_id, now }
    }
}

/// Throttling and refusals are answers: the source is there.
fn verdict(answer: &Result<Recommended, CallError>) -> Verdict {
    match answer.as_ref().map_err(|error| error.kind) {
        Ok(_) | Err(CallErrorKind::Throttled | CallErrorKind::Refused) => Verdict::Answered,
        Err(_) => Verdict::Failed,
    }
}
