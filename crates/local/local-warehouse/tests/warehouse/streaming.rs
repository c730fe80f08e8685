//! Streaming views.

use std::time::Instant;

use local_warehouse::ReadError;
use serde_json::json;

use crate::streams::Memory;
use crate::support::{Warehouse, eventually};

const REFRESH: &str = "REFRESH MATERIALIZED VIEW changes";

#[tokio::test]
async fn a_refresh_reads_from_the_horizon_and_then_goes_on() {
    let warehouse = Warehouse::new().await;
    let streams = &warehouse.streams;
    let first = streams.put(
        "orders",
        "shard-1",
        "{\"orderId\":\"o-1\",\"n\":12345678901234567890123456789012345678}",
    );
    warehouse.with_view("changes", "NO").await;
    assert_eq!(warehouse.count("changes").await, 0);
    warehouse.succeed(REFRESH).await;
    let seen = warehouse
        .rows("SELECT partition_key, shard_id, sequence_number, payload FROM changes")
        .await;
    let payload = "{\"n\":12345678901234567890123456789012345678,\"orderId\":\"o-1\"}";
    assert_eq!(
        seen,
        [[json!("key"), json!("shard-1"), json!(first), json!(payload)]]
    );
    streams.put("orders", "shard-1", "{}");
    streams.put("orders", "shard-2", "{}");
    warehouse.succeed(REFRESH).await;
    warehouse.succeed(REFRESH).await;
    assert_eq!(warehouse.count("changes").await, 3);
    // The records of one refresh share its time.
    assert_eq!(
        warehouse
            .value("SELECT COUNT(DISTINCT refresh_time) FROM changes")
            .await,
        2
    );
    let history = warehouse
        .rows("SELECT refresh_type, status FROM sys_mv_refresh_history WHERE mv_name = 'changes' ORDER BY start_time")
        .await;
    let grown = "Refresh successfully updated MV incrementally";
    assert_eq!(
        history,
        [
            ["Manual", grown],
            ["Manual", grown],
            ["Manual", "MV was already updated"]
        ]
    );
}

#[tokio::test]
async fn what_is_no_json_is_kept_beside() {
    let warehouse = Warehouse::new().await;
    warehouse.with_view("changes", "NO").await;
    for data in ["{\"a\":1}", "{broken", ""] {
        warehouse.streams.put("orders", "shard-1", data);
    }
    warehouse.succeed(REFRESH).await;
    let seen = warehouse
        .rows("SELECT payload, failed_payload FROM changes ORDER BY sequence_number")
        .await;
    assert_eq!(
        seen,
        [
            [json!("{\"a\":1}"), json!(null)],
            [json!(null), json!("7b62726f6b656e")],
            [json!(null), json!("")]
        ]
    );
}

#[tokio::test]
async fn a_record_that_the_query_does_not_take_is_skipped_and_told() {
    let warehouse = Warehouse::new().await;
    warehouse
        .succeed("CREATE EXTERNAL SCHEMA kinesis FROM KINESIS IAM_ROLE default")
        .await;
    warehouse
        .succeed(
            "CREATE MATERIALIZED VIEW changes AS SELECT sequence_number, JSON_PARSE(kinesis_data) AS payload \
             FROM kinesis.\"orders\" WHERE kinesis_data IS NOT NULL",
        )
        .await;
    let mut poison = Vec::new();
    for number in 0..50 {
        let data = if [0, 17, 18, 49].contains(&number) {
            "{broken"
        } else {
            "{}"
        };
        let sequence = warehouse.streams.put("orders", "shard-1", data);
        if data != "{}" {
            poison.push(vec![json!("orders"), json!("shard-1"), json!(sequence)]);
        }
    }
    warehouse.succeed(REFRESH).await;
    assert_eq!(warehouse.count("changes").await, 46);
    let errors = warehouse
        .rows("SELECT stream_name, partition_id, position FROM sys_stream_scan_errors ORDER BY position")
        .await;
    assert_eq!(errors, poison);
    let states = warehouse
        .rows("SELECT scanned_rows, skipped_rows, scanned_bytes FROM sys_stream_scan_states")
        .await;
    assert_eq!(states, [[50, 4, 46 * 2 + 4 * 7]]);
    warehouse.succeed(REFRESH).await;
    assert_eq!(warehouse.count("sys_stream_scan_errors").await, 4);
    let state = warehouse.state().await;
    assert_eq!(state["views"]["public.changes"]["rows"], 46, "{state}");
    assert_eq!(state["views"]["public.changes"]["scanErrors"], 4);
}

