//! Reading a result, page by page.

use redshift_data::{Failure, Field, Page, QueryError, State, StatementId};

use crate::script::{Answer, RETRYABLE, Script, in_seconds, is, select_one};

fn page(columns: &[&str], numbers: &[i64], next: Option<&str>) -> Answer {
    Answer::Shows(Page {
        columns: columns.iter().map(|name| (*name).to_owned()).collect(),
        rows: numbers.iter().map(|number| vec![Field::Long(*number)]).collect(),
        next: next.map(str::to_owned),
    })
}

#[tokio::test(start_paused = true)]
async fn every_page_is_read_once_and_in_order() {
    let script = Script::new([
        page(&["n"], &[1, 2], Some("p2")),
        RETRYABLE,
        page(&[], &[], Some("p3")),
        page(&["n"], &[3], Some("")),
    ]);
    let id = StatementId::new("s1");
    let rows = script.warehouse().rows(&id, in_seconds(60)).await.expect("rows");
    let numbers: Vec<i64> = rows.iter().map(|row| row.get("n").expect("a number")).collect();
    assert_eq!(numbers, [1, 2, 3]);
    assert_eq!(
        script.calls(),
        ["result s1 -", "result s1 p2", "result s1 p2", "result s1 p3"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_query_submits_waits_and_reads() {
    let script = Script::new([
        Answer::Accepts("s1"),
        is(State::Running),
        is(State::Finished),
        page(&["n"], &[7], None),
    ]);
    let rows = script
        .warehouse()
        .query(&select_one(), in_seconds(60))
        .await
        .expect("rows");
    assert_eq!(rows.only().and_then(|row| row.get::<i64>("n")), Ok(7));
    assert_eq!(
        script.calls(),
        ["submit", "describe s1", "describe s1", "result s1 -"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_query_that_fails_has_no_rows() {
    let failed = Script::new([Answer::Accepts("s1"), is(State::Failed)]);
    let error = failed.warehouse().query(&select_one(), in_seconds(60)).await;
    let failure = Failure {
        place: None,
        reason: "no reason is given".to_owned(),
    };
    assert_eq!(error, Err(QueryError::Statement(failure)));
    let slow = Script::new([Answer::Accepts("s1"), is(State::Running)]);
    let error = slow.warehouse().query(&select_one(), in_seconds(0)).await;
    assert_eq!(error, Err(QueryError::StillRunning));
}

#[test]
fn a_statement_of_a_batch_has_an_id() {
    assert_eq!(StatementId::new("s1").of_batch(2), StatementId::new("s1:2"));
}
