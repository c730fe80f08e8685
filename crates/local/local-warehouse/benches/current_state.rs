//! What it costs to read `warehouse.current_orders` as a plain view over all raw changes, and over a table that they are
//! folded into. PostgreSQL stands in for Redshift: what counts is the ratio, and how each grows with the raw changes.
//!
//! ```sh
//! cargo bench --profile dev -p local-warehouse --bench current_state
//! ```

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]
#![allow(clippy::print_stdout, reason = "it prints its table")]

#[path = "../tests/warehouse/captures.rs"]
#[allow(dead_code, reason = "the tests need more of it")]
mod captures;
#[path = "../tests/warehouse/installed.rs"]
#[allow(dead_code, reason = "the tests need more of it")]
mod installed;
#[path = "../tests/warehouse/server.rs"]
mod server;
#[path = "../tests/warehouse/streams.rs"]
#[allow(dead_code, reason = "the tests need more of it")]
mod streams;
#[path = "../tests/warehouse/support.rs"]
#[allow(dead_code, reason = "the tests need more of it")]
mod support;

use std::time::Duration;

use orders::generator::{Size, generate};
use orders::warehouse::{Table, Warehouse as _};

use captures::{Capture, records};
use installed::Installed;

const ITEMS: usize = 5_000;
const RAW_CHANGES: [usize; 3] = [20_000, 50_000, 100_000];

/// Changes that a refresh finds, and that come after the first fold.
const PIECE: usize = 1_000;

/// How often a view is read; the median counts.
const READS: usize = 5;

const SHARD: &str = "shard-1";

/// Every column of every row, and one row as the answer: what is measured is the view, not the way of its rows.
const READ: &str = "SELECT COUNT(*) AS orders, MAX(order_id) AS order_id, SUM(line) AS line, MAX(customer_id) AS customer_id, \
     MAX(product_id) AS product_id, MAX(product_name) AS product_name, MAX(category) AS category, MAX(region) AS region, \
     MAX(channel) AS channel, MAX(status) AS status, SUM(quantity) AS quantity, SUM(unit_price) AS unit_price, \
     SUM(discount) AS discount, SUM(amount) AS amount, MAX(placed_at) AS placed_at, MAX(note) AS note, \
     MAX(event_time) AS event_time, MAX(sequence_number) AS sequence_number FROM warehouse.current_orders";

/// What was measured over so many raw changes.
struct Measured {
    raw: usize,
    plain: Duration,
    folded: Duration,
    first_fold: Duration,
    next_fold: Duration,
}

#[tokio::main]
async fn main() {
    println!("{ITEMS} order lines, warehouse.current_orders, median of {READS} reads\n");
    println!("raw changes  plain view  after a fold   ratio  first fold  fold of {PIECE} more");
    let mut all = Vec::new();
    for raw in RAW_CHANGES {
        let measured = measure(raw).await;
        println!("{}", line(&measured));
        all.push(measured);
    }
    let (first, last) = (&all[0], &all[all.len() - 1]);
    println!(
        "\nfrom {} to {} raw changes: plain view × {:.1}, after a fold × {:.1}",
        first.raw,
        last.raw,
        ratio(last.plain, first.plain),
        ratio(last.folded, first.folded),
    );
}

fn line(measured: &Measured) -> String {
    let milliseconds = |time: Duration| format!("{:.0} ms", time.as_secs_f64() * 1_000.0);
    format!(
        "{:>11}  {:>10}  {:>12}  {:>6.1}  {:>10}  {:>17}",
        measured.raw,
        milliseconds(measured.plain),
        milliseconds(measured.folded),
        ratio(measured.plain, measured.folded),
        milliseconds(measured.first_fold),
        milliseconds(measured.next_fold),
    )
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}

async fn measure(raw: usize) -> Measured {
    let history = generate(Size {
        changes: raw + PIECE,
        items: ITEMS,
        seed: 7,
    });
    let records = records(&history, Capture::Forwarder).concat();
    let installed = Installed::over(&[SHARD]).await;
    one_process_a_query(&installed).await;
    let (first, more) = records.split_at(raw);
    load(&installed, first).await;
    let (plain, before) = read(&installed).await;
    let first_fold = fold(&installed).await;
    let (folded, after) = read(&installed).await;
    assert!(before == after, "a fold changes no answer");
    load(&installed, more).await;
    let next_fold = fold(&installed).await;
    assert_eq!(installed.report(&history.truth).await.differences(), 0);
    installed.warehouse.stop().await;
    Measured {
        raw,
        plain,
        folded,
        first_fold,
        next_fold,
    }
}

/// From some size on PostgreSQL would spread a query over several processes, and times would not compare.
async fn one_process_a_query(installed: &Installed) {
    let name = &installed.warehouse.database;
    let setting = format!("ALTER DATABASE \"{name}\" SET max_parallel_workers_per_gather TO 0");
    let client = installed.warehouse.beside().await;
    client.batch_execute(&setting).await.unwrap();
}

/// Puts the records, and reads them piece by piece, as a view does that refreshes itself.
async fn load(installed: &Installed, records: &[Vec<u8>]) {
    for piece in records.chunks(PIECE) {
        for record in piece {
            installed.put(SHARD, record);
        }
        installed.refresh().await;
    }
    for table in ["ingest.order_changes", "warehouse.order_state"] {
        installed.warehouse.succeed(&format!("ANALYZE {table}")).await;
    }
}

/// The median time of a read, and what it answered.
async fn read(installed: &Installed) -> (Duration, Table) {
    let mut times = Vec::new();
    for _ in 0..READS {
        times.push(time_of(installed, READ).await);
    }
    times.sort();
    (times[READS / 2], installed.query(READ).await.unwrap())
}

async fn fold(installed: &Installed) -> Duration {
    let time = time_of(installed, "CALL warehouse.fold_order_changes()").await;
    installed.warehouse.succeed("ANALYZE warehouse.order_state").await;
    time
}

/// How long the statement ran, as the API says.
async fn time_of(installed: &Installed, sql: &str) -> Duration {
    let described = installed.warehouse.succeed(sql).await;
    Duration::from_nanos(described["Duration"].as_u64().unwrap())
}