#[tokio::test]
async fn a_record_longer_than_a_varbyte_is_skipped() {
    let warehouse = Warehouse::new().await;
    warehouse
        .succeed("CREATE EXTERNAL SCHEMA kinesis FROM KINESIS IAM_ROLE default")
        .await;
    warehouse
        .succeed(
            "CREATE MATERIALIZED VIEW changes AS SELECT sequence_number, kinesis_data FROM kinesis.\"orders\"",
        )
        .await;
    warehouse.streams.put("orders", "shard-1", vec![0_u8; 16_777_216]);
    warehouse.streams.put("orders", "shard-1", vec![0_u8; 16_777_217]);
    warehouse.succeed(REFRESH).await;
    assert_eq!(warehouse.count("changes").await, 1);
    let reason = warehouse
        .value("SELECT error_reason FROM sys_stream_scan_errors")
        .await;
    assert_eq!(reason, "the record has 16777217 bytes, the maximum is 16777216");
}

#[tokio::test]
async fn children_are_read_after_their_parent() {
    let warehouse = Warehouse::with(Memory::new("orders", &["parent"])).await;
    warehouse.with_view("changes", "NO").await;
    warehouse.streams.put("orders", "parent", "{}");
    warehouse.succeed(REFRESH).await;
    warehouse.streams.put("orders", "parent", "{}");
    // Named so that they come before their parent in a listing.
    warehouse.streams.split("orders", "parent", ["a", "b"]);
    warehouse.streams.put("orders", "a", "{}");
    warehouse.streams.put("orders", "b", "{}");
    warehouse.succeed(REFRESH).await;
    warehouse.succeed(REFRESH).await;
    let seen = warehouse
        .rows("SELECT shard_id, COUNT(*) FROM changes GROUP BY shard_id ORDER BY shard_id")
        .await;
    assert_eq!(
        seen,
        [
            [json!("a"), json!(1)],
            [json!("b"), json!(1)],
            [json!("parent"), json!(2)]
        ]
    );
    let state = warehouse.state().await;
    assert_eq!(
        state["views"]["public.changes"]["checkpoints"]["parent"]["ended"], true,
        "{state}"
    );
}

#[tokio::test]
async fn throttles_and_old_iterators_are_tried_again() {
    let warehouse = Warehouse::new().await;
    warehouse.with_view("changes", "NO").await;
    warehouse.streams.page(1);
    for _ in 0..3 {
        warehouse.streams.put("orders", "shard-1", "{}");
    }
    let throttled = ReadError::Throttled("ProvisionedThroughputExceededException".to_owned());
    warehouse
        .streams
        .fail_next(&[throttled.clone(), ReadError::Expired, throttled.clone()]);
    warehouse.succeed(REFRESH).await;
    assert_eq!(warehouse.count("changes").await, 3);
    warehouse.streams.put("orders", "shard-1", "{}");
    warehouse.streams.fail_next(&vec![throttled; 10]);
    let error = warehouse.fail(REFRESH).await;
    assert!(error.contains("orders") && error.contains("Exceeded"), "{error}");
    warehouse.succeed(REFRESH).await;
    assert_eq!(warehouse.count("changes").await, 4);
}

#[tokio::test]
async fn a_stream_that_is_missing_is_named() {
    let warehouse = Warehouse::new().await;
    warehouse.with_view("changes", "NO").await;
    warehouse.streams.remove("orders");
    let error = warehouse.fail(REFRESH).await;
    assert_eq!(error, "ERROR: Kinesis stream \"orders\" does not exist");
    let status = warehouse.value("SELECT status FROM sys_mv_refresh_history").await;
    assert_eq!(
        status,
        "Refresh failed. ERROR: Kinesis stream \"orders\" does not exist"
    );
    assert!(
        warehouse
            .fail("REFRESH MATERIALIZED VIEW nowhere")
            .await
            .contains("does not exist")
    );
}

#[tokio::test]
async fn a_view_refreshes_itself() {
    let warehouse = Warehouse::new().await;
    warehouse.with_view("changes", "YES").await;
    warehouse.streams.put("orders", "shard-1", "{}");
    eventually("there", async || warehouse.count("changes").await == 1).await;
    warehouse.streams.put("orders", "shard-2", "{}");
    eventually("there", async || warehouse.count("changes").await == 2).await;
    let info = warehouse
        .rows("SELECT schema_name, name, state, autorefresh FROM svv_mv_info")
        .await;
    assert_eq!(info, [[json!("public"), json!("changes"), json!(1), json!("t")]]);
    // Rounds that found nothing are one row, whose time goes on.
    let idle = "FROM sys_mv_refresh_history WHERE status = 'MV was already updated'";
    let end = format!("SELECT MAX(end_time) {idle}");
    eventually("idle", async || warehouse.value(&end).await.is_string()).await;
    let before = warehouse.value(&end).await;
    eventually("later", async || warehouse.value(&end).await != before).await;
    assert!(
        warehouse
            .value(&format!("SELECT COUNT(*) {idle}"))
            .await
            .as_i64()
            .unwrap()
            <= 3
    );
    warehouse.stop().await;
}

#[tokio::test]
async fn refreshes_at_the_same_time_read_everything_once() {
    let warehouse = Warehouse::new().await;
    warehouse.with_view("changes", "YES").await;
    for _ in 0..200 {
        warehouse.streams.put("orders", "shard-1", "{}");
    }
    let refresh = || warehouse.succeed(REFRESH);
    tokio::join!(refresh(), refresh(), refresh(), refresh());
    assert_eq!(warehouse.count("changes").await, 200);
    assert_eq!(
        warehouse
            .value("SELECT COUNT(DISTINCT sequence_number) FROM changes")
            .await,
        200
    );
}

