//! A refresh's time: refreshes of a view commit in the order of their times, so that who has read up to one time misses
//! nothing by reading on from there.

use serde_json::Value;

use crate::support::{Warehouse, eventually};

const REFRESH: &str = "REFRESH MATERIALIZED VIEW changes";
/// The time of each row, in the order in which the records came.
const TIMES: &str = "SELECT refresh_time::VARCHAR(40) FROM changes ORDER BY sequence_number";

impl Warehouse {
    async fn times(&self) -> Vec<String> {
        let rows = self.rows(TIMES).await;
        let times = rows.iter().map(|row| row[0].as_str().unwrap().to_owned());
        times.collect()
    }

    async fn now(&self) -> Value {
        let now = self.beside().await;
        let now = now
            .query_one("SELECT (clock_timestamp() AT TIME ZONE 'UTC')::text", &[])
            .await
            .unwrap();
        now.get::<_, String>(0).into()
    }
}

#[tokio::test]
async fn a_clock_that_goes_back_does_not_take_the_times_back() {
    let warehouse = Warehouse::new().await;
    warehouse.with_view("changes", "NO").await;
    warehouse.streams.put("orders", "shard-1", "{}");
    warehouse.succeed(REFRESH).await;
    // The first refresh is made to be one whose clock was an hour ahead.
    let ahead = "UPDATE redshift_catalog.streaming_views SET refreshed_at = '2100-01-01 00:00:00Z'";
    warehouse.beside().await.batch_execute(ahead).await.unwrap();
    for _ in 0..2 {
        warehouse.streams.put("orders", "shard-1", "{}");
        warehouse.succeed(REFRESH).await;
    }
    let times = warehouse.times().await;
    assert_eq!(
        times[1..],
        ["2100-01-01 00:00:00.000001", "2100-01-01 00:00:00.000002"]
    );
}

#[tokio::test]
async fn a_refresh_that_waited_has_the_time_at_which_it_began_to_read() {
    let warehouse = Warehouse::new().await;
    warehouse.with_view("changes", "NO").await;
    warehouse.streams.put("orders", "shard-1", "{}");
    let other = warehouse.beside().await;
    other
        .batch_execute("BEGIN; SELECT 1 FROM redshift_catalog.streaming_views FOR UPDATE")
        .await
        .unwrap();
    let id = warehouse.submit(REFRESH).await;
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let watch = warehouse.beside().await;
    eventually("waiting", async || {
        watch.query_one(waiting, &[]).await.unwrap().get::<_, i64>(0) == 1
    })
    .await;
    let released = warehouse.now().await;
    other.batch_execute("COMMIT").await.unwrap();
    assert_eq!(warehouse.ended(&id).await["Status"], "FINISHED");
    let times = warehouse.times().await;
    assert!(
        times[0].as_str() > released.as_str().unwrap(),
        "{times:?} {released}"
    );
}

#[tokio::test]
async fn a_refresh_that_fails_takes_no_time() {
    let warehouse = Warehouse::new().await;
    warehouse.with_view("changes", "NO").await;
    warehouse.succeed(REFRESH).await;
    let last = "SELECT refreshed_at::text FROM redshift_catalog.streaming_views";
    let beside = warehouse.beside().await;
    let before: String = beside.query_one(last, &[]).await.unwrap().get(0);
    warehouse.succeed("DROP SCHEMA kinesis").await;
    warehouse.fail(REFRESH).await;
    let after: String = beside.query_one(last, &[]).await.unwrap().get(0);
    assert_eq!(before, after);
}
