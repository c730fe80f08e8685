//! Waiting: the states, the place of what failed, and the caller's time.

use redshift_data::{
    CallErrorKind, Description, Failure, Outcome, QueryError, State, StatementId, SubStatement,
};
use tokio::time::Instant;

use crate::script::{Answer, REFUSED, RETRYABLE, Script, in_seconds, is, select_one};

fn id() -> StatementId {
    StatementId::new("s1")
}

async fn waited(answers: Vec<Answer>) -> Outcome {
    let script = Script::new(answers);
    script
        .warehouse()
        .wait(&id(), in_seconds(60))
        .await
        .expect("an outcome")
}

fn ended(state: State, error: Option<&str>, statements: &[(State, Option<&str>)]) -> Answer {
    let statements = statements.iter().map(|(state, error)| SubStatement {
        state: *state,
        error: error.map(str::to_owned),
    });
    Answer::Describes(Description {
        state,
        error: error.map(str::to_owned),
        statements: statements.collect(),
    })
}

fn failure(place: Option<usize>, reason: &str) -> Failure {
    Failure {
        place,
        reason: reason.to_owned(),
    }
}

#[tokio::test(start_paused = true)]
async fn it_waits_longer_and_longer_until_the_end() {
    let mut answers = vec![is(State::Running); 7];
    answers.push(is(State::Finished));
    let script = Script::new(answers);
    let outcome = script.warehouse().wait(&id(), in_seconds(60)).await;
    assert_eq!(outcome, Ok(Outcome::Finished));
    assert_eq!(script.times(), [0, 200, 600, 1_400, 3_000, 6_200, 11_200, 16_200]);
}

#[tokio::test(start_paused = true)]
async fn a_statement_that_failed_says_why() {
    let answer = ended(State::Failed, Some("relation does not exist"), &[]);
    assert_eq!(
        waited(vec![answer]).await,
        Outcome::Failed(failure(None, "relation does not exist"))
    );
    assert_eq!(
        waited(vec![is(State::Aborted)]).await,
        Outcome::Aborted(failure(None, "no reason is given"))
    );
}

#[tokio::test(start_paused = true)]
async fn the_statement_of_a_batch_that_failed_is_found() {
    use State::{Aborted, Failed, Finished};
    let batch = [(Finished, None), (Failed, Some("syntax error")), (Aborted, None)];
    assert_eq!(
        waited(vec![ended(Failed, Some("batch failed"), &batch)]).await,
        Outcome::Failed(failure(Some(2), "syntax error"))
    );
    let silent = [(Finished, None), (Finished, None), (Failed, None)];
    assert_eq!(
        waited(vec![ended(Failed, Some("batch failed"), &silent)]).await,
        Outcome::Failed(failure(Some(3), "batch failed"))
    );
    let stopped = [(Finished, None), (Aborted, Some("cancelled"))];
    let outcome = waited(vec![ended(Aborted, None, &stopped)]).await;
    assert_eq!(outcome, Outcome::Aborted(failure(Some(2), "cancelled")));
    assert_eq!(
        failure(Some(2), "cancelled").to_string(),
        "statement 2: cancelled"
    );
}

#[tokio::test(start_paused = true)]
async fn the_time_of_the_caller_is_kept() {
    let script = Script::new(vec![is(State::Running); 20]);
    let start = Instant::now();
    let outcome = script.warehouse().wait(&id(), in_seconds(4)).await;
    assert_eq!(outcome, Ok(Outcome::StillRunning));
    assert_eq!(script.times(), [0, 200, 600, 1_400, 3_000]);
    assert!(start.elapsed().as_secs() < 4);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_does_not_answer_leaves_the_end_open() {
    for fault in [RETRYABLE, Answer::Hangs] {
        let outcome = Script::new(vec![fault; 9])
            .warehouse()
            .wait(&id(), in_seconds(1))
            .await;
        assert_eq!(outcome, Ok(Outcome::StillRunning));
    }
    let error = Script::new([REFUSED])
        .warehouse()
        .wait(&id(), in_seconds(1))
        .await;
    assert_eq!(error.expect_err("refused").kind, CallErrorKind::Refused);
}

#[tokio::test(start_paused = true)]
async fn a_fault_while_waiting_is_retried() {
    let answers = vec![is(State::Running), RETRYABLE, is(State::Finished)];
    assert_eq!(waited(answers).await, Outcome::Finished);
}

#[tokio::test(start_paused = true)]
async fn a_later_process_finds_the_statement_by_its_token() {
    let first = Script::new([Answer::Accepts("s1"), is(State::Running), is(State::Running)]);
    let outcome = first.warehouse().run(&select_one(), in_seconds(0)).await;
    assert_eq!(outcome, Ok(Outcome::StillRunning));
    let second = Script::new([Answer::Accepts("s1"), is(State::Finished)]);
    let outcome = second.warehouse().run(&select_one(), in_seconds(60)).await;
    assert_eq!(outcome, Ok(Outcome::Finished));
    assert_eq!(first.submissions(), second.submissions());
}

#[test]
fn a_query_that_was_not_answered_may_be_later() {
    assert!(QueryError::StillRunning.is_passing());
    assert!(!QueryError::Statement(failure(None, "no")).is_passing());
}
