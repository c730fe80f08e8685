//! The function behind Lambda's mapping, with everything going wrong on the way: nothing is lost, an item's changes
//! first come in order, what is poison is a dead letter, and whoever reads the stream ends with the table's items.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use dynamodb_stream_forwarder::Handler;
use event_source_mapping::simulation::{CompletionOrder, Ending, SimulatedStream, Simulation};
use event_source_mapping::{InvokeResult, MappingSettings};
use proptest::prelude::*;
use put_many::kinesis::PutRecords;
use serde_json::{Value, json};

use crate::support::current_state::{Items, current_state};
use crate::support::events::{STREAM_ARN, partition_key};
use crate::support::handler;
use crate::support::kinesis::{Fate, Faults, Kinesis};
use crate::support::letters::Letters;

/// What happens to an item of the table.
#[derive(Debug, Clone, Copy)]
enum Action {
    Put,
    Delete,
    Expire,
    /// A change that can never be forwarded, of a kind by number. The table has it all the same.
    Poison(u8),
}

#[derive(Debug, Clone, Copy)]
struct Step {
    line: u32,
    action: Action,
    /// Seconds that pass before it.
    pause: u64,
}

#[derive(Debug, Clone)]
struct Case {
    steps: Vec<Step>,
    shards: u32,
    parallelization: i64,
    batch_size: i64,
    bisect: bool,
    splits: bool,
    faults: u64,
    /// Of a thousand calls.
    fault_rate: u64,
    /// What an invocation has, in milliseconds.
    time_limit: u64,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let action = prop_oneof![
        10 => Just(Action::Put),
        3 => Just(Action::Delete),
        1 => Just(Action::Expire),
        2 => (0..5_u8).prop_map(Action::Poison),
    ];
    let pause = prop_oneof![4 => Just(0_u64), 1 => 1..100_u64];
    let step = (0..6_u32, action, pause).prop_map(|(line, action, pause)| Step { line, action, pause });
    prop::collection::vec(step, 1..80)
}

prop_compose! {
    fn cases()(
        steps in steps(),
        shards in 1..4_u32,
        parallelization in 1..=10_i64,
        batch_size in 1..40_i64,
        bisect in any::<bool>(),
        splits in any::<bool>(),
        faults in any::<u64>(),
        fault_rate in 0..500_u64,
        time_limit in 40..400_u64,
    ) -> Case {
        Case { steps, shards, parallelization, batch_size, bisect, splits, faults, fault_rate, time_limit }
    }
}

/// The table, and what its stream tells of it.
#[derive(Default)]
struct Table {
    items: BTreeMap<u32, Value>,
    /// The items that a reader of the changes that can be forwarded ends with, in plain JSON.
    readable: Items,
    versions: u32,
}

impl Table {
    /// The change that a step makes, in DynamoDB's own form without what the stream adds; `None` where it changes nothing.
    fn change(&mut self, step: Step) -> Option<Value> {
        let keys = json!({"orderId": {"S": "o-1"}, "line": {"N": step.line.to_string()}});
        let old = self.items.remove(&step.line);
        let mut change = json!({ "dynamodb": {"Keys": keys} });
        match step.action {
            Action::Put | Action::Poison(_) => {
                self.versions += 1;
                change["eventName"] = json!(if old.is_some() { "MODIFY" } else { "INSERT" });
                change["dynamodb"]["NewImage"] = self.image(step);
                self.items
                    .insert(step.line, change["dynamodb"]["NewImage"].clone());
            }
            Action::Delete | Action::Expire => {
                old.as_ref()?;
                change["eventName"] = json!("REMOVE");
            }
        }
        if let Action::Expire = step.action {
            change["userIdentity"] = json!({"type": "Service", "principalId": "dynamodb.amazonaws.com"});
        }
        if let Action::Poison(4) = step.action {
            change["eventName"] = json!("UPSERT");
        }
        // What is wrong with an image is in the new one only: the next change of the item is good again.
        let old = old.filter(|old| old.get("poison").is_none());
        if let Some(old) = old {
            change["dynamodb"]["OldImage"] = old;
        }
        self.note_readable(step, &change);
        Some(change)
    }

