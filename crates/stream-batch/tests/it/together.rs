//! A batch that is delivered at once: the rules one at a time, then whatever the handler answers.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;
use stream_batch::Outcome::{self, Delivered};
use stream_batch::{
    Batch, Blocked, BlockedKind, Deadline, Item, Rejection, Report, deliver_together, kinesis,
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

fn key(item: &Item<()>) -> &str {
    &item.record.partition_key
}

/// `+` delivered, `-` blocked by the sink, `x` refused.
fn outcome(letter: char) -> Outcome {
    match letter {
        '+' => Delivered,
        'x' => Outcome::Rejected(Rejection::refused("never", 1)),
        _ => Outcome::Blocked(Blocked::sink("busy")),
    }
}

async fn deliver(keys: &str, outcomes: &str) -> Report {
    let outcomes: Vec<_> = outcomes.chars().map(outcome).collect();
    let handler = |_, _| async { outcomes };
    let settled = deliver_together(batch(keys), Deadline::never(), key, handler).await;
    settled.take_rejected().1.report(Ok::<(), &str>(()))
}

/// The blocked records and why.
fn reasons(report: &Report) -> Vec<(String, BlockedKind)> {
    let blocked = report.blocked().iter();
    blocked
        .map(|record| (record.id.to_string(), record.blocked.kind))
        .collect()
}

fn all(kind: BlockedKind) -> Vec<(String, BlockedKind)> {
    ["1", "2", "3"].map(|number| (number.to_owned(), kind)).to_vec()
}

#[tokio::test]
async fn outcomes_are_matched_by_position() {
    let report = deliver("abc", "+x-").await;
    assert_eq!(report.delivered()[0].to_string(), "1");
    assert_eq!(report.rejected()[0].to_string(), "2");
    assert_eq!(reasons(&report), [("3".to_owned(), BlockedKind::Sink)]);
    assert_eq!(report.checkpoint().unwrap().as_str(), "3");
}

#[tokio::test]
async fn what_is_done_after_a_blocked_record_of_its_key_is_not_believed() {
    let report = deliver("ababaa", "+-++x-").await;
    assert_eq!(
        reasons(&report),
        [
            ("2".to_owned(), BlockedKind::Sink),
            ("4".to_owned(), BlockedKind::LaneStopped),
            ("6".to_owned(), BlockedKind::Sink),
        ]
    );
}

#[tokio::test]
async fn a_wrong_number_of_outcomes_blocks_every_record() {
    for outcomes in ["", "++", "++++"] {
        let report = deliver("abc", outcomes).await;
        assert_eq!(
            reasons(&report),
            all(BlockedKind::WrongOutcomeCount),
            "{outcomes:?}"
        );
    }
}

#[tokio::test]
async fn a_panic_blocks_every_record() {
    let handler = |_, _| async { std::panic::resume_unwind(Box::new("as tested")) };
    let settled = deliver_together(batch("abc"), Deadline::never(), key, handler).await;
    let report = settled.take_rejected().1.report(Ok::<(), &str>(()));
    assert_eq!(reasons(&report), all(BlockedKind::Panicked));
    assert_eq!(report.summary(0).panicked_lanes, 1);
}

#[tokio::test]
async fn a_panic_before_the_first_await_blocks_every_record() {
    let handler =
        |_, _| -> std::future::Ready<Vec<Outcome>> { std::panic::resume_unwind(Box::new("as tested")) };
    let settled = deliver_together(batch("abc"), Deadline::never(), key, handler).await;
    let report = settled.take_rejected().1.report(Ok::<(), &str>(()));
    assert_eq!(reasons(&report), all(BlockedKind::Panicked));
}

#[tokio::test]
async fn after_the_deadline_the_handler_is_not_called() {
    let over = Deadline::new(Duration::ZERO, || Duration::ZERO);
    let handler = |_, _| async { panic!("no time to run") };
    let settled = deliver_together(batch("abc"), over, key, handler).await;
    let report = settled.take_rejected().1.report(Ok::<(), &str>(()));
    assert_eq!(reasons(&report), all(BlockedKind::Deadline));
    assert_eq!(report.summary(0).deadline_stopped, 3);
}

#[tokio::test]
async fn the_handler_is_not_called_for_no_items() {
    let handler = |_, _| async { panic!("nothing to do") };
    let settled = deliver_together(batch(""), Deadline::never(), key, handler).await;
    let report = settled.take_rejected().1.report(Ok::<(), &str>(()));
    assert_eq!(report.response(), stream_batch::BatchResponse::default());
}

#[tokio::test]
async fn what_was_rejected_before_is_rejected_still() {
    let rejected = batch("ab").parse(|record| match record.partition_key.as_str() {
        "a" => Err(Rejection::invalid("not wanted")),
        _ => Ok(()),
    });
    let settled = deliver_together(rejected, Deadline::never(), key, |_, _| async { vec![Delivered] }).await;
    let (letters, unreported) = settled.take_rejected();
    assert_eq!(letters.len(), 1);
    let report = unreported.report(Ok::<(), &str>(()));
    assert_eq!((report.delivered().len(), report.rejected().len()), (1, 1));
}

proptest! {
    /// Whatever is answered: every record has one outcome, a key stops at its first blocked record, and the lowest is
    /// the checkpoint.
    #[test]
    fn nothing_is_lost_and_order_holds(records in prop::collection::vec(("[a-d]", "[+x-]"), 0..40)) {
        let (keys, letters): (String, String) = records.iter().cloned().unzip();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let report = runtime.block_on(deliver(&keys, &letters));

        let summary = report.summary(0);
        prop_assert_eq!(summary.received, records.len());
        prop_assert_eq!(summary.received, summary.delivered + summary.rejected + summary.blocked);

        let mut first_blocked = BTreeMap::new();
        for (place, (key, letter)) in records.iter().enumerate() {
            if letter == "-" {
                first_blocked.entry(key.clone()).or_insert(place);
            }
        }
        let lowest = first_blocked.values().min().map(|place| (place + 1).to_string());
        prop_assert_eq!(report.checkpoint().map(|number| number.as_str().to_owned()), lowest);
        for id in report.delivered().iter().chain(report.rejected()) {
            let place = id.sequence_number.as_str().parse::<usize>().unwrap() - 1;
            let stop = first_blocked.get(&records[place].0);
            prop_assert!(stop.is_none_or(|stop| place < *stop), "{id} is done behind a blocked record");
        }
    }
}
