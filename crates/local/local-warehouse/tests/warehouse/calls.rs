//! The operations one by one: states, errors, listings.

use serde_json::json;

use crate::support::{WORKGROUP, Warehouse};

#[tokio::test]
async fn a_statement_runs_and_its_rows_are_read() {
    let warehouse = Warehouse::new().await;
    let id = warehouse.submit("SELECT 1 AS one").await;
    let described = warehouse.ended(&id).await;
    assert_eq!(described["Status"], "FINISHED", "{described}");
    assert_eq!(described["Id"], id.as_str());
    assert_eq!(described["QueryString"], "SELECT 1 AS one");
    assert_eq!(described["HasResultSet"], true);
    assert_eq!(described["ResultRows"], 1);
    assert_eq!(described["WorkgroupName"], WORKGROUP);
    assert_eq!(described["DbUser"], "admin");
    assert!(described["Duration"].as_i64().unwrap() > 0);
    assert!(described["RedshiftPid"].as_i64().unwrap() > 0);
    assert!(described["CreatedAt"].as_f64().unwrap() <= described["UpdatedAt"].as_f64().unwrap());
    assert_eq!(warehouse.rows("SELECT 1 AS one").await, [[1]]);
    warehouse.stop().await;
}

#[tokio::test]
async fn rows_changed_are_counted() {
    let warehouse = Warehouse::new().await;
    warehouse
        .succeed("CREATE TABLE t (a INTEGER, b VARCHAR(10))")
        .await;
    let inserted = warehouse.succeed("INSERT INTO t VALUES (1, 'x'), (2, 'y')").await;
    assert_eq!(
        (&inserted["ResultRows"], &inserted["HasResultSet"]),
        (&json!(2), &json!(false))
    );
    let deleted = warehouse.succeed("DELETE FROM t WHERE a = 1").await;
    assert_eq!(deleted["ResultRows"], 1);
}

#[tokio::test]
async fn a_wrong_statement_fails_with_its_reason() {
    let warehouse = Warehouse::new().await;
    let error = warehouse.fail("SELECT * FROM nowhere").await;
    assert_eq!(error, "ERROR: relation \"nowhere\" does not exist");
    let error = warehouse.fail("SELEC 1").await;
    assert!(error.contains("line 1"), "{error}");
    let error = warehouse
        .fail("INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING")
        .await;
    assert!(error.starts_with("ERROR: line 1"), "{error}");
}

#[tokio::test]
async fn a_failed_statement_has_no_result() {
    let warehouse = Warehouse::new().await;
    let id = warehouse.submit("SELECT 1/0").await;
    assert_eq!(warehouse.ended(&id).await["Error"], "ERROR: division by zero");
    let refused = warehouse
        .call("GetStatementResult", json!({ "Id": id }))
        .await
        .unwrap_err();
    assert_eq!(refused.kind, "ResourceNotFoundException");
    assert_eq!(refused.body["ResourceId"], id.as_str());
}

#[tokio::test]
async fn an_unknown_database_is_told_by_the_statement() {
    let warehouse = Warehouse::new().await;
    let body = json!({ "WorkgroupName": WORKGROUP, "Database": "nowhere", "Sql": "SELECT 1" });
    let answer = warehouse.call("ExecuteStatement", body).await.unwrap();
    let described = warehouse.ended(answer["Id"].as_str().unwrap()).await;
    assert_eq!(described["Status"], "FAILED");
    assert_eq!(described["Error"], "FATAL: database \"nowhere\" does not exist");
}

#[tokio::test]
async fn wrong_requests_are_refused_and_name_the_member() {
    let warehouse = Warehouse::new().await;
    let unknown = json!({ "Id": "d9b6c0c9-0747-4bf4-b142-e8883122f766" });
    for (operation, body, kind, part) in [
        (
            "ExecuteStatement",
            json!({ "Sql": "SELECT 1" }),
            "ValidationException",
            "WorkgroupName",
        ),
        (
            "ExecuteStatement",
            warehouse.submission(json!({})),
            "ValidationException",
            "'sql'",
        ),
        (
            "ExecuteStatement",
            warehouse.submission(json!({ "Sql": "SELECT 1; SELECT 2" })),
            "ValidationException",
            "Multiple",
        ),
        (
            "ExecuteStatement",
            warehouse.submission(json!({ "Sql": "SELECT 1", "ResultFormat": "CSV" })),
            "ValidationException",
            "CSV",
        ),
        (
            "ExecuteStatement",
            json!({ "Sql": 1 }),
            "SerializationException",
            "line 1",
        ),
        (
            "BatchExecuteStatement",
            warehouse.submission(json!({ "Sqls": ["SELECT 1"], "ExecutionMode": "AUTO_COMMIT" })),
            "ValidationException",
            "one transaction",
        ),
        (
            "DescribeStatement",
            unknown.clone(),
            "ResourceNotFoundException",
            "does not exist",
        ),
        (
            "GetStatementResult",
            unknown.clone(),
            "ResourceNotFoundException",
            "does not exist",
        ),
        (
            "CancelStatement",
            unknown,
            "ResourceNotFoundException",
            "does not exist",
        ),
        (
            "DescribeStatement",
            json!({ "Id": "x" }),
            "ValidationException",
            "'id'",
        ),
        ("DescribeStatement", json!({}), "ValidationException", "'id'"),
        (
            "ListStatements",
            json!({ "MaxResults": 101 }),
            "ValidationException",
            "maxResults",
        ),
        (
            "ListStatements",
            json!({ "Status": "RUNNING" }),
            "ValidationException",
            "status",
        ),
        (
            "ListStatements",
            json!({ "NextToken": "x" }),
            "ValidationException",
            "NextToken",
        ),
        (
            "DescribeTable",
            json!({}),
            "UnknownOperationException",
            "x-amz-target",
        ),
    ] {
        let refused = warehouse.call(operation, body).await.unwrap_err();
        assert_eq!(refused.kind, kind, "{operation}: {refused:?}");
        assert!(refused.message.contains(part), "{operation}: {refused:?}");
    }
}

