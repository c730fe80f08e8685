//! CancelStatement.

use serde_json::json;

use crate::support::{Warehouse, eventually};

#[tokio::test]
async fn a_running_statement_is_stopped() {
    let warehouse = Warehouse::new().await;
    warehouse.succeed("CREATE TABLE t (a INTEGER)").await;
    let mut beside = warehouse.beside().await;
    let lock = beside.transaction().await.unwrap();
    lock.batch_execute("LOCK TABLE t").await.unwrap();
    let id = warehouse.submit("INSERT INTO t VALUES (1)").await;
    eventually("started", async || {
        warehouse.describe(&id).await["Status"] == "STARTED"
    })
    .await;
    let answer = warehouse
        .call("CancelStatement", json!({ "Id": id }))
        .await
        .unwrap();
    assert_eq!(answer, json!({ "Status": true }));
    // The lock is still held: only the request to stop can have ended it.
    let described = warehouse.ended(&id).await;
    assert_eq!(described["Status"], "ABORTED", "{described}");
    lock.rollback().await.unwrap();
    assert_eq!(warehouse.count("t").await, 0);
}

#[tokio::test]
async fn a_batch_is_stopped_whole() {
    let warehouse = Warehouse::new().await;
    warehouse.succeed("CREATE TABLE t (a INTEGER)").await;
    warehouse.succeed("CREATE TABLE u (a INTEGER)").await;
    let mut beside = warehouse.beside().await;
    let lock = beside.transaction().await.unwrap();
    lock.batch_execute("LOCK TABLE u").await.unwrap();
    let statements = [
        "INSERT INTO t VALUES (1)",
        "INSERT INTO u VALUES (1)",
        "INSERT INTO t VALUES (2)",
    ];
    let id = warehouse.submit_batch(&statements).await;
    let second = format!("{id}:2");
    eventually("at the second", async || {
        warehouse.describe(&second).await["Status"] == "STARTED"
    })
    .await;
    warehouse
        .call("CancelStatement", json!({ "Id": id }))
        .await
        .unwrap();
    let described = warehouse.ended(&id).await;
    let parts = described["SubStatements"].as_array().unwrap();
    let states: Vec<_> = parts
        .iter()
        .map(|part| part["Status"].as_str().unwrap())
        .collect();
    assert_eq!(
        (described["Status"].as_str(), states),
        (Some("ABORTED"), vec!["FINISHED", "ABORTED", "ABORTED"])
    );
    lock.rollback().await.unwrap();
    assert_eq!(warehouse.count("t").await, 0);
}

#[tokio::test]
async fn a_refresh_that_waits_for_kinesis_is_stopped() {
    let warehouse = Warehouse::new().await;
    warehouse.with_view("changes", "NO").await;
    warehouse.streams.put("orders", "shard-1", "{}");
    warehouse.streams.open(false);
    let id = warehouse.submit("REFRESH MATERIALIZED VIEW changes").await;
    eventually("reading", async || warehouse.streams.calls() > 0).await;
    warehouse
        .call("CancelStatement", json!({ "Id": id }))
        .await
        .unwrap();
    assert_eq!(warehouse.ended(&id).await["Status"], "ABORTED");
    warehouse.streams.open(true);
    warehouse.succeed("REFRESH MATERIALIZED VIEW changes").await;
    assert_eq!(warehouse.count("changes").await, 1);
}

#[tokio::test]
async fn what_has_ended_is_not_stopped() {
    let warehouse = Warehouse::new().await;
    let id = warehouse.submit("SELECT 1").await;
    warehouse.ended(&id).await;
    let refused = warehouse
        .call("CancelStatement", json!({ "Id": id }))
        .await
        .unwrap_err();
    assert_eq!(refused.kind, "ValidationException");
    assert!(refused.message.contains("FINISHED"), "{refused:?}");
}
