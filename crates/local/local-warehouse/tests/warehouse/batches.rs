//! Batches: one transaction, each statement with its own state.

use serde_json::{Value, json};

use crate::support::Warehouse;

fn states(described: &Value) -> Vec<&str> {
    let parts = described["SubStatements"].as_array().unwrap().iter();
    parts.map(|part| part["Status"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_batch_commits_as_one() {
    let warehouse = Warehouse::new().await;
    let statements = [
        "CREATE TABLE t (a INTEGER)",
        "INSERT INTO t VALUES (1), (2)",
        "SELECT a FROM t ORDER BY a",
    ];
    let id = warehouse.submit_batch(&statements).await;
    let described = warehouse.ended(&id).await;
    assert_eq!(described["Status"], "FINISHED", "{described}");
    assert_eq!(states(&described), ["FINISHED"; 3]);
    assert_eq!(described["HasResultSet"], true);
    assert!(described.get("QueryString").is_none());
    assert_eq!(described["SubStatements"][1]["ResultRows"], 2);
    assert_eq!(described["SubStatements"][2]["Id"], format!("{id}:3"));
    let result = warehouse
        .call("GetStatementResult", json!({ "Id": format!("{id}:3") }))
        .await
        .unwrap();
    assert_eq!(
        result["Records"],
        json!([[{ "longValue": 1 }], [{ "longValue": 2 }]])
    );
    let part = warehouse.describe(&format!("{id}:2")).await;
    assert_eq!(part["QueryString"], statements[1]);
    for (wrong, kind) in [
        (id.clone(), "ValidationException"),
        (format!("{id}:1"), "ResourceNotFoundException"),
        (format!("{id}:4"), "ResourceNotFoundException"),
    ] {
        let refused = warehouse
            .call("GetStatementResult", json!({ "Id": wrong }))
            .await
            .unwrap_err();
        assert_eq!(refused.kind, kind, "{wrong}");
    }
}

#[tokio::test]
async fn a_failed_statement_takes_its_batch_along() {
    let warehouse = Warehouse::new().await;
    warehouse.succeed("CREATE TABLE t (a INTEGER)").await;
    let id = warehouse
        .submit_batch(&[
            "INSERT INTO t VALUES (1)",
            "INSERT INTO t VALUES (1/0)",
            "INSERT INTO t VALUES (3)",
        ])
        .await;
    let described = warehouse.ended(&id).await;
    assert_eq!(described["Status"], "FAILED");
    assert_eq!(described["Error"], "Query #2 failed with ERROR: division by zero");
    assert_eq!(states(&described), ["FINISHED", "FAILED", "ABORTED"]);
    assert_eq!(described["SubStatements"][1]["Error"], "ERROR: division by zero");
    assert_eq!(warehouse.count("t").await, 0);
}

#[tokio::test]
async fn what_redshift_runs_alone_is_in_no_batch() {
    let warehouse = Warehouse::new().await;
    warehouse.succeed("CREATE TABLE t (a INTEGER)").await;
    warehouse.succeed("CREATE TABLE u (a INTEGER)").await;
    warehouse.with_view("changes", "NO").await;
    for (statement, name) in [
        ("REFRESH MATERIALIZED VIEW changes", "REFRESH MATERIALIZED VIEW"),
        ("ALTER TABLE t APPEND FROM u", "ALTER TABLE APPEND"),
        ("VACUUM t", "VACUUM"),
        ("BEGIN", "BEGIN"),
    ] {
        let id = warehouse
            .submit_batch(&["INSERT INTO t VALUES (1)", statement])
            .await;
        let described = warehouse.ended(&id).await;
        let expected = format!("ERROR: {name} cannot run inside a transaction block");
        assert_eq!(described["SubStatements"][1]["Error"], expected, "{described}");
    }
    assert_eq!(warehouse.count("t").await, 0);
}

#[tokio::test]
async fn a_batchs_statements_share_its_parameters() {
    let warehouse = Warehouse::new().await;
    let parameters = json!([{ "name": "a", "value": "1" }, { "name": "b", "value": "2" }]);
    let body = |statements: [&str; 2]| {
        let body = json!({ "Sqls": statements, "Parameters": parameters, "WaitTimeSeconds": 30 });
        warehouse.submission(body)
    };
    let each = body(["SELECT :a::INTEGER AS x", "SELECT :b::INTEGER AS x"]);
    let answer = warehouse.call("BatchExecuteStatement", each).await.unwrap();
    assert_eq!(
        (&answer["Status"], &answer["HasResultSet"]),
        (&json!("FINISHED"), &json!(true))
    );
    let unused = body(["SELECT :a::INTEGER AS x", "SELECT 1 AS x"]);
    let refused = warehouse.call("BatchExecuteStatement", unused).await.unwrap_err();
    assert!(refused.message.contains("[b]"), "{refused:?}");
}

#[tokio::test]
async fn forty_statements_are_a_batch_and_one_more_is_not() {
    let warehouse = Warehouse::new().await;
    let id = warehouse.submit_batch(&["SELECT 1"; 40]).await;
    assert_eq!(warehouse.ended(&id).await["Status"], "FINISHED");
    let body = warehouse.submission(json!({ "Sqls": vec!["SELECT 1"; 41] }));
    let refused = warehouse.call("BatchExecuteStatement", body).await.unwrap_err();
    assert!(refused.message.contains("sqls"), "{refused:?}");
}
