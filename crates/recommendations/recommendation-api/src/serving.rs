//! One request within its time budget: breaker, call, shared state, fallback.

use std::pin::{Pin, pin};
use std::time::{Duration, SystemTime};

use tokio::time::{Instant, timeout_at};
use tracing::{error, warn};

use crate::arn::SourceArn;
use crate::breaker::{Change, Pass, Policy, Probe, Verdict};
use crate::breakers::Breakers;
use crate::budget::{Deadlines, TimeBudget};
use crate::fallback::{Link, Reason};
use crate::personalize::{Call, CallError, CallErrorKind, Personalize};
use crate::popular_cache::PopularCache;
use crate::recommended::Recommended;
use crate::state::{StateError, StateStore, Writer, Written};
use crate::unix_time::UnixTime;

/// Reads the wall clock, which all environments share. [`SystemTime::now`] but for tests.
pub type Clock = fn() -> SystemTime;

/// Personalize behind breakers, with the state that environments share. Several requests may use it at once.
#[derive(Debug)]
pub struct Serving<P, S> {
    personalize: P,
    state: S,
    breakers: Breakers,
    popular: Option<PopularCache>,
    budget: TimeBudget,
    clock: Clock,
}

/// What became of a request, with what is measured of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Served {
    /// What is answered.
    pub outcome: Outcome,
    /// How long Personalize took; absent when it was not called.
    pub personalize_latency: Option<Duration>,
    /// Whether this request opened the breaker, or opened it again.
    pub opened_breaker: bool,
    /// How old the popular items at hand are.
    pub popular_age: Option<Duration>,
}

/// What is answered.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// What Personalize recommends.
    Recommended(Recommended),
    /// What there is instead, and why.
    Fallback(Reason, Link),
    /// Nothing: the client is to slow down.
    Throttled,
    /// Nothing: the request asks for what Personalize refuses.
    Refused,
}

/// What came of the call, if there was one.
struct Asked {
    answer: Result<Recommended, Failure>,
    latency: Option<Duration>,
    opened: bool,
}

enum Failure {
    BreakerOpen,
    Call(CallError),
}

impl<P: Personalize, S: StateStore> Serving<P, S> {
    /// `has_popular` says whether the deployment has popular items at all: they are not looked for otherwise.
    pub fn new(
        personalize: P,
        state: S,
        policy: Policy,
        budget: TimeBudget,
        has_popular: bool,
        clock: Clock,
    ) -> Self {
        Self {
            personalize,
            state,
            breakers: Breakers::new(policy),
            popular: has_popular.then(PopularCache::default),
            budget,
            clock,
        }
    }

    /// Answers within the budget, whatever Personalize and the state store do.
    ///
    /// What the environments share is read while the call is under way. Nothing waits for it but a fallback.
    pub async fn serve(&self, call: Call<'_>, request_id: &str) -> Served {
        let deadlines = self.budget.begin();
        let mut reads = pin!(self.read_shared(call.source));
        let (asked, read) = beside(self.ask(call, request_id, deadlines), reads.as_mut()).await;
        let outcome = match asked.answer {
            Ok(recommended) => Outcome::Recommended(recommended),
            Err(Failure::Call(error)) if error.kind == CallErrorKind::Throttled => Outcome::Throttled,
            Err(Failure::Call(error)) if error.kind == CallErrorKind::Refused => Outcome::Refused,
            Err(failure) => {
                if !read && timeout_at(deadlines.end, reads).await.is_err() {
                    self.reads_timed_out(call.source);
                }
                self.fall_back(call, failure)
            }
        };
        Served {
            outcome,
            personalize_latency: asked.latency,
            opened_breaker: asked.opened,
            popular_age: self.popular_age(),
        }
    }

