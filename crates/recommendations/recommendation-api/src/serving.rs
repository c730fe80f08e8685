//! One request within its time budget: breaker, call, shared state, fallback.

use std::pin::{Pin, pin};
use std::time::{Duration, SystemTime};

use tokio::time::timeout_at;
use tracing::{error, warn};

use crate::arn::SourceArn;
use crate::asking::Failure;
use crate::breaker::Policy;
use crate::breakers::Breakers;
use crate::budget::TimeBudget;
use crate::fallback::{Link, Reason};
use crate::personalize::{Call, CallError, CallErrorKind, Personalize};
use crate::popular_cache::PopularCache;
use crate::recommended::Recommended;
use crate::state::{StateError, StateStore};
use crate::unix_time::UnixTime;

/// Reads the wall clock, which all environments share. [`SystemTime::now`] but for tests.
pub type Clock = fn() -> SystemTime;

/// Personalize behind breakers, with the state that environments share. Several requests may use it at once.
#[derive(Debug)]
pub struct Serving<P, S> {
    pub(crate) personalize: P,
    pub(crate) state: S,
    pub(crate) breakers: Breakers,
    pub(crate) popular: Option<PopularCache>,
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
            Err(Failure::Call(error)) if error.kind == CallErrorKind::Refused => {
                // A client's mistake, or the deployment's: a filter of another dataset group, a campaign without metadata.
                warn!(source.arn = %call.source, error.code = error.code, "refused what the checks let through");
                Outcome::Refused
            }
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

    pub(crate) fn now(&self) -> UnixTime {
        (self.clock)().into()
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

pub(crate) fn state_failed(error: &StateError) {
    warn!(
        state.operation = error.operation,
        error.code = error.code,
        "worked without the state"
    );
}

pub(crate) fn no_answer(operation: &'static str) -> StateError {
    StateError {
        operation,
        code: "no answer in time".to_owned(),
    }
}
