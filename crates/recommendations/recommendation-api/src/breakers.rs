//! The breakers of one environment, one for each source, and when each asks what the others know.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::arn::SourceArn;
use crate::breaker::{Breaker, Change, Pass, Policy, Shared, Verdict};
use crate::unix_time::UnixTime;

/// How long what was read is not read again.
pub const BREAKER_CACHED_FOR: Duration = Duration::from_secs(1);

/// Breakers by source: a campaign that is deleted must not take the others with it.
#[derive(Debug)]
pub struct Breakers {
    policy: Policy,
    of_source: Mutex<HashMap<SourceArn, Watched>>,
}

#[derive(Debug)]
struct Watched {
    breaker: Breaker,
    next_read: Option<UnixTime>,
}

impl Breakers {
    /// Closed breakers.
    pub fn new(policy: Policy) -> Self {
        Self {
            policy,
            of_source: Mutex::default(),
        }
    }

    /// Asks for a call. See [`Breaker::pass`].
    pub fn pass(&self, source: &SourceArn, now: UnixTime) -> Pass {
        self.with(source, |watched| watched.breaker.pass(now))
    }

    /// Says how a call ended. See [`Breaker::settle`].
    pub fn settle(&self, source: &SourceArn, pass: Pass, verdict: Verdict, now: UnixTime) -> Option<Change> {
        self.with(source, |watched| {
            let change = watched.breaker.settle(pass, verdict, now);
            if change.is_some() {
                // What is read right after may not be what was written.
                watched.next_read = Some(now + BREAKER_CACHED_FOR);
            }
            change
        })
    }

    /// Whether it is time to ask what the others know. Who is open knows enough: nobody closes before a probe.
    pub fn is_due(&self, source: &SourceArn, now: UnixTime) -> bool {
        self.with(source, |watched| {
            watched.breaker.is_closed() && watched.next_read.is_none_or(|next| next <= now)
        })
    }

    /// Takes in what the others know. See [`Breaker::learn`].
    pub fn learn(&self, source: &SourceArn, shared: Shared, now: UnixTime) {
        self.with(source, |watched| {
            watched.next_read = Some(now + BREAKER_CACHED_FOR);
            watched.breaker.learn(shared);
        });
    }

    /// Remembers that the store did not answer: it is asked again as soon as after an answer.
    pub fn read_failed(&self, source: &SourceArn, now: UnixTime) {
        self.with(source, |watched| {
            watched.next_read = Some(now + BREAKER_CACHED_FOR)
        });
    }

    /// Takes in why the others refused a probe. See [`Breaker::probe_refused`].
    pub fn probe_refused(&self, source: &SourceArn, shared: Shared, now: UnixTime) {
        self.with(source, |watched| {
            // What a read finds now may be older than what the write was refused for.
            watched.next_read = Some(now + BREAKER_CACHED_FOR);
            watched.breaker.probe_refused(shared, now);
        });
    }

    fn with<T>(&self, source: &SourceArn, work: impl FnOnce(&mut Watched) -> T) -> T {
        // A breaker does not panic half way through a change.
        let mut all = self.of_source.lock().unwrap_or_else(PoisonError::into_inner);
        let policy = self.policy;
        let watched = all.entry(source.clone()).or_insert_with(|| Watched {
            breaker: Breaker::new(policy),
            next_read: None,
        });
        work(watched)
    }
}
