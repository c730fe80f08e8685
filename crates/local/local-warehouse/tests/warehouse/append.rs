//! `ALTER TABLE … APPEND FROM`: a view's definition is changed without loss.

use serde_json::json;

use crate::support::Warehouse;

#[tokio::test]
async fn a_new_definition_takes_over_the_old_rows() {
    let warehouse = Warehouse::new().await;
    warehouse.with_view("raw", "NO").await;
    for _ in 0..3 {
        warehouse.streams.put("orders", "shard-1", "{}");
    }
    warehouse.succeed("REFRESH MATERIALIZED VIEW raw").await;
    warehouse.with_view("raw_2", "NO").await;
    let appended = warehouse.succeed("ALTER TABLE raw_2 APPEND FROM raw").await;
    assert_eq!(appended["ResultRows"], 3);
    assert_eq!(
        (warehouse.count("raw").await, warehouse.count("raw_2").await),
        (0, 3)
    );
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
}
