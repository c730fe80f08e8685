//! Ends in the middle: each record is in the view once.

use serde_json::json;

use crate::support::{Warehouse, eventually};

#[tokio::test]
async fn a_refresh_that_is_cut_short_leaves_nothing_behind() {
    let warehouse = Warehouse::new().await;
    let (database, streams) = (warehouse.database.clone(), warehouse.streams.clone());
    warehouse.with_view("changes", "NO").await;
    streams.page(1);
    for shard in ["shard-1", "shard-2"] {
        streams.put("orders", shard, "{}");
    }
    warehouse.succeed("REFRESH MATERIALIZED VIEW changes").await;
    for shard in ["shard-1", "shard-2"] {
        streams.put("orders", shard, "{}");
    }
    streams.open(false);
    let calls = streams.calls();
    warehouse.submit("REFRESH MATERIALIZED VIEW changes").await;
    eventually("reading", async || streams.calls() > calls).await;
    // It goes without a word, in the middle of its transaction.
    drop(warehouse);
    streams.open(true);
    let warehouse = Warehouse::open(&database, streams.clone()).await;
    assert_eq!(warehouse.count("changes").await, 2);
    warehouse.succeed("REFRESH MATERIALIZED VIEW changes").await;
    assert_eq!(warehouse.count("changes").await, 4);
    assert_eq!(
        warehouse
            .value("SELECT COUNT(DISTINCT sequence_number) FROM changes")
            .await,
        4
    );
}

#[tokio::test]
async fn a_warehouse_that_comes_back_goes_on_where_it_was() {
    let warehouse = Warehouse::new().await;
    let (database, streams) = (warehouse.database.clone(), warehouse.streams.clone());
    warehouse.with_view("changes", "YES").await;
    streams.put("orders", "shard-1", "{}");
    eventually("there", async || warehouse.count("changes").await == 1).await;
    warehouse.stop().await;
    streams.put("orders", "shard-1", "{}");
    let warehouse = Warehouse::open(&database, streams).await;
    eventually("there", async || warehouse.count("changes").await == 2).await;
    let state = warehouse.state().await;
    assert_eq!(state["views"]["public.changes"]["rows"], 2, "{state}");
}

#[tokio::test]
async fn a_refresh_whose_server_process_is_killed_fails_and_can_be_repeated() {
    let warehouse = Warehouse::new().await;
    warehouse.with_view("changes", "NO").await;
    warehouse.streams.put("orders", "shard-1", "{}");
    warehouse.streams.open(false);
    let id = warehouse.submit("REFRESH MATERIALIZED VIEW changes").await;
    eventually("reading", async || warehouse.streams.calls() > 0).await;
    let beside = warehouse.beside().await;
    let kill = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                WHERE datname = current_database() AND state = 'idle in transaction'";
    let killed: i64 = beside.query_one(kill, &[]).await.unwrap().get(0);
    assert_eq!(killed, 1);
    warehouse.streams.open(true);
    assert_eq!(warehouse.ended(&id).await["Status"], "FAILED");
    warehouse.succeed("REFRESH MATERIALIZED VIEW changes").await;
    assert_eq!(warehouse.rows("SELECT COUNT(*) FROM changes").await, [[json!(1)]]);
}
