//! Lanes, one rule at a time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future;
use stream_batch::Outcome::{self, Delivered};
use stream_batch::{
    Batch, Blocked, BlockedKind, Deadline, Item, Lane, LaneOptions, Rejection, Report, deliver_in_lanes,
    kinesis,
};

use crate::event::{event, kinesis_record};

/// Records numbered from 1, each with the given partition key.
fn batch(keys: &str) -> Batch {
    let records: Vec<_> = (1..)
        .zip(keys.chars())
        .map(|(number, key)| kinesis_record(&number.to_string(), &key.to_string(), b"x"))
        .collect();
    kinesis::decode(&event(&records)).unwrap()
}

fn options(concurrency: usize) -> LaneOptions {
    LaneOptions {
        concurrency,
        deadline: Deadline::never(),
    }
}

fn key(item: &Item<()>) -> String {
    item.record.partition_key.clone()
}

fn blocked() -> Outcome {
    Outcome::Blocked(Blocked::sink("busy"))
}

fn rejected() -> Outcome {
    Outcome::Rejected(Rejection::refused("never", 1))
}

/// Delivers one record a chunk, with the outcome that `outcome` finds for its sequence number.
async fn deliver(batch: Batch, options: LaneOptions, outcome: impl Fn(&str) -> Outcome) -> Report {
    let outcome = &outcome;
    let settled = deliver_in_lanes(batch, options, key, |mut lane| async move {
        while let Some(chunk) = lane.next_chunk(1) {
            let outcomes: Vec<_> = chunk
                .iter()
                .map(|item| outcome(item.record.id.sequence_number.as_str()))
                .collect();
            lane.report(outcomes);
        }
    })
    .await;
    settled.take_rejected().1.report(Ok::<(), &str>(()))
}

fn numbers<'a>(ids: impl IntoIterator<Item = &'a stream_batch::RecordId>) -> Vec<String> {
    ids.into_iter().map(ToString::to_string).collect()
}

/// The blocked records and why.
fn reasons(report: &Report) -> Vec<(String, BlockedKind)> {
    report
        .blocked()
        .iter()
        .map(|record| (record.id.to_string(), record.blocked.kind))
        .collect()
}

#[tokio::test]
async fn a_batch_without_trouble_is_delivered_whole() {
    let report = deliver(batch("aba"), options(2), |_| Delivered).await;
    assert_eq!(numbers(report.delivered()), ["1", "2", "3"]);
    assert_eq!(report.checkpoint(), None);
}

#[tokio::test]
async fn an_empty_batch_starts_no_lane() {
    let settled = deliver_in_lanes(batch(""), options(2), key, |_| async { panic!("no lane to run") }).await;
    let report = settled.take_rejected().1.report(Ok::<(), &str>(()));
    assert_eq!(report.response(), stream_batch::BatchResponse::default());
}

#[tokio::test]
async fn a_blocked_record_stops_its_lane_only() {
    let report = deliver(batch("ababa"), options(1), |number| {
        if number == "3" { blocked() } else { Delivered }
    })
    .await;
    assert_eq!(numbers(report.delivered()), ["1", "2", "4"]);
    assert_eq!(
        reasons(&report),
        [
            ("3".to_owned(), BlockedKind::Sink),
            ("5".to_owned(), BlockedKind::LaneStopped)
        ]
    );
    assert_eq!(report.checkpoint().unwrap().as_str(), "3");
}

#[tokio::test]
async fn a_rejected_record_does_not_stop_its_lane() {
    let report = deliver(batch("aaa"), options(1), |number| {
        if number == "2" { rejected() } else { Delivered }
    })
    .await;
    assert_eq!(numbers(report.delivered()), ["1", "3"]);
    assert_eq!(numbers(report.rejected()), ["2"]);
    assert_eq!(report.checkpoint(), None);
}

#[tokio::test]
async fn a_panic_keeps_what_was_reported_and_blocks_the_rest_of_its_lane() {
    let report = deliver(batch("abaab"), options(2), |number| {
        if number == "3" {
            std::panic::resume_unwind(Box::new("as tested"))
        } else {
            Delivered
        }
    })
    .await;
    assert_eq!(numbers(report.delivered()), ["1", "2", "5"]);
    assert_eq!(
        reasons(&report),
        [
            ("3".to_owned(), BlockedKind::Panicked),
            ("4".to_owned(), BlockedKind::Panicked)
        ]
    );
    assert_eq!(report.summary(0).panicked_lanes, 1);
}