#[tokio::test]
async fn parameters_are_text_and_all_are_used() {
    let warehouse = Warehouse::new().await;
    let with = |sql: &str, parameters: serde_json::Value| {
        warehouse.submission(json!({ "Sql": sql, "Parameters": parameters, "WaitTimeSeconds": 30 }))
    };
    let given = json!([{ "name": "a", "value": "O'Hara" }]);
    let answer = warehouse
        .call(
            "ExecuteStatement",
            with("SELECT :a::VARCHAR AS name", given.clone()),
        )
        .await
        .unwrap();
    assert_eq!(answer["Status"], "FINISHED", "{answer}");
    let id = answer["Id"].as_str().unwrap();
    let result = warehouse
        .call("GetStatementResult", json!({ "Id": id }))
        .await
        .unwrap();
    assert_eq!(result["Records"], json!([[{ "stringValue": "O'Hara" }]]));
    assert_eq!(warehouse.describe(id).await["QueryParameters"], given);
    for (sql, parameters, part) in [
        ("SELECT 1", given.clone(), "unused"),
        ("SELECT :a::VARCHAR, :b::VARCHAR", given, "\"b\""),
        (
            "SELECT :a::VARCHAR",
            json!([{ "name": "a", "value": "" }]),
            "parameters.1.member.value",
        ),
    ] {
        let refused = warehouse
            .call("ExecuteStatement", with(sql, parameters))
            .await
            .unwrap_err();
        assert_eq!(refused.kind, "ValidationException");
        assert!(refused.message.contains(part), "{refused:?}");
    }
}

#[tokio::test]
async fn statements_are_listed_the_newest_first_page_by_page() {
    let warehouse = Warehouse::new().await;
    for number in 1..=5 {
        let name = if number % 2 == 0 { "even" } else { "odd" };
        let sql = format!("SELECT {number}");
        let body = json!({ "Sql": sql, "StatementName": format!("{name}-{number}"), "WaitTimeSeconds": 30 });
        warehouse
            .call("ExecuteStatement", warehouse.submission(body))
            .await
            .unwrap();
    }
    warehouse.fail("SELECT 1/0").await;
    let texts = |page: &serde_json::Value| -> Vec<String> {
        let listed = page["Statements"].as_array().unwrap().iter();
        listed
            .map(|row| row["QueryString"].as_str().unwrap().to_owned())
            .collect()
    };
    let list = async |body| warehouse.call("ListStatements", body).await.unwrap();
    let first = list(json!({ "MaxResults": 2, "Status": "FINISHED" })).await;
    assert_eq!(texts(&first), ["SELECT 5", "SELECT 4"]);
    // What comes meanwhile does not shift the pages.
    warehouse.succeed("SELECT 6").await;
    let next = json!({ "MaxResults": 2, "Status": "FINISHED", "NextToken": first["NextToken"] });
    let second = list(next).await;
    assert_eq!(texts(&second), ["SELECT 3", "SELECT 2"]);
    let next = json!({ "MaxResults": 2, "Status": "FINISHED", "NextToken": second["NextToken"] });
    let third = list(next).await;
    assert_eq!(texts(&third), ["SELECT 1"]);
    assert!(third.get("NextToken").is_none());
    assert_eq!(
        texts(&list(json!({ "StatementName": "even" })).await),
        ["SELECT 4", "SELECT 2"]
    );
    assert_eq!(texts(&list(json!({ "Status": "FAILED" })).await), ["SELECT 1/0"]);
    assert_eq!(texts(&list(json!({ "Database": "other" })).await), [""; 0]);
}

#[tokio::test]
async fn a_stopped_warehouse_takes_nothing() {
    let warehouse = Warehouse::new().await;
    warehouse.stop().await;
    let body = warehouse.submission(json!({ "Sql": "SELECT 1" }));
    let refused = warehouse.call("ExecuteStatement", body).await.unwrap_err();
    assert_eq!(refused.kind, "InternalServerException");
}

#[tokio::test]
async fn the_five_hundred_and_first_active_statement_is_refused() {
    let warehouse = Warehouse::new().await;
    warehouse.succeed("CREATE TABLE t (a INTEGER)").await;
    let mut beside = warehouse.beside().await;
    let lock = beside.transaction().await.unwrap();
    lock.batch_execute("LOCK TABLE t").await.unwrap();
    let mut last = String::new();
    for _ in 0..500 {
        last = warehouse.submit("SELECT * FROM t").await;
    }
    let body = warehouse.submission(json!({ "Sql": "SELECT 1" }));
    let refused = warehouse.call("ExecuteStatement", body).await.unwrap_err();
    assert_eq!(refused.kind, "ActiveStatementsExceededException");
    // The last one waits for a slot: fifty run.
    assert_eq!(warehouse.describe(&last).await["Status"], "SUBMITTED");
    lock.rollback().await.unwrap();
    assert_eq!(warehouse.ended(&last).await["Status"], "FINISHED");
    warehouse.succeed("SELECT 1").await;
}