    fn image(&self, step: Step) -> Value {
        let mut image = json!({
            "orderId": {"S": "o-1"},
            "line": {"N": step.line.to_string()},
            "version": {"N": self.versions.to_string()},
            "tags": {"SS": ["a", "b"]},
        });
        if let Action::Poison(kind) = step.action {
            image["poison"] = match kind {
                0 => json!({"N": "twelve"}),
                1 => json!({"X": "unknown"}),
                2 => json!({"S": "x".repeat(2_000)}),
                3 => json!({"L": [{"B": "?"}]}),
                _ => json!({"BOOL": true}),
            };
        }
        image
    }

    fn note_readable(&mut self, step: Step, change: &Value) {
        let key = json!({"orderId": "o-1", "line": step.line}).to_string();
        match step.action {
            Action::Poison(_) => {}
            Action::Delete | Action::Expire => drop(self.readable.remove(&key)),
            Action::Put => {
                let version = change["dynamodb"]["NewImage"]["version"]["N"]
                    .as_str()
                    .expect("text");
                let version: Value = version.parse().expect("a number");
                let item =
                    json!({"orderId": "o-1", "line": step.line, "version": version, "tags": ["a", "b"]});
                self.readable.insert(key, item);
            }
        }
    }
}

/// Seeded trouble, which can be switched off.
#[derive(Clone)]
struct Trouble {
    seed: Arc<AtomicU64>,
    on: Arc<AtomicBool>,
    rate: u64,
}

impl Trouble {
    /// A number below `bound`; splitmix64.
    fn draw(&self, bound: u64) -> u64 {
        let seed = self.seed.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
        let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound
    }

    fn strikes(&self) -> bool {
        self.on.load(Ordering::Relaxed) && self.draw(1_000) < self.rate
    }
}

impl Faults for Trouble {
    fn call(&self) -> Fate {
        if !self.strikes() {
            return Fate::Answered(Duration::from_millis(self.draw(20)));
        }
        match self.draw(7) {
            0 => Fate::Fails(400, "ProvisionedThroughputExceededException"),
            1 => Fate::Fails(503, "ServiceUnavailable"),
            2 => Fate::Fails(400, "AccessDeniedException"),
            3 => Fate::LostBefore,
            4 => Fate::LostAfter,
            5 => Fate::Panics,
            // The write comes to pass, the answer may come after the time is over.
            _ => Fate::Answered(Duration::from_millis(500)),
        }
    }

    fn entry(&self) -> Option<&'static str> {
        self.strikes().then_some("ProvisionedThroughputExceededException")
    }
}

/// One run: the table's stream behind the mapping, the function, Kinesis, and what can go wrong.
struct Run {
    simulation: Simulation,
    table: Table,
    /// By sequence number, what the stream was given; and which of it is poison.
    changes: BTreeMap<String, (u32, bool)>,
    kinesis: Kinesis,
    letters: &'static Letters,
    handler: Handler<PutRecords, &'static Letters>,
    trouble: Trouble,
    time_limit: Duration,
}

impl Run {
    fn new(case: &Case) -> Self {
        let stream = SimulatedStream::dynamodb("Orders", case.shards);
        assert_eq!(stream.arn(), STREAM_ARN);
        let settings = MappingSettings {
            batch_size: Some(case.batch_size),
            parallelization_factor: Some(case.parallelization),
            bisect_batch_on_function_error: Some(case.bisect),
            function_response_types: vec!["ReportBatchItemFailures".into()],
            ..MappingSettings::new(
                stream.arn(),
                "arn:aws:lambda:us-east-1:000000000000:function:forwarder",
            )
        };
        let trouble = Trouble {
            seed: Arc::new(AtomicU64::new(case.faults)),
            on: Arc::new(AtomicBool::new(true)),
            rate: case.fault_rate,
        };
        let kinesis = Kinesis::new(trouble.clone());
        let letters: &Letters = Box::leak(Box::default());
        Self {
            simulation: Simulation::new(settings.validate().expect("a valid mapping"), stream)
                .with_completion_order(CompletionOrder::Shuffled(case.faults)),
            table: Table::default(),
            changes: BTreeMap::new(),
            handler: handler(&kinesis, letters, &[("MAX_RECORD_SIZE_KIB", "2")]),
            kinesis,
            letters,
            trouble,
            time_limit: Duration::from_millis(case.time_limit),
        }
    }

