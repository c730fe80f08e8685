//! Waiting, and the deadline. The clock is tokio's paused one: it moves only when everything waits.

use std::time::Duration;

use put_many::{CallError, Cause, Outcome, put_many};
use tokio::time::Instant;

use crate::fake_api::{Answer, BACKOFF, FakeApi, entries, failure, put, unordered};

fn causes_and_attempts(outcomes: &[Outcome]) -> Vec<Option<(Cause, u32)>> {
    let why = |outcome: &Outcome| match outcome {
        Outcome::Undelivered(undelivered) => Some((undelivered.cause, undelivered.attempts)),
        _ => None,
    };
    outcomes.iter().map(why).collect()
}

#[tokio::test(start_paused = true)]
async fn a_failed_entry_waits_its_share_of_the_backoff() {
    let start = Instant::now();
    let api = FakeApi::new(vec![Answer::RetryNumbers(vec![0]); 2]);
    let minute = Duration::from_secs(60);
    let deliveries = put_many(&api, &entries("a"), &unordered(), minute, || 0.5).await;
    assert!(deliveries.all_accepted());
    assert_eq!(start.elapsed(), BACKOFF.base.mul_f64(0.5) + BACKOFF.base);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_failed_as_a_whole_holds_up_the_others() {
    let start = Instant::now();
    let api = FakeApi::new([Answer::Fails(CallError::Retryable(failure("Throttled")))]);
    let deliveries = put(&api, &entries(&"a".repeat(20)), &unordered()).await;
    assert!(deliveries.all_accepted());
    assert_eq!((deliveries.calls(), start.elapsed()), (3, BACKOFF.base));
    let first: Vec<_> = (0..10).collect();
    assert_eq!(
        api.numbers()[..2],
        [first.clone(), first],
        "the same call comes next, after the wait"
    );
}

#[tokio::test(start_paused = true)]
async fn no_call_is_made_without_time() {
    let api = FakeApi::new([]);
    let deliveries = put_many(&api, &entries("ab"), &unordered(), Duration::ZERO, || 1.0).await;
    assert_eq!(
        causes_and_attempts(deliveries.outcomes()),
        [Some((Cause::Deadline, 0)); 2]
    );
    assert!(api.calls().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_call_ends_at_the_deadline() {
    let start = Instant::now();
    let api = FakeApi::new([Answer::NeverComes]);
    let second = Duration::from_secs(1);
    let deliveries = put_many(&api, &entries("a"), &unordered(), second, || 1.0).await;
    assert_eq!(
        causes_and_attempts(deliveries.outcomes()),
        [Some((Cause::Deadline, 1))]
    );
    assert_eq!(start.elapsed(), second);
}

#[tokio::test(start_paused = true)]
async fn a_wait_beyond_the_deadline_is_not_begun() {
    let start = Instant::now();
    let api = FakeApi::new([Answer::RetryNumbers(vec![0])]);
    let deliveries = put_many(&api, &entries("ab"), &unordered(), BACKOFF.base, || 1.0).await;
    assert_eq!(
        causes_and_attempts(deliveries.outcomes()),
        [Some((Cause::Deadline, 1)), None]
    );
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn what_may_be_sent_before_the_deadline_does_not_wait_for_what_may_not() {
    // The first call's failures rest beyond the deadline, the second call's do not.
    let failing = Answer::RetryNumbers(vec![0, 10]);
    let api = FakeApi::new([failing.clone(), failing]);
    let mut randoms = [1.0, 0.1].into_iter();
    let random = move || randoms.next().unwrap_or(0.0);
    let all = entries(&"a".repeat(11));
    let deliveries = put_many(&api, &all, &unordered(), BACKOFF.base / 2, random).await;
    let undelivered: Vec<_> = (0..11)
        .filter(|i| deliveries.outcomes()[*i] != Outcome::Accepted)
        .collect();
    assert_eq!(undelivered, [0]);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_the_clock_cannot_express_is_none() {
    let api = FakeApi::new([Answer::RetryNumbers(vec![0])]);
    let deliveries = put_many(&api, &entries("a"), &unordered(), Duration::MAX, || 1.0).await;
    assert!(deliveries.all_accepted());
}