#[tokio::test]
async fn a_new_view_of_an_old_name_begins_again() {
    let warehouse = Warehouse::new().await;
    warehouse.with_view("changes", "NO").await;
    warehouse.streams.put("orders", "shard-1", "{}");
    warehouse.succeed(REFRESH).await;
    warehouse.succeed("DROP MATERIALIZED VIEW changes").await;
    assert!(
        warehouse
            .fail("SELECT * FROM changes")
            .await
            .contains("does not exist")
    );
    warehouse.with_view("changes", "NO").await;
    warehouse.succeed(REFRESH).await;
    assert_eq!(warehouse.count("changes").await, 1);
}

#[tokio::test]
async fn a_streaming_view_is_emptied_and_not_written() {
    let warehouse = Warehouse::new().await;
    warehouse.with_view("changes", "NO").await;
    for _ in 0..3 {
        warehouse.streams.put("orders", "shard-1", "{}");
    }
    warehouse.succeed(REFRESH).await;
    let deleted = warehouse
        .succeed("DELETE FROM changes WHERE sequence_number = (SELECT MAX(sequence_number) FROM changes)")
        .await;
    assert_eq!(deleted["ResultRows"], 1);
    warehouse.succeed("TRUNCATE changes").await;
    warehouse.succeed(REFRESH).await;
    // What was read is not read again.
    assert_eq!(warehouse.count("changes").await, 0);
    for sql in [
        "INSERT INTO changes (shard_id) VALUES ('x')",
        "UPDATE changes SET shard_id = 'x'",
        "DROP TABLE changes",
    ] {
        assert_eq!(
            warehouse.fail(sql).await,
            "ERROR: cannot change materialized view \"changes\"",
            "{sql}"
        );
    }
}

#[tokio::test]
async fn ordinary_views_are_refreshed_whole() {
    let warehouse = Warehouse::new().await;
    warehouse.succeed("CREATE TABLE t (a INTEGER)").await;
    warehouse
        .succeed("CREATE MATERIALIZED VIEW sums AS SELECT SUM(a) AS total FROM t")
        .await;
    warehouse.succeed("INSERT INTO t VALUES (1), (2)").await;
    assert!(warehouse.value("SELECT total FROM sums").await.is_null());
    warehouse.succeed("REFRESH MATERIALIZED VIEW sums").await;
    assert_eq!(warehouse.value("SELECT total FROM sums").await, 3);
    let info = warehouse
        .rows("SELECT name, state, autorefresh FROM svv_mv_info")
        .await;
    assert_eq!(info, [[json!("sums"), json!(0), json!("f")]]);
    warehouse.succeed("DROP MATERIALIZED VIEW sums").await;
    warehouse.succeed("DROP MATERIALIZED VIEW IF EXISTS sums").await;
    assert!(
        warehouse
            .fail("DROP MATERIALIZED VIEW sums")
            .await
            .contains("does not exist")
    );
}

#[tokio::test]
async fn an_external_schema_comes_first() {
    let warehouse = Warehouse::new().await;
    let create = "CREATE MATERIALIZED VIEW changes AS SELECT kinesis_data FROM kinesis.\"orders\"";
    assert_eq!(
        warehouse.fail(create).await,
        "ERROR: external schema \"kinesis\" does not exist"
    );
    warehouse.with_view("changes", "NO").await;
    let again = "CREATE EXTERNAL SCHEMA kinesis FROM KINESIS IAM_ROLE default";
    assert!(warehouse.fail(again).await.contains("already exists"));
    for sql in [
        "SELECT * FROM kinesis.orders",
        "CREATE TABLE kinesis.t (a INTEGER)",
    ] {
        assert!(
            warehouse.fail(sql).await.contains("is an external schema"),
            "{sql}"
        );
    }
    warehouse.succeed("DROP SCHEMA kinesis").await;
    assert_eq!(
        warehouse.fail(REFRESH).await,
        "ERROR: external schema \"kinesis\" does not exist"
    );
}

#[tokio::test]
async fn a_hundred_thousand_records_take_seconds() {
    let warehouse = Warehouse::new().await;
    warehouse.with_view("changes", "NO").await;
    warehouse.streams.page(10_000);
    let note = "x".repeat(980);
    for number in 0..100_000 {
        let shard = ["shard-1", "shard-2"][number % 2];
        warehouse
            .streams
            .put("orders", shard, format!("{{\"n\":{number},\"note\":\"{note}\"}}"));
    }
    let started = Instant::now();
    warehouse.succeed(REFRESH).await;
    let took = started.elapsed();
    assert_eq!(warehouse.count("changes").await, 100_000);
    // A bound for a busy machine: alone it takes a few.
    assert!(took.as_secs() < 25, "{took:?}");
}
