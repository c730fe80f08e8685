//! `ALTER TABLE … APPEND FROM`: a view's definition is changed without loss.

use serde_json::json;

use crate::support::Warehouse;

#[tokio::test]
async fn a_table_takes_over_a_views_rows() {
    let warehouse = Warehouse::new().await;
    warehouse.with_view("changes", "NO").await;
    for _ in 0..3 {
        warehouse.streams.put("orders", "shard-1", "{}");
    }
    warehouse.succeed("REFRESH MATERIALIZED VIEW changes").await;
    warehouse
        .succeed("CREATE TABLE archive AS SELECT * FROM changes WHERE 1 = 0")
        .await;
    let appended = warehouse.succeed("ALTER TABLE archive APPEND FROM changes").await;
    assert_eq!(appended["ResultRows"], 3);
    assert_eq!(
        (warehouse.count("changes").await, warehouse.count("archive").await),
        (0, 3)
    );
    // The view goes on behind what it had read.
    warehouse.streams.put("orders", "shard-1", "{}");
    warehouse.succeed("REFRESH MATERIALIZED VIEW changes").await;
    assert_eq!(warehouse.count("changes").await, 1);
}

#[tokio::test]
async fn the_target_is_a_permanent_table() {
    let warehouse = Warehouse::new().await;
    warehouse.with_view("changes", "NO").await;
    warehouse.with_view("changes_2", "NO").await;
    warehouse.succeed("CREATE TABLE s (a INTEGER)").await;
    warehouse.succeed("INSERT INTO s VALUES (1)").await;
    warehouse.succeed("CREATE VIEW v AS SELECT a FROM s").await;
    warehouse
        .succeed("CREATE MATERIALIZED VIEW m AS SELECT a FROM s")
        .await;
    let refused = "ERROR: the target of APPEND FROM must be a permanent table: ";
    for (append, reason) in [
        (
            "changes_2 APPEND FROM changes",
            "\"changes_2\" is a materialized view: only the source may be one",
        ),
        ("v APPEND FROM s", "\"v\" is no table"),
        ("m APPEND FROM s", "\"m\" is no table"),
    ] {
        let error = warehouse.fail(&format!("ALTER TABLE {append}")).await;
        assert_eq!(error, format!("{refused}{reason}"));
    }
    assert_eq!(warehouse.count("s").await, 1);

    // A temporary table is its session's, also where a permanent one has the name.
    let kept = json!({ "Sql": "CREATE TEMP TABLE s_2 (a INTEGER)", "SessionKeepAliveSeconds": 60 });
    let created = warehouse
        .call("ExecuteStatement", warehouse.submission(kept))
        .await
        .unwrap();
    warehouse.ended(created["Id"].as_str().unwrap()).await;
    warehouse.succeed("CREATE TABLE s_2 (a INTEGER)").await;
    let append = json!({ "SessionId": created["SessionId"], "Sql": "ALTER TABLE s_2 APPEND FROM s" });
    let append = warehouse.call("ExecuteStatement", append).await.unwrap();
    let failed = warehouse.ended(append["Id"].as_str().unwrap()).await;
    assert_eq!(failed["Error"], format!("{refused}\"s_2\" is a temporary table"));
    warehouse.succeed("ALTER TABLE s_2 APPEND FROM s").await;
}

#[tokio::test]
async fn columns_must_match_unless_it_is_said() {
    let warehouse = Warehouse::new().await;
    warehouse
        .succeed("CREATE TABLE t (a INTEGER, b INTEGER DEFAULT 7)")
        .await;
    warehouse.succeed("CREATE TABLE s (c INTEGER, a INTEGER)").await;
    warehouse.succeed("INSERT INTO s VALUES (9, 1)").await;
    assert!(
        warehouse
            .fail("ALTER TABLE t APPEND FROM s")
            .await
            .contains("IGNOREEXTRA")
    );
    assert!(
        warehouse
            .fail("ALTER TABLE t APPEND FROM s IGNOREEXTRA")
            .await
            .contains("FILLTARGET")
    );
    assert_eq!(warehouse.count("s").await, 1);
    warehouse.succeed("CREATE TABLE u (a INTEGER)").await;
    warehouse.succeed("ALTER TABLE u APPEND FROM s IGNOREEXTRA").await;
    warehouse.succeed("ALTER TABLE t APPEND FROM u FILLTARGET").await;
    assert_eq!(warehouse.rows("SELECT a, b FROM t").await, [[json!(1), json!(7)]]);
    assert_eq!((warehouse.count("s").await, warehouse.count("u").await), (0, 0));
    warehouse.succeed("CREATE TABLE w (a BIGINT)").await;
    assert!(
        warehouse
            .fail("ALTER TABLE w APPEND FROM u")
            .await
            .contains("bigint")
    );
    assert!(
        warehouse
            .fail("ALTER TABLE t APPEND FROM nowhere")
            .await
            .contains("does not exist")
    );
    assert!(
        warehouse
            .fail("ALTER TABLE nowhere APPEND FROM t")
            .await
            .contains("\"nowhere\" does not exist")
    );
}
