//! Sessions: one connection from one statement to the next.

use serde_json::{Value, json};

use crate::support::{Warehouse, eventually, rows};

async fn open(warehouse: &Warehouse, sql: &str, keep_alive: i64) -> String {
    let body = json!({ "Sql": sql, "SessionKeepAliveSeconds": keep_alive, "WaitTimeSeconds": 30 });
    let answer = warehouse
        .call("ExecuteStatement", warehouse.submission(body))
        .await
        .unwrap();
    assert_eq!(answer["Status"], "FINISHED", "{answer}");
    answer["SessionId"].as_str().unwrap().to_owned()
}

async fn run(warehouse: &Warehouse, session: &str, sql: &str) -> Value {
    let body = json!({ "Sql": sql, "SessionId": session, "WaitTimeSeconds": 30 });
    let answer = warehouse.call("ExecuteStatement", body).await.unwrap();
    assert_eq!(answer["SessionId"], session);
    warehouse.ended(answer["Id"].as_str().unwrap()).await
}

#[tokio::test]
async fn a_session_keeps_its_tables_settings_and_transaction() {
    let warehouse = Warehouse::new().await;
    let session = open(&warehouse, "CREATE TEMP TABLE mine (a INTEGER, b SUPER)", 60).await;
    run(
        &warehouse,
        &session,
        "SET enable_case_sensitive_super_attribute TO TRUE",
    )
    .await;
    run(&warehouse, &session, "BEGIN").await;
    run(
        &warehouse,
        &session,
        "INSERT INTO mine VALUES (1, JSON_PARSE('{\"orderId\":\"o-1\"}'))",
    )
    .await;
    let seen = run(
        &warehouse,
        &session,
        "SELECT mine.b.orderId::VARCHAR AS id FROM mine",
    )
    .await;
    assert_eq!(seen["Status"], "FINISHED", "{seen}");
    let result = warehouse
        .call("GetStatementResult", json!({ "Id": seen["Id"] }))
        .await
        .unwrap();
    assert_eq!(rows(&result), [["o-1"]]);
    run(&warehouse, &session, "ROLLBACK").await;
    let seen = run(&warehouse, &session, "SELECT a FROM mine").await;
    assert_eq!(seen["ResultRows"], 0);
    assert!(
        warehouse
            .fail("SELECT a FROM mine")
            .await
            .contains("does not exist")
    );
}

#[tokio::test]
async fn a_busy_session_refuses() {
    let warehouse = Warehouse::new().await;
    warehouse.succeed("CREATE TABLE t (a INTEGER)").await;
    let session = open(&warehouse, "SELECT 1", 60).await;
    let mut beside = warehouse.beside().await;
    let lock = beside.transaction().await.unwrap();
    lock.batch_execute("LOCK TABLE t").await.unwrap();
    let body = json!({ "Sql": "SELECT * FROM t", "SessionId": session });
    let waiting = warehouse.call("ExecuteStatement", body.clone()).await.unwrap();
    let refused = warehouse.call("ExecuteStatement", body).await.unwrap_err();
    assert_eq!(
        (refused.kind.as_str(), refused.message.as_str()),
        ("ValidationException", "Session is busy.")
    );
    let id = waiting["Id"].as_str().unwrap();
    eventually("started", async || {
        warehouse.describe(id).await["Status"] == "STARTED"
    })
    .await;
    warehouse
        .call("CancelStatement", json!({ "Id": id }))
        .await
        .unwrap();
    assert_eq!(warehouse.ended(id).await["Status"], "ABORTED");
    lock.rollback().await.unwrap();
    // The session outlives what was stopped in it.
    assert_eq!(
        run(&warehouse, &session, "SELECT a FROM t").await["Status"],
        "FINISHED"
    );
}

#[tokio::test]
async fn a_session_ends_when_its_time_is_over() {
    let warehouse = Warehouse::new().await;
    let session = open(&warehouse, "SELECT 1", 0).await;
    let call = || {
        let body = json!({ "Sql": "SELECT 1", "SessionId": session });
        warehouse.call("ExecuteStatement", body)
    };
    let refused = call().await.unwrap_err();
    assert_eq!(refused.kind, "ResourceNotFoundException");
    eventually("closed", async || warehouse.state().await["sessions"] == 0).await;
}

#[tokio::test]
async fn what_must_be_alone_is_not_in_a_sessions_transaction() {
    let warehouse = Warehouse::new().await;
    warehouse.with_view("changes", "NO").await;
    let session = open(&warehouse, "BEGIN", 60).await;
    let refused = run(&warehouse, &session, "REFRESH MATERIALIZED VIEW changes").await;
    assert_eq!(
        refused["Error"],
        "ERROR: REFRESH MATERIALIZED VIEW cannot run inside a transaction block"
    );
    assert_eq!(run(&warehouse, &session, "COMMIT").await["Status"], "FINISHED");
    assert_eq!(
        run(&warehouse, &session, "REFRESH MATERIALIZED VIEW changes").await["Status"],
        "FINISHED"
    );
}
