//! Sends a call until its fate is known, or until no time is left.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use put_many::Backoff;
use stream_batch::{Blocked, BlockedKind, Deadline, Outcome, Rejection};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::call::Call;
use crate::call_rate::CallRate;
use crate::personalize::{CallError, CallErrorKind, Personalize};
use crate::share::QuotaShare;
use crate::text::TrackingId;

/// Delivers calls within the environment's share of the quota. Shared by all lanes and invocations.
#[derive(Debug)]
pub struct Delivery<P> {
    personalize: P,
    tracking_id: TrackingId,
    backoff: Backoff,
    random: fn() -> f64,
    events: Mutex<CallRate>,
    items: Mutex<CallRate>,
    users: Mutex<CallRate>,
}

/// What the service answered in the end.
enum Answer {
    Delivered,
    Refused(Rejection),
    Blocked(Blocked),
}

impl<P: Personalize> Delivery<P> {
    /// `tracking_id` is the configured tracker; `random` gives numbers in `0.0..1.0` for the backoff.
    pub fn new(personalize: P, tracking_id: TrackingId, share: QuotaShare, random: fn() -> f64) -> Self {
        Self {
            personalize,
            tracking_id,
            backoff: Backoff::default(),
            random,
            events: Mutex::new(share.events()),
            items: Mutex::new(share.dataset()),
            users: Mutex::new(share.dataset()),
        }
    }

    /// Delivers a call and says what became of each of its entries, in their order. `retried` is told how many entries
    /// are sent once more.
    ///
    /// The service refuses a call as a whole. What it refuses is sent again entry by entry, so that only those it
    /// objects to are rejected.
    pub async fn deliver(
        &self,
        call: &Call<'_>,
        deadline: &Deadline,
        retried: impl Fn(usize) + Sync,
    ) -> Vec<Outcome> {
        match self.send(call, 0, deadline, &retried).await {
            Answer::Refused(_) if call.entries() > 1 => {
                retried(call.entries());
                self.deliver_singly(call, deadline, &retried).await
            }
            answer => vec![Outcome::from(answer); call.entries()],
        }
    }

    async fn deliver_singly(
        &self,
        call: &Call<'_>,
        deadline: &Deadline,
        retried: &(impl Fn(usize) + Sync),
    ) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(call.entries());
        for single in call.singles() {
            let outcome = Outcome::from(self.send(&single, 1, deadline, retried).await);
            let blocked = matches!(outcome, Outcome::Blocked(_));
            outcomes.push(outcome);
            if blocked {
                break;
            }
        }
        outcomes.resize_with(call.entries(), || Outcome::Blocked(behind_a_blocked_one()));
        outcomes
    }

    /// `sent` is how often the entries were sent before.
    async fn send(
        &self,
        call: &Call<'_>,
        sent: u32,
        deadline: &Deadline,
        retried: &(impl Fn(usize) + Sync),
    ) -> Answer {
        let mut failures = 0;
        loop {
            if !self.wait_for_a_place(call, deadline).await {
                return Answer::Blocked(Blocked::deadline());
            }
            let error = match timeout(deadline.remaining(), self.personalize.put(call)).await {
                Ok(Ok(())) => return Answer::Delivered,
                Ok(Err(error)) => error,
                Err(_) => return Answer::Blocked(Blocked::deadline()),
            };
            failures += 1;
            match self.fate(call, &error) {
                CallErrorKind::Retryable => {}
                CallErrorKind::Refused => {
                    return Answer::Refused(Rejection::refused(reason(call, &error), sent + failures));
                }
                CallErrorKind::NotFound | CallErrorKind::Configuration => return blocked(call, &error),
            }
            let wait = self.backoff.full_jitter(failures, (self.random)());
            if wait >= deadline.remaining() {
                return blocked(call, &error);
            }
            sleep(wait).await;
            retried(call.entries());
        }
    }

    /// What an error means for the call. A tracker that is not found is a fault of the deployment, and heals; unless it
    /// is one that the record named itself: whoever may write to the stream could stop a shard with it.
    fn fate(&self, call: &Call<'_>, error: &CallError) -> CallErrorKind {
        match (error.kind, call) {
            (CallErrorKind::NotFound, Call::PutEvents(call)) if *call.tracking_id() != self.tracking_id => {
                CallErrorKind::Refused
            }
            (kind, _) => kind,
        }
    }

    /// Waits for the call's turn within the share. `false` when that comes after the deadline.
    async fn wait_for_a_place(&self, call: &Call<'_>, deadline: &Deadline) -> bool {
        let now = Instant::now();
        let latest = now + deadline.remaining().min(A_DAY);
        let rate = match call {
            Call::PutEvents(_) => &self.events,
            Call::PutItems(_) => &self.items,
            Call::PutUsers(_) => &self.users,
        };
        // A panic under the lock leaves the rate as it was before or after one reservation.
        let place = rate
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .reserve(now.into_std(), latest.into_std());
        let Some(at) = place else { return false };
        let at = Instant::from_std(at);
        // The runtime's timer ticks once a millisecond: asked for a moment that is now, it waits for the next tick.
        if at > now {
            sleep_until(at).await;
        }
        !deadline.has_passed()
    }
}

/// Longer than any invocation; a deadline that never comes must not overflow the clock.
const A_DAY: Duration = Duration::from_secs(86_400);

impl From<Answer> for Outcome {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Delivered => Self::Delivered,
            Answer::Refused(rejection) => Self::Rejected(rejection),
            Answer::Blocked(blocked) => Self::Blocked(blocked),
        }
    }
}

fn blocked(call: &Call<'_>, error: &CallError) -> Answer {
    Answer::Blocked(Blocked::sink(reason(call, error)))
}

fn reason(call: &Call<'_>, error: &CallError) -> String {
    format!("{} failed: {}", call.operation(), error.reason)
}

fn behind_a_blocked_one() -> Blocked {
    Blocked::new(
        BlockedKind::LaneStopped,
        "an earlier record of the call is blocked",
    )
}
