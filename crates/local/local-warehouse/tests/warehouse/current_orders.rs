//! The repository's SQL: whatever the order in which changes come, how often, and when they are folded,
//! `warehouse.current_orders` is the table.

use std::collections::BTreeSet;

use fastrand::Rng;
use orders::dashboard;
use orders::generator::{History, Size, generate};
use orders::questions::{ask, questions};
use orders::truth::Truth;
use orders::warehouse::{Table, Warehouse as _, count};
use tokio::task::JoinSet;

use crate::captures::{Capture, records};
use crate::installed::Installed;

const SHARDS: [&str; 3] = ["shard-1", "shard-2", "shard-3"];

/// Enough for each item to have several changes, deletions and new beginnings.
const CHANGES: usize = 150;
const ITEMS: usize = 30;

/// Seeds of each capture. The first of them is asked all questions too.
const SEEDS: u64 = 4;

/// Records that no version of an order line can be made of, of each kind.
const USELESS: usize = 12;

/// A record on its way.
#[derive(Debug, Clone)]
struct Sent {
    data: Vec<u8>,
    /// Which change it tells.
    change: Option<usize>,
}

/// The changes of a history, some of them several times and all in disorder, with useless records among them.
fn shuffled(history: &History, capture: Capture, rng: &mut Rng) -> Vec<Sent> {
    let mut sent = Vec::new();
    for (change, records) in records(history, capture).into_iter().enumerate() {
        for data in records {
            let times = if rng.u8(..4) == 0 { rng.usize(2..4) } else { 1 };
            let change = Some(change);
            sent.extend(std::iter::repeat_n(Sent { data, change }, times));
        }
    }
    sent.extend((0..USELESS).flat_map(|number| [broken(number), unusable(number)]));
    rng.shuffle(&mut sent);
    sent
}

/// What does not parse.
fn broken(number: usize) -> Sent {
    let data = match number % 3 {
        0 => format!("{{\"schemaVersion\":1,\"eventId\":\"{number}\"").into_bytes(),
        1 => vec![0xff, 0xfe],
        _ => b"\"text\\u0000\"".to_vec(),
    };
    Sent { data, change: None }
}

/// What parses, and is no version of an order line.
fn unusable(number: usize) -> Sent {
    let text = match number % 3 {
        0 => "17",
        1 => r#"{"schemaVersion":2,"eventId":"e","eventName":"INSERT"}"#,
        _ => r#"{"eventName":"REMOVE","eventID":"e","dynamodb":{"ApproximateCreationDateTime":"soon"}}"#,
    };
    let data = text.as_bytes().to_vec();
    Sent { data, change: None }
}

/// The items after the changes that have arrived.
fn truth_of(history: &History, arrived: &BTreeSet<usize>) -> Truth {
    let mut truth = Truth::default();
    for place in arrived {
        truth.apply(&history.changes[*place]);
    }
    truth
}

/// All that a reader of the warehouse can see of the orders.
async fn seen(installed: &Installed) -> Vec<Table> {
    let mut tables = Vec::new();
    for sql in [
        "SELECT * FROM warehouse.current_orders ORDER BY order_id, line",
        "SELECT * FROM warehouse.newest_orders ORDER BY order_id, line",
        "SELECT shard_id, sequence_number FROM warehouse.unusable_order_changes ORDER BY shard_id, sequence_number",
        "SELECT * FROM bi.daily_sales ORDER BY order_day, region, product_id",
    ] {
        tables.push(installed.query(sql).await.unwrap());
    }
    tables
}

async fn fold_without_a_trace(installed: &Installed, seed: u64) {
    let before = seen(installed).await;
    installed.fold().await;
    assert!(
        seen(installed).await == before,
        "seed {seed}: a fold changed an answer"
    );
}

/// Sends the records in pieces, and holds the warehouse against the truth after each.
async fn send(
    installed: &Installed,
    history: &History,
    sent: &[Sent],
    in_between: bool,
    rng: &mut Rng,
    seed: u64,
) {
    let mut arrived = BTreeSet::new();
    let mut rest = sent;
    while !rest.is_empty() {
        let (piece, behind) = rest.split_at(rng.usize(1..=rest.len().min(sent.len() / 4)));
        rest = behind;
        for record in piece {
            installed.put(SHARDS[rng.usize(..SHARDS.len())], &record.data);
        }
        arrived.extend(piece.iter().filter_map(|record| record.change));
        installed.refresh().await;
        if rng.bool() {
            fold_without_a_trace(installed, seed).await;
        }
        if in_between {
            let report = installed.report(&truth_of(history, &arrived)).await;
            assert_eq!(
                report.differences(),
                0,
                "seed {seed}, {} to come: {report}",
                rest.len()
            );
        }
    }
}

async fn holds_exactly(installed: &Installed, history: &History, seed: u64) {
    let report = installed.report(&history.truth).await;
    assert_eq!(report.differences(), 0, "seed {seed}: {report}");
    let useless = |parses: &str| {
        let sql =
            format!("SELECT COUNT(*) FROM warehouse.unusable_order_changes WHERE failed_payload IS {parses}");
        async move { count(installed, &sql).await }
    };
    assert_eq!(useless("NOT NULL").await, Ok(USELESS as u64), "seed {seed}");
    assert_eq!(useless("NULL").await, Ok(USELESS as u64), "seed {seed}");
}

async fn answers_right(installed: &Installed, history: &History, seed: u64) {
    dashboard::take(installed).await.unwrap();
    for question in questions().unwrap() {
        let asked = ask(&question, &history.truth, installed).await.unwrap();
        assert_eq!(asked.differences, [], "seed {seed}: {}", question.id);
    }
}

async fn comes_to_the_truth(seed: u64, capture: Capture) {
    let mut rng = Rng::with_seed(seed);
    let history = generate(Size {
        changes: CHANGES,
        items: ITEMS,
        seed,
    });
    let installed = Installed::over(&SHARDS).await;
    let sent = shuffled(&history, capture, &mut rng);
    // While one capture is replaced by the other, the forwarder's time is the second and the destination's is not: what
    // came last within a second is known once both have told it.
    let in_between = capture != Capture::Both;
    send(&installed, &history, &sent, in_between, &mut rng, seed).await;
    holds_exactly(&installed, &history, seed).await;

    // Long after all of it: old changes come once more.
    installed.fold().await;
    for record in sent.iter().filter(|record| record.change.is_some()).step_by(5) {
        installed.put(SHARDS[rng.usize(..SHARDS.len())], &record.data);
    }
    installed.refresh().await;
    holds_exactly(&installed, &history, seed).await;
    if seed.is_multiple_of(SEEDS) {
        answers_right(&installed, &history, seed).await;
    }
    fold_without_a_trace(&installed, seed).await;
    installed.warehouse.stop().await;
}

/// Runs the seeds of one capture beside each other.
async fn every_seed(first: u64, capture: Capture) {
    let mut runs = JoinSet::new();
    for seed in first..first + SEEDS {
        runs.spawn(comes_to_the_truth(seed, capture));
    }
    runs.join_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_the_forwarder_come_to_the_truth() {
    every_seed(0, Capture::Forwarder).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_the_tables_own_destination_come_to_the_truth() {
    every_seed(SEEDS, Capture::Native).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_that_are_captured_both_ways_come_to_the_truth() {
    every_seed(2 * SEEDS, Capture::Both).await;
}
