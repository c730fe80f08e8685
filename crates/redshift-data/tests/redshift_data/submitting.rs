//! Submitting: retries with the same token, inside the caller's time.

use redshift_data::{CallErrorKind, StatementId};
use tokio::time::{Duration, Instant};

use crate::script::{Answer, REFUSED, RETRYABLE, Script, in_seconds, select_one};

#[tokio::test(start_paused = true)]
async fn a_retry_has_the_same_token() {
    let script = Script::new([RETRYABLE, RETRYABLE, Answer::Accepts("s1")]);
    let submitted = script.warehouse().submit(&select_one(), in_seconds(60)).await;
    assert_eq!(submitted.expect("taken").id, StatementId::new("s1"));
    assert_eq!(script.submissions(), vec![select_one(); 3]);
    assert_eq!(script.times(), [0, 50, 150], "the waits double");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_not_tried_again() {
    let script = Script::new([REFUSED]);
    let error = script.warehouse().submit(&select_one(), in_seconds(60)).await;
    assert_eq!(error.expect_err("refused").kind, CallErrorKind::Refused);
    assert_eq!(script.calls(), ["submit"]);
}

#[tokio::test(start_paused = true)]
async fn no_try_begins_after_the_deadline() {
    let script = Script::new(vec![RETRYABLE; 20]);
    let error = script.warehouse().submit(&select_one(), in_seconds(1)).await;
    assert_eq!(error.expect_err("over").kind, CallErrorKind::Retryable);
    assert_eq!(script.times(), [0, 50, 150, 350, 750]);
}

#[tokio::test(start_paused = true)]
async fn a_call_without_an_answer_ends_with_the_deadline() {
    let script = Script::new([Answer::Hangs]);
    let start = Instant::now();
    let error = script.warehouse().submit(&select_one(), in_seconds(3)).await;
    assert_eq!(error.expect_err("over").to_string(), "no answer in time");
    assert_eq!(start.elapsed().as_secs(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_statement_is_cancelled() {
    let script = Script::new([RETRYABLE, Answer::Cancels]);
    let id = StatementId::new("s1");
    script
        .warehouse()
        .cancel(&id, in_seconds(9))
        .await
        .expect("cancelled");
    assert_eq!(script.calls(), ["cancel s1", "cancel s1"]);
    assert!(script.times()[1] >= Duration::from_millis(50).as_millis());
}