#[tokio::test]
async fn a_panic_before_the_lane_is_awaited_is_caught_too() {
    let settled = deliver_in_lanes(batch("a"), options(1), key, |_| -> future::Ready<()> {
        std::panic::resume_unwind(Box::new("as tested"))
    })
    .await;
    let report = settled.take_rejected().1.report(Ok::<(), &str>(()));
    assert_eq!(reasons(&report), [("1".to_owned(), BlockedKind::Panicked)]);
}

/// Every chunk of two is answered with `count` outcomes.
async fn answer_with(count: usize) -> Report {
    let settled = deliver_in_lanes(batch("aaaa"), options(1), key, |mut lane| async move {
        while lane.next_chunk(2).is_some() {
            lane.report(vec![Delivered; count]);
        }
    })
    .await;
    settled.take_rejected().1.report(Ok::<(), &str>(()))
}

#[tokio::test]
async fn a_wrong_number_of_outcomes_is_never_success() {
    assert_eq!(numbers(answer_with(2).await.delivered()).len(), 4);
    for count in [0, 1, 3, 4] {
        let report = answer_with(count).await;
        assert!(report.delivered().is_empty(), "{count} outcomes for 2 records");
        assert!(
            reasons(&report)
                .iter()
                .all(|(_, kind)| *kind == BlockedKind::WrongOutcomeCount)
        );
        assert_eq!(report.checkpoint().unwrap().as_str(), "1");
    }
}

#[tokio::test]
async fn outcomes_without_a_chunk_are_never_success() {
    let settled = deliver_in_lanes(batch("a"), options(1), key, |mut lane| async move {
        lane.report([Delivered]);
    })
    .await;
    let report = settled.take_rejected().1.report(Ok::<(), &str>(()));
    assert_eq!(
        reasons(&report),
        [("1".to_owned(), BlockedKind::WrongOutcomeCount)]
    );
}

#[tokio::test]
async fn a_handler_that_returns_early_leaves_the_rest_unanswered() {
    let settled = deliver_in_lanes(batch("aaa"), options(1), key, |mut lane| async move {
        if lane.next_chunk(1).is_some() {
            lane.report([Delivered]);
        }
    })
    .await;
    let report = settled.take_rejected().1.report(Ok::<(), &str>(()));
    assert_eq!(numbers(report.delivered()), ["1"]);
    assert!(
        reasons(&report)
            .iter()
            .all(|(_, kind)| *kind == BlockedKind::Unanswered)
    );
    assert_eq!(report.blocked().len(), 2);
}

#[tokio::test]
async fn a_handler_that_goes_on_without_an_answer_is_given_nothing_more() {
    let settled = deliver_in_lanes(batch("aa"), options(1), key, |mut lane| async move {
        while lane.next_chunk(1).is_some() {}
        // Too late: which of the chunks it is meant for cannot be told.
        lane.report([Delivered]);
    })
    .await;
    let report = settled.take_rejected().1.report(Ok::<(), &str>(()));
    assert!(
        reasons(&report)
            .iter()
            .all(|(_, kind)| *kind == BlockedKind::Unanswered)
    );
    assert_eq!(report.blocked().len(), 2);
}

#[tokio::test]
async fn outcomes_after_a_blocked_one_are_not_believed() {
    let settled = deliver_in_lanes(batch("aaa"), options(1), key, |mut lane| async move {
        if lane.next_chunk(3).is_some() {
            lane.report([Delivered, blocked(), Delivered]);
        }
        assert!(lane.next_chunk(1).is_none());
    })
    .await;
    let report = settled.take_rejected().1.report(Ok::<(), &str>(()));
    assert_eq!(numbers(report.delivered()), ["1"]);
    assert_eq!(
        reasons(&report),
        [
            ("2".to_owned(), BlockedKind::Sink),
            ("3".to_owned(), BlockedKind::LaneStopped)
        ]
    );
}

