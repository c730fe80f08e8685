//! What is measured, what is not, and what that does to the others.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::warehouse::{FakeWarehouse, View};

const ORDERS: &str = "ingest.order_changes";
const OK: &str = "Refresh successfully updated MV incrementally";
const QUIET: &str = "Refresh successfully updated MV incrementally. Stream returned no new data.";
const FAILED: &str = "Refresh failed due to an internal error";
const MINUTE: Duration = Duration::from_secs(50);

fn refreshed(refreshes: &[(&'static str, Option<i64>)]) -> View {
    View {
        refreshes: refreshes.to_vec(),
        ..View::default()
    }
}

/// Freshness, scan errors, failed payloads and failures of each view.
fn numbers(documents: &[Value]) -> Vec<[Value; 4]> {
    let names = ["ViewFreshness", "ScanErrors", "FailedPayloads", "MonitorFailures"];
    documents
        .iter()
        .map(|document| names.map(|name| document[name].clone()))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_healthy_view_is_measured() {
    let warehouse = FakeWarehouse::new("12:00");
    let mut view = refreshed(&[(OK, Some(7)), (FAILED, Some(90))]);
    view.scan_errors = vec!["11:59", "12:01", "12:02"];
    view.records = vec![("11:59", true), ("12:01", false), ("12:01", true)];
    warehouse.is(ORDERS, view);
    warehouse.handler(ORDERS).look(MINUTE).await.expect("measured");
    let documents = warehouse.documents();
    assert_eq!(documents[0]["View"], ORDERS);
    assert_eq!(numbers(&documents), [[json!(7), json!(2), json!(1), json!(0)]]);
}

#[tokio::test(start_paused = true)]
async fn a_quiet_stream_is_fresh_and_a_refresh_that_stopped_is_not() {
    for (refreshes, freshness) in [
        (vec![(OK, Some(86_400)), (QUIET, Some(3))], 3),
        (vec![(OK, Some(3_600)), (FAILED, Some(3))], 3_600),
        (vec![(OK, Some(3_600)), ("MV was already updated", Some(60))], 60),
        (vec![(OK, Some(-1))], 0),
        (vec![(OK, None), (QUIET, Some(12))], 12),
    ] {
        let warehouse = FakeWarehouse::new("12:00");
        warehouse.is(ORDERS, refreshed(&refreshes));
        warehouse.handler(ORDERS).look(MINUTE).await.expect("measured");
        assert_eq!(
            warehouse.documents()[0]["ViewFreshness"],
            json!(freshness),
            "{refreshes:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_view_that_was_never_refreshed_is_an_error_and_has_no_freshness() {
    for refreshes in [&[][..], &[(FAILED, Some(3))], &[(OK, None)]] {
        let warehouse = FakeWarehouse::new("12:00");
        warehouse.is(ORDERS, refreshed(refreshes));
        let error = warehouse
            .handler(ORDERS)
            .look(MINUTE)
            .await
            .expect_err("not measured");
        assert_eq!(
            error.to_string(),
            "ingest.order_changes: no refresh of it has succeeded, as far as the warehouse remembers or this user \
             may see"
        );
        let documents = warehouse.documents();
        assert_eq!(numbers(&documents), [[Value::Null, json!(0), json!(0), json!(1)]]);
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_counted_twice_and_nothing_is_missed() {
    let warehouse = FakeWarehouse::new("12:00");
    let mut view = refreshed(&[(OK, Some(1))]);
    let handler = warehouse.handler(ORDERS);
    let mut look = async |scan_errors: &[&'static str], records: &[(&'static str, bool)], works: bool| {
        view.scan_errors.extend(scan_errors);
        view.records.extend(records);
        warehouse.is(ORDERS, view.clone());
        assert_eq!(handler.look(MINUTE).await.is_ok(), works);
        let document = warehouse.documents().remove(0);
        (document["ScanErrors"].clone(), document["FailedPayloads"].clone())
    };
    assert_eq!(
        look(&["12:01"], &[("12:01", true)], true).await,
        (json!(1), json!(1))
    );
    assert_eq!(look(&[], &[], true).await, (json!(0), json!(0)));
    assert_eq!(
        look(&["12:02", "12:03"], &[("12:02", false), ("12:03", true)], true).await,
        (json!(2), json!(1))
    );
    warehouse.fails("failed_payload");
    assert_eq!(
        look(&["12:04"], &[("12:04", true)], false).await,
        (json!(1), Value::Null)
    );
    warehouse.mended();
    assert_eq!(look(&[], &[("12:05", true)], true).await, (json!(0), json!(2)));
}

#[tokio::test(start_paused = true)]
async fn a_view_that_cannot_be_read_is_named_and_the_others_are_measured() {
    let warehouse = FakeWarehouse::new("12:00");
    let views = "ingest.order_changes,iot.readings,iot.alarms";
    for view in [ORDERS, "iot.readings", "iot.alarms"] {
        warehouse.is(view, refreshed(&[(OK, Some(4))]));
    }
    warehouse.fails("\"iot\".\"readings\"");
    let error = warehouse
        .handler(views)
        .look(MINUTE)
        .await
        .expect_err("one is not measured");
    assert_eq!(
        error.to_string(),
        "iot.readings: failed payloads: ValidationException: permission denied"
    );
    let measured = [json!(4), json!(0), json!(0), json!(0)];
    let in_part = [json!(4), json!(0), Value::Null, json!(1)];
    assert_eq!(
        numbers(&warehouse.documents()),
        [measured.clone(), in_part, measured]
    );
}

#[tokio::test(start_paused = true)]
async fn a_view_that_takes_its_time_leaves_the_others_theirs() {
    let warehouse = FakeWarehouse::new("12:00");
    warehouse.is(ORDERS, refreshed(&[(OK, Some(4))]));
    warehouse.is("iot.readings", refreshed(&[(OK, Some(5))]));
    warehouse.hangs("order_changes");
    let start = Instant::now();
    let handler = warehouse.handler("ingest.order_changes,iot.readings");
    let error = handler.look(MINUTE).await.expect_err("one is not measured");
    assert_eq!(
        error.to_string(),
        "ingest.order_changes: freshness: no answer in time"
    );
    assert_eq!(start.elapsed(), MINUTE / 2, "half of the time is the other's");
    let nothing = [Value::Null, Value::Null, Value::Null, json!(1)];
    let documents = warehouse.documents();
    assert_eq!(
        numbers(&documents),
        [nothing, [json!(5), json!(0), json!(0), json!(0)]]
    );
}

#[tokio::test(start_paused = true)]
async fn each_look_is_a_statement_of_its_own() {
    let warehouse = FakeWarehouse::new("12:00");
    warehouse.is(ORDERS, refreshed(&[(OK, Some(4))]));
    let handler = warehouse.handler(ORDERS);
    for _ in 0..2 {
        handler.look(MINUTE).await.expect("measured");
    }
    let mut tokens = warehouse.tokens();
    // Three queries a look, and twice the beginning in the first.
    assert_eq!(tokens.len(), 8);
    assert_eq!(warehouse.sent().len(), 8);
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens.len(), 8);
}
