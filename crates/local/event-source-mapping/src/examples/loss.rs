//! Whatever a function does, no record is lost, and keys stay in order.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::json;

use super::{FUNCTION, config, reporting};
use crate::config::MappingConfig;
use crate::mapping::InvokeResult;
use crate::simulation::{CompletionOrder, Ending, PastInvocation, SimulatedStream, Simulation};
use crate::{MappingSettings, SequenceNumber};

/// What happens to a mapping, in turn.
#[derive(Clone, Debug)]
enum Happening {
    Put { key: u8 },
    Invoke(Outcome),
    Split { shard: usize },
    Merge { shard: usize },
}

#[derive(Clone, Debug)]
enum Outcome {
    Success,
    /// Records at these positions failed, modulo the size of the batch.
    Failed(Vec<usize>),
    Error,
    Throttled,
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        4 => Just(Outcome::Success),
        3 => prop::collection::vec(0_usize..20, 1..4).prop_map(Outcome::Failed),
        2 => Just(Outcome::Error),
        1 => Just(Outcome::Throttled),
    ]
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        8 => (0_u8..8).prop_map(|key| Happening::Put { key }),
        6 => outcome().prop_map(Happening::Invoke),
        1 => (0_usize..8).prop_map(|shard| Happening::Split { shard }),
        1 => (0_usize..8).prop_map(|shard| Happening::Merge { shard }),
    ]
}

prop_compose! {
    fn settings()(
        batch_size in 1_i64..8,
        factor in 1_i64..=10,
        retries in -1_i64..4,
        bisect: bool,
        window in prop::option::weighted(0.2, 1_i64..5),
    ) -> MappingConfig {
        let stream = SimulatedStream::kinesis("lambda-stream", 1);
        config(reporting(MappingSettings {
            batch_size: Some(batch_size),
            parallelization_factor: Some(factor),
            maximum_retry_attempts: Some(retries),
            bisect_batch_on_function_error: Some(bisect),
            maximum_batching_window_in_seconds: window,
            ..MappingSettings::new(stream.arn(), FUNCTION)
        }))
    }
}

proptest! {
    #[test]
    fn every_record_is_acknowledged_given_up_or_pending(
        config in settings(),
        happenings in prop::collection::vec(happening(), 0..120),
        seed: u64,
    ) {
        let stream = SimulatedStream::kinesis("lambda-stream", 2);
        let mut simulation =
            Simulation::new(config, stream).with_completion_order(CompletionOrder::Shuffled(seed));
        let mut put = BTreeMap::<String, Vec<SequenceNumber>>::new();
        for happening in happenings {
            happen(&mut simulation, happening, &mut put);
        }
        // What the function itself acknowledged, told without the model.
        prop_assert_eq!(simulation.acknowledged(), acknowledged(simulation.invocations()));
        // Nobody is both, and who is neither is still there.
        prop_assert!(simulation.acknowledged().is_disjoint(&simulation.discarded()));

        // The function recovers: everything comes to an end, and nothing was skipped.
        let ending = simulation.run(10_000, |_| InvokeResult::Returned("{}".into()));
        prop_assert_eq!(ending, Ending::Drained);
        let done: BTreeSet<_> = simulation.acknowledged().union(&simulation.discarded()).cloned().collect();
        prop_assert_eq!(done, put.values().flatten().cloned().collect::<BTreeSet<_>>());
        for (key, records) in &put {
            let first_occurrences: Vec<_> = simulation.first_occurrences(key).into_iter().cloned().collect();
            prop_assert_eq!(&first_occurrences, records, "key {}", key);
        }
    }
}

fn happen(
    simulation: &mut Simulation,
    happening: Happening,
    put: &mut BTreeMap<String, Vec<SequenceNumber>>,
) {
    match happening {
        Happening::Put { key } => {
            let key = format!("key-{key}");
            let number = simulation.stream_mut().put(&key, "{}");
            put.entry(key).or_default().push(number);
        }
        Happening::Invoke(outcome) => {
            let _ = simulation.run(1, |event| answer(&outcome, &event));
        }
        Happening::Split { shard } => {
            let open = simulation.stream_mut().open_shards();
            simulation
                .stream_mut()
                .split(&open[shard % open.len()])
                .expect("the shard is open");
        }
        Happening::Merge { shard } => {
            let open = simulation.stream_mut().open_shards();
            if let [lower, upper] = &open[shard % open.len()..(shard % open.len() + 2).min(open.len())] {
                simulation
                    .stream_mut()
                    .merge(lower, upper)
                    .expect("the shards are adjacent");
            }
        }
    }
}

fn answer(outcome: &Outcome, event: &[u8]) -> InvokeResult {
    match outcome {
        Outcome::Success => InvokeResult::Returned("{}".into()),
        Outcome::Error => InvokeResult::FunctionError("Unhandled".into()),
        Outcome::Throttled => InvokeResult::NotInvoked("TooManyRequestsException".into()),
        Outcome::Failed(positions) => {
            let event: serde_json::Value = serde_json::from_slice(event).expect("an event is JSON");
            let records = event["Records"].as_array().expect("records");
            let failed = positions
                .iter()
                .map(|position| &records[position % records.len()]);
            let items: Vec<_> = failed
                .map(|record| json!({"itemIdentifier": record["kinesis"]["sequenceNumber"]}))
                .collect();
            InvokeResult::Returned(json!({"batchItemFailures": items}).to_string().into())
        }
    }
}

/// Of every answer, the records before the lowest one that it reports.
fn acknowledged(invocations: &[PastInvocation]) -> BTreeSet<SequenceNumber> {
    let mut acknowledged = BTreeSet::new();
    for PastInvocation {
        invocation, result, ..
    } in invocations
    {
        let InvokeResult::Returned(answer) = result else {
            continue;
        };
        let answer: serde_json::Value = serde_json::from_slice(answer).expect("an answer is JSON");
        let items = answer["batchItemFailures"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let lowest = items
            .iter()
            .filter_map(|item| item["itemIdentifier"].as_str())
            .map(SequenceNumber::from)
            .min();
        let before = |record: &&SequenceNumber| lowest.as_ref().is_none_or(|lowest| *record < lowest);
        acknowledged.extend(invocation.records.iter().filter(before).cloned());
    }
    acknowledged
}
