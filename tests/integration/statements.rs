//! Statements through the Data API when answers are lost.

use std::time::Duration;

use local_cloud::ChangeCapture;
use redshift_data::{
    ClientToken, Outcome, RedshiftDataApi, Session, Statement, Submission, Target, Warehouse, Work,
};
use serde_json::json;
use tokio::time::Instant;

use crate::harness::GenerativeBi;

fn warehouse(bi: &GenerativeBi) -> Warehouse<RedshiftDataApi> {
    let target = Target::workgroup(
        bi.output("WorkgroupName").parse().expect("a workgroup's name"),
        bi.output("DatabaseName").parse().expect("a database's name"),
    );
    let client = aws_sdk_redshiftdata::Client::new(&bi.cloud.sdk_config());
    Warehouse::new(RedshiftDataApi::new(client, target), fastrand::f64)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_whose_answer_is_lost_runs_once() {
    let bi = GenerativeBi::start(ChangeCapture::Forwarder).await;
    bi.run("CREATE TABLE warehouse.runs (run INTEGER)").await;
    // The service has run the statement; the answer never comes.
    bi.set_faults(json!({
        "seed": 7,
        "rules": [{ "service": "redshift-data", "operation": "ExecuteStatement", "first_n": 2,
                    "fault": { "kind": "timeout_after_commit", "hold_ms": 100 } }],
    }));
    let submission = Submission {
        work: Work::Statement(Statement::new("INSERT INTO warehouse.runs VALUES (1)").expect("a statement")),
        token: ClientToken::derived_from(&["a-statement-whose-answer-is-lost"], 1),
        session: Session::Own,
    };
    let deadline = || Instant::now() + Duration::from_secs(60);

    let outcome = warehouse(&bi).run(&submission, deadline()).await;
    assert!(
        matches!(outcome, Ok(Outcome::Finished)),
        "it is told as done: {outcome:?}"
    );
    assert_eq!(bi.faults_injected(), [2], "two answers were lost");
    // A process that starts again asks under the same token.
    let outcome = warehouse(&bi).run(&submission, deadline()).await;
    assert!(
        matches!(outcome, Ok(Outcome::Finished)),
        "it is still done: {outcome:?}"
    );

    assert_eq!(bi.count("SELECT COUNT(*) FROM warehouse.runs").await, 1);
}
