//! Whatever keys, outcomes, panics, wrong answers and deadlines come together: nothing is lost and order holds.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use stream_batch::{
    Batch, Blocked, Deadline, Item, LaneOptions, Outcome, RecordId, Rejection, Report, deliver_in_lanes,
    kinesis, versioned_json,
};

use crate::event::{event, kinesis_record};

/// What the sink does with a record.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum Act {
    Deliver,
    Refuse,
    Throttle,
    Panic,
    AnswerTooLittle,
    AnswerTooMuch,
    Leave,
    /// Not parsed at all: rejected before delivery.
    Poison,
}

/// A run of the whole path.
#[derive(Clone, Debug)]
struct Plan {
    records: Vec<(u8, Act)>,
    chunk: usize,
    concurrency: usize,
    /// How many looks at the clock find time left; `None` for no deadline.
    looks: Option<usize>,
    store_fails: bool,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        12 => Just(Act::Deliver),
        2 => Just(Act::Refuse),
        1 => Just(Act::Throttle),
        1 => Just(Act::Panic),
        1 => Just(Act::AnswerTooLittle),
        1 => Just(Act::AnswerTooMuch),
        1 => Just(Act::Leave),
        2 => Just(Act::Poison),
    ]
}

fn plan() -> impl Strategy<Value = Plan> {
    let records = prop::collection::vec((0..6u8, act()), 0..60);
    (
        records,
        1..5usize,
        1..5usize,
        prop::option::of(0..40usize),
        any::<bool>(),
    )
        .prop_map(|(records, chunk, concurrency, looks, store_fails)| Plan {
            records,
            chunk,
            concurrency,
            looks,
            store_fails,
        })
}

#[derive(Deserialize)]
struct Payload {
    act: Act,
}

impl Plan {
    fn batch(&self) -> Batch<Act> {
        let record = |(number, (key, act)): (u32, &(u8, Act))| {
            let payload = match act {
                Act::Poison => "poison".to_owned(),
                act => serde_json::json!({"schemaVersion": 1, "act": act}).to_string(),
            };
            kinesis_record(&number.to_string(), &key.to_string(), payload.as_bytes())
        };
        let records: Vec<_> = (1..).zip(&self.records).map(record).collect();
        let parse = |record: &stream_batch::StreamRecord| {
            versioned_json::parse::<Payload>(&record.data, &[1]).map(|payload| payload.act)
        };
        kinesis::decode(&event(&records)).unwrap().parse(parse)
    }

    fn deadline(&self) -> Deadline {
        let Some(looks) = self.looks else {
            return Deadline::never();
        };
        let left = AtomicUsize::new(looks);
        Deadline::new(Duration::ZERO, move || {
            let look = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
            look.map_or(Duration::ZERO, |_| Duration::from_secs(1))
        })
    }

    /// Runs the plan; returns what the sink was asked for, in order, and the report.
    async fn run(&self) -> (Vec<RecordId>, BTreeSet<RecordId>, Report) {
        let asked = Mutex::new(Vec::new());
        let (asked_of, chunk_size) = (&asked, self.chunk);
        let options = LaneOptions {
            concurrency: self.concurrency,
            deadline: self.deadline(),
        };
        let key = |item: &Item<Act>| item.record.partition_key.clone();
        let settled = deliver_in_lanes(self.batch(), options, key, |mut lane| async move {
            while let Some(chunk) = lane.next_chunk(chunk_size) {
                asked_of
                    .lock()
                    .unwrap()
                    .extend(chunk.iter().map(|item| item.record.id.clone()));
                let acts: Vec<Act> = chunk.iter().map(|item| item.value).collect();
                tokio::task::yield_now().await;
                let Some(outcomes) = answer(&acts) else { return };
                lane.report(outcomes);
            }
        })
        .await;
        let (dead_letters, unreported) = settled.take_rejected();
        let stored = dead_letters
            .batch()
            .map(|batch| batch.dead_letters.iter().map(|letter| letter.id()));
        let stored = stored.into_iter().flatten().collect();
        let report = unreported.report(if self.store_fails {
            Err("the store is away")
        } else {
            Ok(())
        });
        (asked.into_inner().unwrap(), stored, report)
    }

    /// Each key's records, poison left out.
    fn lanes(&self) -> BTreeMap<u8, Vec<(RecordId, Act)>> {
        let mut lanes: BTreeMap<u8, Vec<_>> = BTreeMap::new();
        for (number, (key, act)) in (1..)
            .zip(&self.records)
            .filter(|(_, (_, act))| *act != Act::Poison)
        {
            lanes.entry(*key).or_default().push((id(number), *act));
        }
        lanes
    }

    /// What must be delivered when time does not run out: of each lane, everything before its first trouble.
    fn deliverable(&self) -> BTreeSet<RecordId> {
        let mut deliverable = BTreeSet::new();
        for lane in self.lanes().values() {
            'lane: for chunk in lane.chunks(self.chunk) {
                if chunk
                    .iter()
                    .any(|(_, act)| !matches!(act, Act::Deliver | Act::Refuse | Act::Throttle))
                {
                    break 'lane;
                }
                for (id, act) in chunk {
                    match act {
                        Act::Deliver => deliverable.insert(id.clone()),
                        Act::Throttle => break 'lane,
                        _ => false,
                    };
                }
            }
        }
        deliverable
    }
}