    fn take(&mut self, steps: &[Step]) {
        for step in steps {
            self.simulation.advance(Duration::from_secs(step.pause));
            let Some(change) = self.table.change(*step) else {
                continue;
            };
            let key = partition_key("o-1", step.line);
            let number = self.simulation.stream_mut().put(&key, change.to_string());
            let is_poison = matches!(step.action, Action::Poison(_));
            self.changes
                .insert(number.as_str().to_owned(), (step.line, is_poison));
        }
    }

    fn split(&mut self) {
        let stream = self.simulation.stream_mut();
        let open = stream.open_shards();
        stream.split(&open[0]).expect("an open shard");
    }

    async fn run(&mut self, limit: usize) -> Ending {
        let Self {
            simulation,
            handler,
            trouble,
            letters,
            time_limit,
            ..
        } = self;
        simulation
            .run_async(limit, |event| {
                letters.set_down(trouble.strikes());
                invoke(handler, event, *time_limit, trouble.strikes())
            })
            .await
    }

    /// Gives the function everything once more that it was ever given.
    async fn repeat_everything(&self) {
        for past in self.simulation.invocations() {
            let event = past.invocation.event.clone();
            let _ = invoke(&self.handler, event, Duration::from_secs(3_600), false).await;
        }
    }

    fn documents(&self) -> Vec<Value> {
        self.kinesis.stored().iter().map(|record| record.json()).collect()
    }

    fn letters(&self) -> BTreeSet<String> {
        let stored = self.letters.stored().into_iter();
        stored
            .map(|letter| letter.sequence_number.as_str().to_owned())
            .collect()
    }

    /// By item, the sequence numbers of its changes, as the stream first had them.
    fn first_occurrences(&self) -> BTreeMap<u32, Vec<String>> {
        let (mut seen, mut first) = (BTreeSet::new(), BTreeMap::<_, Vec<_>>::new());
        for document in self.documents() {
            let line = document["keys"]["line"].as_u64().expect("a number") as u32;
            let number = document["sequenceNumber"].as_str().expect("text").to_owned();
            if seen.insert(number.clone()) {
                first.entry(line).or_default().push(number);
            }
        }
        first
    }

    /// By item, the sequence numbers of the changes that can be forwarded.
    fn forwardable(&self) -> BTreeMap<u32, Vec<String>> {
        let mut forwardable = BTreeMap::<_, Vec<_>>::new();
        for (number, (line, _)) in self.changes.iter().filter(|(_, (_, is_poison))| !is_poison) {
            forwardable.entry(*line).or_default().push(number.clone());
        }
        forwardable
    }

    fn poison(&self) -> BTreeSet<String> {
        let poison = self.changes.iter().filter(|(_, (_, is_poison))| *is_poison);
        poison.map(|(number, _)| number.clone()).collect()
    }
}

/// As Lambda: an invocation that takes longer than it may, or that is killed, is a function error.
async fn invoke(
    handler: &Handler<PutRecords, &'static Letters>,
    event: Bytes,
    time_limit: Duration,
    killed: bool,
) -> InvokeResult {
    let event = as_dynamodb_tells_it(&event);
    let patience = if killed { time_limit / 4 } else { time_limit };
    let forwarded = handler.forward(&event, time_limit);
    match tokio::time::timeout(patience, forwarded).await {
        Ok(Ok(response)) => InvokeResult::Returned(serde_json::to_vec(&response).expect("JSON").into()),
        Ok(Err(error)) => InvokeResult::FunctionError(error.to_string()),
        Err(_) => InvokeResult::FunctionError("timed out".to_owned()),
    }
}

