//! Verdicts and failed calls.

use put_many::{CallError, Cause, Outcome};

use crate::fake_api::{ATTEMPTS, Answer, FakeApi, entries, failure, put, unordered};

/// Why each entry was given back; `None` where it was not.
fn causes(outcomes: &[Outcome]) -> Vec<Option<Cause>> {
    let cause = |outcome: &Outcome| match outcome {
        Outcome::Undelivered(undelivered) => Some(undelivered.cause),
        _ => None,
    };
    outcomes.iter().map(cause).collect()
}

#[tokio::test(start_paused = true)]
async fn verdicts_are_matched_by_position() {
    let api = FakeApi::new([Answer::Verdicts("+xr+"), Answer::Verdicts("x")]);
    let deliveries = put(&api, &entries("abcd"), &unordered()).await;
    let refused = Outcome::Refused(failure("Malformed"));
    assert_eq!(
        deliveries.outcomes(),
        [Outcome::Accepted, refused.clone(), refused, Outcome::Accepted]
    );
    assert_eq!(api.numbers(), [vec![0, 1, 2, 3], vec![2]]);
}

#[tokio::test(start_paused = true)]
async fn an_answer_of_the_wrong_length_is_never_a_success() {
    for letters in ["+", "+++", ""] {
        let api = FakeApi::new([Answer::Verdicts(letters)]);
        let deliveries = put(&api, &entries("ab"), &unordered()).await;
        assert_eq!(
            causes(deliveries.outcomes()),
            [Some(Cause::CallFailed); 2],
            "{letters:?}"
        );
        let Outcome::Undelivered(first) = &deliveries.outcomes()[0] else {
            panic!("{deliveries:?}");
        };
        let message = format!(
            "WrongAnswerLength: 2 entries were sent and {} were answered",
            letters.len()
        );
        assert_eq!(first.last_error.as_ref().map(ToString::to_string), Some(message));
        assert_eq!(deliveries.calls(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_fatal_call_stops_everything() {
    let api = FakeApi::new([Answer::Fails(CallError::Fatal(failure("AccessDenied")))]);
    let deliveries = put(&api, &entries(&"a".repeat(11)), &unordered()).await;
    assert_eq!(causes(deliveries.outcomes()), [Some(Cause::CallFailed); 11]);
    let errors = deliveries.outcomes().iter().filter(
        |outcome| matches!(outcome, Outcome::Undelivered(entry) if entry.last_error == Some(failure("AccessDenied"))),
    );
    assert_eq!((errors.count(), deliveries.calls()), (10, 1));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_failed_as_a_whole_is_made_again() {
    let api = FakeApi::new([Answer::Fails(CallError::Retryable(failure("Throttled")))]);
    let deliveries = put(&api, &entries("ab"), &unordered()).await;
    assert!(deliveries.all_accepted());
    assert_eq!((deliveries.calls(), deliveries.retried()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn an_api_that_is_down_is_not_asked_for_every_entry() {
    let down = Answer::Fails(CallError::Retryable(failure("Unavailable")));
    let api = FakeApi::new(vec![down; 100]);
    let deliveries = put(&api, &entries(&"a".repeat(50)), &unordered()).await;
    assert_eq!(causes(deliveries.outcomes()), [Some(Cause::Attempts); 50]);
    assert_eq!(deliveries.calls(), ATTEMPTS as usize);
}

#[tokio::test(start_paused = true)]
async fn an_entry_is_sent_as_often_as_the_policy_says_and_no_more() {
    let api = FakeApi::new(vec![Answer::RetryNumbers(vec![0]); 100]);
    let deliveries = put(&api, &entries("ab"), &unordered()).await;
    assert_eq!(causes(deliveries.outcomes()), [Some(Cause::Attempts), None]);
    assert_eq!(deliveries.calls(), ATTEMPTS as usize);
    assert_eq!(deliveries.retried(), ATTEMPTS as usize - 1);
}

#[tokio::test(start_paused = true)]
async fn failed_calls_count_as_down_only_in_a_row() {
    let down = vec![Answer::Fails(CallError::Retryable(failure("Unavailable"))); ATTEMPTS as usize - 1];
    let up = Answer::RetryNumbers(vec![]);
    let api = FakeApi::new([down.clone(), vec![up], down].concat());
    let deliveries = put(&api, &entries(&"a".repeat(20)), &unordered()).await;
    assert!(deliveries.all_accepted());
    assert_eq!(deliveries.calls(), 2 * ATTEMPTS as usize);
}