#[tokio::test]
async fn a_lane_that_outlives_its_handler_can_report_nothing_any_more() {
    let kept: Arc<Mutex<Option<Lane<String, ()>>>> = Arc::default();
    let settled = deliver_in_lanes(batch("a"), options(1), key, |mut lane| {
        lane.next_chunk(1);
        *kept.lock().unwrap() = Some(lane);
        future::ready(())
    })
    .await;
    kept.lock().unwrap().take().unwrap().report([Delivered]);
    let report = settled.take_rejected().1.report(Ok::<(), &str>(()));
    assert_eq!(reasons(&report), [("1".to_owned(), BlockedKind::Unanswered)]);
}

#[tokio::test]
async fn chunks_are_bounded_and_end_where_records_do_not_go_together() {
    let sizes = Mutex::new(Vec::new());
    let sizes_of = &sizes;
    let one_lane = |_: &Item<()>| ();
    let settled = deliver_in_lanes(batch("aaabbaaaaa"), options(1), one_lane, |mut lane| async move {
        while let Some(chunk) = lane.next_chunk_by(4, |a, b| a.record.partition_key == b.record.partition_key)
        {
            let count = chunk.len();
            sizes_of.lock().unwrap().push(count);
            lane.report(vec![Delivered; count]);
        }
    })
    .await;
    assert!(
        settled
            .take_rejected()
            .1
            .report(Ok::<(), &str>(()))
            .blocked()
            .is_empty()
    );
    assert_eq!(*sizes.lock().unwrap(), [3, 2, 4, 1]);
}

#[tokio::test]
async fn a_chunk_of_at_most_zero_holds_one() {
    let settled = deliver_in_lanes(batch("aa"), options(1), key, |mut lane| async move {
        while let Some(chunk) = lane.next_chunk(0) {
            assert_eq!(chunk.len(), 1);
            lane.report([Delivered]);
        }
    })
    .await;
    assert!(
        settled
            .take_rejected()
            .1
            .report(Ok::<(), &str>(()))
            .blocked()
            .is_empty()
    );
}

/// A deadline that passes once it has been looked at `looks` times.
fn deadline_after(looks: usize) -> Deadline {
    let left = AtomicUsize::new(looks);
    Deadline::new(Duration::ZERO, move || {
        let passed = left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1))
            .is_err();
        if passed {
            Duration::ZERO
        } else {
            Duration::from_secs(1)
        }
    })
}

#[tokio::test]
async fn nothing_starts_after_the_deadline() {
    let options = LaneOptions {
        concurrency: 2,
        deadline: deadline_after(0),
    };
    let report = deliver(batch("ab"), options, |_| panic!("no time is left")).await;
    assert_eq!(
        reasons(&report),
        [
            ("1".to_owned(), BlockedKind::Deadline),
            ("2".to_owned(), BlockedKind::Deadline)
        ]
    );
    assert_eq!(report.summary(0).deadline_stopped, 2);
}

#[tokio::test]
async fn the_deadline_stops_a_lane_between_chunks() {
    // One look to start the lane, one for each of two chunks.
    let options = LaneOptions {
        concurrency: 1,
        deadline: deadline_after(3),
    };
    let report = deliver(batch("aaaa"), options, |_| Delivered).await;
    assert_eq!(numbers(report.delivered()), ["1", "2"]);
    assert_eq!(
        reasons(&report),
        [
            ("3".to_owned(), BlockedKind::Deadline),
            ("4".to_owned(), BlockedKind::Deadline)
        ]
    );
}

#[tokio::test]
async fn as_many_lanes_run_at_once_as_allowed() {
    for (concurrency, expected) in [(0, 1), (1, 1), (3, 3), (9, 5)] {
        let (running, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let (running, most) = (&running, &most);
        let settled = deliver_in_lanes(
            batch("abcdeabcde"),
            options(concurrency),
            key,
            |mut lane| async move {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                while lane.next_chunk(1).is_some() {
                    tokio::task::yield_now().await;
                    lane.report([Delivered]);
                }
                running.fetch_sub(1, Ordering::SeqCst);
            },
        )
        .await;
        assert!(
            settled
                .take_rejected()
                .1
                .report(Ok::<(), &str>(()))
                .blocked()
                .is_empty()
        );
        assert_eq!(most.load(Ordering::SeqCst), expected, "concurrency {concurrency}");
    }
}

#[tokio::test]
async fn delivery_can_move_between_threads() {
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    let report = is_send(deliver(batch("a"), options(1), |_| Delivered)).await;
    assert_eq!(report.delivered().len(), 1);
}
