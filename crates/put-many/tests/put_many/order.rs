//! Order within a key.

use put_many::{Cause, Outcome};

use crate::fake_api::{ATTEMPTS, Answer, FakeApi, entries, per_key, put, unordered};

#[tokio::test(start_paused = true)]
async fn a_call_holds_one_entry_of_a_key() {
    let api = FakeApi::new([]);
    let deliveries = put(&api, &entries("aabab"), &per_key()).await;
    assert!(deliveries.all_accepted());
    assert_eq!(api.numbers(), [vec![0, 2], vec![1, 4], vec![3]]);
}

#[tokio::test(start_paused = true)]
async fn without_an_order_a_call_holds_whatever_is_left() {
    let api = FakeApi::new([]);
    let deliveries = put(&api, &entries("aabab"), &unordered()).await;
    assert!(deliveries.all_accepted());
    assert_eq!(api.numbers(), [[0, 1, 2, 3, 4]]);
}

#[tokio::test(start_paused = true)]
async fn a_later_entry_does_not_overtake_one_that_failed() {
    let api = FakeApi::new([Answer::RetryNumbers(vec![0])]);
    let deliveries = put(&api, &entries("aab"), &per_key()).await;
    assert!(deliveries.all_accepted());
    assert_eq!(api.numbers(), [vec![0, 2], vec![0], vec![1]]);
}

#[tokio::test(start_paused = true)]
async fn other_keys_go_on_while_one_waits() {
    let api = FakeApi::new([Answer::RetryNumbers(vec![0])]);
    let deliveries = put(&api, &entries("abbb"), &per_key()).await;
    assert!(deliveries.all_accepted());
    // `b` is the longer key and comes first; `a` waits 100 ms, which the calls of `b` do not take.
    assert_eq!(api.numbers(), [vec![1, 0], vec![2], vec![3], vec![0]]);
}

#[tokio::test(start_paused = true)]
async fn a_refused_entry_lets_the_next_of_its_key_follow() {
    let api = FakeApi::new([Answer::Verdicts("x")]);
    let deliveries = put(&api, &entries("aa"), &per_key()).await;
    assert!(matches!(
        deliveries.outcomes(),
        [Outcome::Refused(_), Outcome::Accepted]
    ));
    assert_eq!(api.numbers(), [[0], [1]]);
}

#[tokio::test(start_paused = true)]
async fn an_entry_too_large_lets_the_next_of_its_key_follow() {
    let mut all = entries("aa");
    all[0].bytes = 61;
    let api = FakeApi::new([]);
    let deliveries = put(&api, &all, &per_key()).await;
    assert!(matches!(
        deliveries.outcomes(),
        [Outcome::Refused(_), Outcome::Accepted]
    ));
}

#[tokio::test(start_paused = true)]
async fn behind_an_undelivered_entry_its_key_is_not_sent() {
    let api = FakeApi::new(vec![Answer::RetryNumbers(vec![0]); ATTEMPTS as usize]);
    let deliveries = put(&api, &entries("aab"), &per_key()).await;
    let [
        Outcome::Undelivered(first),
        Outcome::Undelivered(second),
        Outcome::Accepted,
    ] = deliveries.outcomes()
    else {
        panic!("{deliveries:?}");
    };
    assert_eq!((first.cause, first.attempts), (Cause::Attempts, ATTEMPTS));
    assert_eq!((second.cause, second.attempts), (Cause::BehindEarlier, 0));
    assert_eq!(
        first.last_error.as_ref().map(|error| error.code.as_str()),
        Some("Busy")
    );
    assert_eq!(second.last_error, None);
}
