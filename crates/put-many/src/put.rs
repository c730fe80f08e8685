//! Send, look at every verdict, wait, send again.

use std::ops::ControlFlow;
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout_at};

use crate::api::{BatchApi, CallError, Failure, Verdict};
use crate::deliveries::{Cause, Deliveries};
use crate::ledger::Ledger;
use crate::policy::Policy;
use crate::schedule::{LaneId, Next, Schedule};

/// Writes `entries` in as few calls as limits and order allow, and sends again what failed, until every entry is
/// accepted or refused, its attempts are used up, or `time_left` is over.
///
/// No call starts then, and one that is under way is dropped: its entries are undelivered, although the API may still
/// store them. In a function `time_left` is what stream-batch's `Deadline::remaining` says. `random` gives numbers in
/// `0.0..1.0` for the [backoff](crate::Backoff). Calls are made one after the other; who wants more throughput runs
/// several `put_many` over disjoint keys.
pub async fn put_many<A: BatchApi>(
    api: &A,
    entries: &[A::Entry],
    policy: &Policy<A::Entry>,
    time_left: Duration,
    random: impl FnMut() -> f64,
) -> Deliveries {
    let now = Instant::now();
    let deadline = now.checked_add(time_left).unwrap_or(now + FAR_AWAY);
    let mut put = Put::new(api, entries, policy, random);
    loop {
        match put.step(deadline).await {
            ControlFlow::Continue(()) => {}
            ControlFlow::Break(cause) => return put.ledger.close(cause),
        }
    }
}

/// Stands for a deadline that the clock cannot express.
const FAR_AWAY: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The state of one `put_many`.
struct Put<'put, A: BatchApi, R> {
    api: &'put A,
    entries: &'put [A::Entry],
    policy: &'put Policy<A::Entry>,
    random: R,
    schedule: Schedule,
    ledger: Ledger,
    /// Calls that failed as a whole since the last one that did not.
    failed_calls: u32,
}

impl<'put, A: BatchApi, R: FnMut() -> f64> Put<'put, A, R> {
    fn new(api: &'put A, entries: &'put [A::Entry], policy: &'put Policy<A::Entry>, random: R) -> Self {
        let limits = api.limits();
        let bytes: Vec<_> = entries.iter().map(|entry| api.entry_bytes(entry)).collect();
        let largest = limits.entry_bytes.min(limits.request_bytes);
        let mut ledger = Ledger::new(entries.len());
        for (position, bytes) in bytes.iter().enumerate().filter(|(_, bytes)| **bytes > largest) {
            ledger.refused(position, too_large(*bytes, largest));
        }
        let sendable: Vec<_> = (0..entries.len())
            .filter(|position| bytes[*position] <= largest)
            .collect();
        Self {
            api,
            entries,
            policy,
            random,
            schedule: Schedule::new(limits, &policy.order, entries, bytes, sendable.into_iter()),
            ledger,
            failed_calls: 0,
        }
    }

    /// One call, or one wait. Breaks with what to say of the entries that have no outcome yet.
    async fn step(&mut self, deadline: Instant) -> ControlFlow<Cause> {
        match self.schedule.next(Instant::now(), deadline) {
            // Every entry has an outcome: none gets to see this cause.
            Next::Done => ControlFlow::Break(Cause::Attempts),
            Next::OutOfTime => ControlFlow::Break(Cause::Deadline),
            Next::Wait(until) => {
                sleep_until(until).await;
                ControlFlow::Continue(())
            }
            Next::Send(lanes) => self.call(&lanes, deadline).await,
        }
    }

    async fn call(&mut self, lanes: &[LaneId], deadline: Instant) -> ControlFlow<Cause> {
        let positions: Vec<_> = lanes
            .iter()
            .filter_map(|lane| self.schedule.head(*lane))
            .collect();
        let entries: Vec<_> = positions
            .iter()
            .map(|position| &self.entries[*position])
            .collect();
        self.ledger.sending(&positions);
        let Ok(answer) = timeout_at(deadline, self.api.send(&entries)).await else {
            return ControlFlow::Break(Cause::Deadline);
        };
        match answer {
            Ok(verdicts) if verdicts.len() == entries.len() => self.take_verdicts(lanes, verdicts),
            Ok(verdicts) => self.stop(&positions, wrong_length(entries.len(), verdicts.len())),
            Err(CallError::Fatal(failure)) => self.stop(&positions, failure),
            Err(CallError::Retryable(failure)) => self.call_failed(lanes, failure),
        }
    }

    fn take_verdicts(&mut self, lanes: &[LaneId], verdicts: Vec<Verdict>) -> ControlFlow<Cause> {
        self.failed_calls = 0;
        let mut failed = Vec::new();
        for (lane, verdict) in lanes.iter().zip(verdicts) {
            let Some(position) = self.schedule.head(*lane) else {
                continue;
            };
            match verdict {
                Verdict::Accepted => self.ledger.accepted(position),
                Verdict::Refused(failure) => self.ledger.refused(position, failure),
                Verdict::Retry(failure) => {
                    self.ledger.failed(position, failure);
                    failed.push(*lane);
                    continue;
                }
            }
            self.schedule.advance(*lane);
        }
        self.try_again(&failed);
        ControlFlow::Continue(())
    }

    fn call_failed(&mut self, lanes: &[LaneId], failure: Failure) -> ControlFlow<Cause> {
        self.failed_calls += 1;
        for lane in lanes {
            if let Some(position) = self.schedule.head(*lane) {
                self.ledger.failed(position, failure.clone());
            }
        }
        if self.failed_calls >= self.policy.attempts.get() {
            return ControlFlow::Break(Cause::Attempts);
        }
        let until = self.try_again(lanes);
        self.schedule.pause(until);
        ControlFlow::Continue(())
    }

    /// Sends the heads of `lanes` again after one common wait, and gives up those that used up their attempts.
    fn try_again(&mut self, lanes: &[LaneId]) -> Instant {
        let (mut resting, mut most) = (Vec::new(), 1);
        for lane in lanes {
            let Some(position) = self.schedule.head(*lane) else {
                continue;
            };
            let attempts = self.ledger.attempts(position);
            if attempts >= self.policy.attempts.get() {
                self.give_up(*lane, position);
            } else {
                resting.push(*lane);
                most = most.max(attempts);
            }
        }
        let until = Instant::now() + self.policy.backoff.full_jitter(most, (self.random)());
        for lane in resting {
            self.schedule.rest(lane, until);
        }
        until
    }

    fn give_up(&mut self, lane: LaneId, head: usize) {
        self.ledger.undelivered(head, Cause::Attempts);
        for behind in self.schedule.close(lane) {
            self.ledger.undelivered(behind, Cause::BehindEarlier);
        }
    }

    fn stop(&mut self, positions: &[usize], failure: Failure) -> ControlFlow<Cause> {
        for position in positions {
            self.ledger.failed(*position, failure.clone());
        }
        ControlFlow::Break(Cause::CallFailed)
    }
}

fn too_large(bytes: usize, limit: usize) -> Failure {
    Failure::new(
        "EntryTooLarge",
        format!("entry has {bytes} bytes, the limit is {limit}"),
    )
}

fn wrong_length(sent: usize, answered: usize) -> Failure {
    let message = format!("{sent} entries were sent and {answered} were answered");
    Failure::new("WrongAnswerLength", message)
}