/// The sink's answer for a chunk; `None` to leave without one.
fn answer(acts: &[Act]) -> Option<Vec<Outcome>> {
    if acts.contains(&Act::Leave) {
        return None;
    }
    if acts.contains(&Act::Panic) {
        // Unlike `panic!`, prints nothing.
        std::panic::resume_unwind(Box::new("as planned"));
    }
    let mut outcomes: Vec<Outcome> = acts.iter().map(outcome).collect();
    if acts.contains(&Act::AnswerTooLittle) {
        outcomes.pop();
    } else if acts.contains(&Act::AnswerTooMuch) {
        outcomes.push(Outcome::Delivered);
    }
    Some(outcomes)
}

fn outcome(act: &Act) -> Outcome {
    match act {
        Act::Refuse => Outcome::Rejected(Rejection::refused("refused", 1)),
        Act::Throttle => Outcome::Blocked(Blocked::sink("throttled")),
        _ => Outcome::Delivered,
    }
}

fn id(number: u32) -> RecordId {
    RecordId {
        sequence_number: number.to_string().parse().unwrap(),
        index: None,
    }
}

fn run(plan: &Plan) -> (Vec<RecordId>, BTreeSet<RecordId>, Report) {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(plan.run())
}

fn blocked(report: &Report) -> BTreeSet<RecordId> {
    report.blocked().iter().map(|record| record.id.clone()).collect()
}

proptest! {
    #[test]
    fn every_record_is_delivered_rejected_or_blocked_once(plan in plan()) {
        let (_, _, report) = run(&plan);
        let mut all: Vec<RecordId> = report.delivered().to_vec();
        all.extend(report.rejected().iter().cloned());
        all.extend(report.blocked().iter().map(|record| record.id.clone()));
        all.sort_unstable();
        let expected: Vec<RecordId> = (1..).take(plan.records.len()).map(id).collect();
        prop_assert_eq!(all, expected);

        let summary = report.summary(0);
        prop_assert_eq!(summary.received, plan.records.len());
        prop_assert_eq!(summary.delivered + summary.rejected + summary.blocked, summary.received);
    }

    #[test]
    fn the_sink_sees_each_key_in_order_and_nothing_beyond_its_first_trouble(plan in plan()) {
        let plan = Plan { store_fails: false, ..plan };
        let (asked, _, report) = run(&plan);
        let key_of: HashMap<RecordId, u8> = (1..).map(id).zip(plan.records.iter().map(|(key, _)| *key)).collect();
        let mut by_key: BTreeMap<u8, Vec<RecordId>> = BTreeMap::new();
        for id in asked {
            by_key.entry(key_of[&id]).or_default().push(id);
        }
        let blocked = blocked(&report);
        for (key, asked) in by_key {
            let lane: Vec<RecordId> = plan.lanes()[&key].iter().map(|(id, _)| id.clone()).collect();
            prop_assert_eq!(&asked[..], &lane[..asked.len()], "a lane is a prefix of its key's records");
            // The chunk with the first blocked record is the last one that the sink was asked for.
            if let Some(first) = asked.iter().position(|id| blocked.contains(id)) {
                prop_assert!(asked.len() <= (first / plan.chunk + 1) * plan.chunk);
            }
        }
    }

    #[test]
    fn the_checkpoint_is_the_lowest_blocked_record(plan in plan()) {
        let (_, _, report) = run(&plan);
        let lowest = report.blocked().iter().map(|record| record.id.sequence_number.clone()).min();
        prop_assert_eq!(report.checkpoint().cloned(), lowest.clone());
        let failures = report.response().batch_item_failures;
        let reported: Vec<_> = failures.into_iter().map(|failure| failure.item_identifier).collect();
        prop_assert_eq!(reported, Vec::from_iter(lowest));
    }

    #[test]
    fn what_is_acknowledged_is_delivered_or_stored(plan in plan()) {
        let (_, stored, report) = run(&plan);
        let delivered: BTreeSet<_> = report.delivered().iter().cloned().collect();
        let checkpoint = report.checkpoint().map(|number| RecordId::from(number.clone()));
        for id in (1..).take(plan.records.len()).map(id) {
            let acknowledged = checkpoint.as_ref().is_none_or(|checkpoint| id < *checkpoint);
            let safe = delivered.contains(&id) || (stored.contains(&id) && !plan.store_fails);
            prop_assert!(!acknowledged || safe, "record {} is acknowledged and lost", id);
        }
    }

    #[test]
    fn with_time_enough_everything_before_the_first_trouble_is_delivered(plan in plan()) {
        let plan = Plan { looks: None, ..plan };
        let (_, _, report) = run(&plan);
        prop_assert_eq!(report.delivered().iter().cloned().collect::<BTreeSet<_>>(), plan.deliverable());
    }

    #[test]
    fn without_trouble_everything_is_delivered_but_poison(mut plan in plan()) {
        plan.looks = None;
        plan.store_fails = false;
        for (_, act) in &mut plan.records {
            if *act != Act::Poison {
                *act = Act::Deliver;
            }
        }
        let (_, stored, report) = run(&plan);
        prop_assert!(report.blocked().is_empty());
        prop_assert_eq!(stored, report.rejected().iter().cloned().collect::<BTreeSet<_>>());
    }
}
