//! Client tokens: a call that is made again does not run again.

use serde_json::json;

use crate::support::Warehouse;

#[tokio::test]
async fn the_same_call_is_the_same_statement() {
    let warehouse = Warehouse::new().await;
    warehouse.succeed("CREATE TABLE t (a INTEGER)").await;
    let call = |sql: &str, token: &str| {
        let body = json!({ "Sql": sql, "ClientToken": token, "WaitTimeSeconds": 30 });
        warehouse.call("ExecuteStatement", warehouse.submission(body))
    };
    let insert = "INSERT INTO t VALUES (1)";
    let first = call(insert, "token").await.unwrap();
    let again = call(insert, "token").await.unwrap();
    assert_eq!(first["Id"], again["Id"]);
    assert_eq!(warehouse.count("t").await, 1);
    let other = call(insert, "other").await.unwrap();
    assert_ne!(first["Id"], other["Id"]);
    assert_eq!(warehouse.count("t").await, 2);
    let refused = call("INSERT INTO t VALUES (2)", "token").await.unwrap_err();
    assert_eq!(refused.kind, "ValidationException");
    assert_eq!(warehouse.count("t").await, 2);
}

#[tokio::test]
async fn a_token_is_of_one_operation_and_one_set_of_parameters() {
    let warehouse = Warehouse::new().await;
    let one = json!({ "Sql": "SELECT 1", "ClientToken": "token" });
    warehouse
        .call("ExecuteStatement", warehouse.submission(one))
        .await
        .unwrap();
    let batch = json!({ "Sqls": ["SELECT 1"], "ClientToken": "token" });
    let refused = warehouse
        .call("BatchExecuteStatement", warehouse.submission(batch))
        .await
        .unwrap_err();
    assert_eq!(refused.kind, "ValidationException");
    let named = json!({ "Sql": "SELECT 1", "ClientToken": "token", "StatementName": "x" });
    let refused = warehouse
        .call("ExecuteStatement", warehouse.submission(named))
        .await
        .unwrap_err();
    assert_eq!(refused.kind, "ValidationException");
    let long = json!({ "Sql": "SELECT 1", "ClientToken": "t".repeat(65) });
    let refused = warehouse
        .call("ExecuteStatement", warehouse.submission(long))
        .await
        .unwrap_err();
    assert!(refused.message.contains("clientToken"), "{refused:?}");
}

#[tokio::test]
async fn calls_at_the_same_time_run_once() {
    let warehouse = Warehouse::new().await;
    warehouse.succeed("CREATE TABLE t (a INTEGER)").await;
    let body = json!({ "Sql": "INSERT INTO t VALUES (1)", "ClientToken": "token", "WaitTimeSeconds": 30 });
    let call = || warehouse.call("ExecuteStatement", warehouse.submission(body.clone()));
    let (first, second, third) = tokio::join!(call(), call(), call());
    let id = first.unwrap()["Id"].clone();
    assert_eq!((&id, &id), (&second.unwrap()["Id"], &third.unwrap()["Id"]));
    assert_eq!(warehouse.count("t").await, 1);
}