    /// Calls, if the breaker lets it, and tells the other environments what they must know.
    async fn ask(&self, call: Call<'_>, request_id: &str, deadlines: Deadlines) -> Asked {
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
    async fn call(&self, call: Call<'_>, end: Instant) -> Result<Recommended, CallError> {
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

    /// Reads what is due to be read.
    async fn read_shared(&self, source: &SourceArn) {
        tokio::join!(self.read_breaker(source), self.read_popular());
    }

    async fn read_breaker(&self, source: &SourceArn) {
        if !self.breakers.is_due(source, self.now()) {
            return;
        }
        match self.state.breaker(source).await {
            Ok(shared) => self.breakers.learn(source, shared, self.now()),
            Err(error) => {
                self.breakers.read_failed(source, self.now());
                state_failed(&error);
            }
        }
    }

    async fn read_popular(&self) {
        let Some(cache) = self.popular.as_ref().filter(|cache| cache.is_due(self.now())) else {
            return;
        };
        match self.state.popular().await {
            Ok(popular) => cache.remember(popular, self.now()),
            Err(error) => {
                cache.read_failed(self.now());
                state_failed(&error);
            }
        }
    }

    fn reads_timed_out(&self, source: &SourceArn) {
        self.breakers.read_failed(source, self.now());
        if let Some(cache) = &self.popular {
            cache.read_failed(self.now());
        }
        state_failed(&no_answer("GetItem"));
    }

    fn fall_back(&self, call: Call<'_>, failure: Failure) -> Outcome {
        let reason = match failure {
            Failure::BreakerOpen => Reason::BreakerOpen,
            Failure::Call(error) => {
                call_failed(call.source, &error);
                reason_of(error.kind)
            }
        };
        let popular = self.popular.as_ref().and_then(PopularCache::items);
        Outcome::Fallback(reason, Link::of(call.request, popular.as_deref()))
    }

    fn popular_age(&self) -> Option<Duration> {
        let popular = self.popular.as_ref()?.items()?;
        Some(self.now().since(popular.fetched_at()))
    }

    fn writer<'request>(&self, request_id: &'request str) -> Writer<'request> {
        let now = self.now();
        Writer { request_id, now }
    }

    pub(crate) fn now(&self) -> UnixTime {
        (self.clock)().into()
    }

    pub(crate) fn personalize(&self) -> &P {
        &self.personalize
    }

    pub(crate) fn state(&self) -> &S {
        &self.state
    }

    pub(crate) fn popular(&self) -> Option<&PopularCache> {
        self.popular.as_ref()
    }
}

/// Does `reads` while `work` is done, and ends with `work`. Says whether the reads were done by then.
async fn beside<T>(
    work: impl Future<Output = T>,
    mut reads: Pin<&mut impl Future<Output = ()>>,
) -> (T, bool) {
    let mut work = pin!(work);
    let mut read = false;
    loop {
        tokio::select! {
            biased;
            done = &mut work => return (done, read),
            () = &mut reads, if !read => read = true,
        }
    }
}

/// Throttling and refusals are answers: the source is there.
fn verdict(answer: &Result<Recommended, CallError>) -> Verdict {
    match answer.as_ref().map_err(|error| error.kind) {
        Ok(_) | Err(CallErrorKind::Throttled | CallErrorKind::Refused) => Verdict::Answered,
        Err(_) => Verdict::Failed,
    }
}

fn reason_of(kind: CallErrorKind) -> Reason {
    match kind {
        CallErrorKind::TimedOut => Reason::Timeout,
        _ => Reason::Unavailable,
    }
}

fn call_failed(source: &SourceArn, error: &CallError) {
    match error.kind {
        CallErrorKind::Misconfigured => {
            error!(source.arn = %source, error.code = error.code, "the deployment is wrong");
        }
        _ => warn!(source.arn = %source, error.code = error.code, "no answer of Personalize"),
    }
}

fn state_failed(error: &StateError) {
    warn!(
        state.operation = error.operation,
        error.code = error.code,
        "worked without the state"
    );
}

fn no_answer(operation: &'static str) -> StateError {
    StateError {
        operation,
        code: "no answer in time".to_owned(),
    }
}