/// The simulated stream keeps text for a key. Here the text is the change, which takes the record's place, with the
/// record's own sequence number, time, event id and source.
fn as_dynamodb_tells_it(event: &[u8]) -> Vec<u8> {
    let mut event: Value = serde_json::from_slice(event).expect("JSON");
    for record in event["Records"].as_array_mut().expect("records") {
        let text = record["dynamodb"]["NewImage"]["data"]["S"]
            .as_str()
            .expect("text");
        let change: Value = serde_json::from_str(text).expect("a change");
        let parts = record["dynamodb"].as_object_mut().expect("an object");
        parts.remove("NewImage");
        parts.extend(change["dynamodb"].as_object().expect("an object").clone());
        for name in ["eventName", "userIdentity"] {
            if let Some(value) = change.get(name) {
                record[name] = value.clone();
            }
        }
    }
    event.to_string().into_bytes()
}

async fn check(case: Case) -> Result<(), TestCaseError> {
    let mut run = Run::new(&case);
    let (before, after) = case.steps.split_at(case.steps.len() / 2);
    run.take(before);
    let _ = run.run(3).await;
    nothing_is_lost_so_far(&run)?;
    if case.splits {
        run.split();
    }
    run.take(after);
    let _ = run.run(50).await;
    nothing_is_lost_so_far(&run)?;
    // The trouble ends, and what it left behind is worked off.
    run.trouble.on.store(false, Ordering::Relaxed);
    run.time_limit = Duration::from_secs(60);
    prop_assert_eq!(run.run(2_000).await, Ending::Drained);

    prop_assert!(
        run.simulation.pending().is_empty(),
        "a record is not acknowledged"
    );
    prop_assert!(run.simulation.discarded().is_empty(), "a record was given up");
    prop_assert_eq!(run.letters(), run.poison());
    for letter in run.letters.stored() {
        let payload: Value = serde_json::from_slice(&letter.payload).expect("JSON");
        prop_assert!(
            payload["dynamodb"]["NewImage"].get("poison").is_some(),
            "a payload"
        );
    }
    prop_assert_eq!(run.first_occurrences(), run.forwardable());
    repeats_are_equal(&run)?;
    any_reader_ends_with_the_tables_items(&run)?;
    run.repeat_everything().await;
    repeats_are_equal(&run)?;
    any_reader_ends_with_the_tables_items(&run)
}

/// Every change is on the stream, or in the dead letters, or still to come; and an item's changes come in order.
fn nothing_is_lost_so_far(run: &Run) -> Result<(), TestCaseError> {
    let mut kept = run.letters();
    let forwardable = run.forwardable();
    for (line, first) in run.first_occurrences() {
        prop_assert!(
            forwardable[&line].starts_with(&first),
            "line {}: {:?}",
            line,
            first
        );
        kept.extend(first);
    }
    for acknowledged in run.simulation.acknowledged() {
        prop_assert!(kept.contains(acknowledged.as_str()), "{} is lost", acknowledged);
    }
    Ok(())
}

/// A change that is on the stream twice is the same bytes both times.
fn repeats_are_equal(run: &Run) -> Result<(), TestCaseError> {
    let mut by_event = BTreeMap::new();
    for record in run.kinesis.stored() {
        let event_id = record.json()["eventId"].as_str().expect("text").to_owned();
        let first = by_event.entry(event_id).or_insert_with(|| record.clone());
        prop_assert_eq!(&*first, &record);
    }
    let forwarded = run.changes.len() - run.poison().len();
    prop_assert_eq!(by_event.len(), forwarded, "each change has an id of its own");
    Ok(())
}

/// In whatever order the stream's records come, and however often.
fn any_reader_ends_with_the_tables_items(run: &Run) -> Result<(), TestCaseError> {
    let mut documents = run.documents();
    let readable = readable(&run.table);
    prop_assert_eq!(current_state(&documents), readable.clone());
    for _ in 0..3 {
        let again = run.trouble.draw(documents.len() as u64 + 1) as usize;
        documents.extend_from_within(..again);
        for place in (1..documents.len()).rev() {
            documents.swap(place, run.trouble.draw(place as u64 + 1) as usize);
        }
        prop_assert_eq!(current_state(&documents), readable.clone());
    }
    Ok(())
}

fn readable(table: &Table) -> Items {
    let normal = |key: &String| serde_json::from_str::<Value>(key).expect("JSON").to_string();
    table
        .readable
        .iter()
        .map(|(key, item)| (normal(key), item.clone()))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_and_order_is_kept(case in cases()) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        runtime.block_on(check(case))?;
    }
}
