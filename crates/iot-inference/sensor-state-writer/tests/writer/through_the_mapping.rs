//! The function behind Lambda's mapping, with everything going wrong on the way: nothing is lost, a sensor's state never
//! goes backwards, what is poison is a dead letter, and the tables end with what was sent.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bytes::Bytes;
use event_source_mapping::simulation::{CompletionOrder, Ending, SimulatedStream, Simulation};
use event_source_mapping::{InvokeResult, MappingSettings};
use proptest::prelude::*;
use serde_json::{Value, json};
use telemetry::{Reading, Version};

use crate::support::appsync::AppSync;
use crate::support::dynamodb::{DynamoDb, Key, version};
use crate::support::events::{measured, reading};
use crate::support::faults::{Always, Fate, NoFaults, Operation};
use crate::support::letters::Letters;
use crate::support::trouble::Trouble;
use crate::support::{Function, handler};

/// What a device puts onto the stream.
#[derive(Debug, Clone, Copy)]
enum Action {
    /// Its next reading, measured a second after the one before.
    Next,
    /// Its next reading, measured so many seconds earlier.
    Late(u64),
    /// A reading that it has sent before, if there is one.
    Again,
    /// Something that can never be stored, of a kind by number.
    Poison(u8),
}

#[derive(Debug, Clone, Copy)]
struct Step {
    device: usize,
    action: Action,
    /// Milliseconds that pass before it.
    pause: u64,
}

/// How it goes with the subscribers.
#[derive(Debug, Clone, Copy)]
enum Subscribers {
    None,
    Well,
    AsEverythingElse,
    Never,
}

#[derive(Debug, Clone)]
struct Case {
    steps: Vec<Step>,
    subscribers: Subscribers,
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

const DEVICES: usize = 5;

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let action = prop_oneof![
        10 => Just(Action::Next),
        5 => (0..20_u64).prop_map(Action::Late),
        3 => Just(Action::Again),
        2 => (0..6_u8).prop_map(Action::Poison),
    ];
    let pause = prop_oneof![4 => Just(0_u64), 1 => 1..100_000_u64];
    let step = (0..DEVICES, action, pause);
    let step = step.prop_map(|(device, action, pause)| Step {
        device,
        action,
        pause,
    });
    prop::collection::vec(step, 1..120)
}

fn subscribers() -> impl Strategy<Value = Subscribers> {
    prop_oneof![
        Just(Subscribers::None),
        Just(Subscribers::Well),
        Just(Subscribers::AsEverythingElse),
        Just(Subscribers::Never),
    ]
}

prop_compose! {
    fn cases()(
        steps in steps(),
        subscribers in subscribers(),
        shards in 1..4_u32,
        parallelization in 1..=10_i64,
        batch_size in 1..60_i64,
        bisect in any::<bool>(),
        splits in any::<bool>(),
        faults in any::<u64>(),
        fault_rate in 0..400_u64,
        time_limit in 60..600_u64,
    ) -> Case {
        Case { steps, subscribers, shards, parallelization, batch_size, bisect, splits, faults, fault_rate, time_limit }
    }
}

/// One run: the stream behind the mapping, the function, the tables, the subscribers, and what can go wrong.
struct Run {
    simulation: Simulation,
    /// Each device's readings, by number.
    made: [Vec<Value>; DEVICES],
    /// By sequence number on the stream.
    readings: BTreeMap<String, Reading>,
    /// By sequence number on the stream.
    poison: BTreeMap<String, String>,
    dynamodb: DynamoDb,
    appsync: AppSync,
    letters: &'static Letters,
    handler: Function<'static>,
    trouble: Trouble,
    time_limit: Duration,
}

impl Run {
    fn new(case: &Case) -> Self {
        let stream = SimulatedStream::kinesis("readings", case.shards);
        let settings = MappingSettings {
            batch_size: Some(case.batch_size),
            parallelization_factor: Some(case.parallelization),
            bisect_batch_on_function_error: Some(case.bisect),
            function_response_types: vec!["ReportBatchItemFailures".into()],
            ..MappingSettings::new(
                stream.arn(),
                "arn:aws:lambda:us-east-1:000000000000:function:sensor-state-writer",
            )
        };
        let trouble = Trouble::new(case.faults, case.fault_rate);
        let dynamodb = DynamoDb::new(trouble.clone());
        let appsync = match case.subscribers {
            Subscribers::None | Subscribers::Well => AppSync::new(NoFaults),
            Subscribers::AsEverythingElse => AppSync::new(trouble.clone()),
            Subscribers::Never => AppSync::new(Always(Operation::Publish, Fate::Fails(200, "Unauthorized"))),
        };
        let told = !matches!(case.subscribers, Subscribers::None);
        let letters: &Letters = Box::leak(Box::default());
        Self {
            simulation: Simulation::new(settings.validate().expect("a valid mapping"), stream)
                .with_completion_order(CompletionOrder::Shuffled(case.faults)),
            made: Default::default(),
            readings: BTreeMap::new(),
            poison: BTreeMap::new(),
            handler: handler(&dynamodb, told.then_some(&appsync), letters),
            dynamodb,
            appsync,
            letters,
            trouble,
            time_limit: Duration::from_millis(case.time_limit),
        }
    }

    fn take(&mut self, steps: &[Step]) {
        for step in steps {
            self.simulation.advance(Duration::from_millis(step.pause));
            let device = format!("d-{}", step.device);
            let made = &mut self.made[step.device];
            let number = made.len() as u64;
            let again = self.trouble.draw(number.max(1)) as usize;
            let sent = match step.action {
                Action::Next => Some(measured(&device, number, number)),
                Action::Late(seconds) => Some(measured(&device, number, number.saturating_sub(seconds))),
                Action::Again => None,
                Action::Poison(kind) => {
                    self.put_poison(&device, kind);
                    continue;
                }
            };
            made.extend(sent.clone());
            if let Some(reading) = sent.or_else(|| made.get(again).cloned()) {
                self.put_reading(&device, &reading);
            }
        }
    }

    fn put_reading(&mut self, device: &str, reading: &Value) {
        let payload = reading.to_string();
        let reading = telemetry::parse(payload.as_bytes()).expect("a reading");
        let number = self.simulation.stream_mut().put(device, payload);
        self.readings.insert(number.as_str().to_owned(), reading);
    }

    fn put_poison(&mut self, device: &str, kind: u8) {
        let payload = poison(device, kind);
        let number = self.simulation.stream_mut().put(device, payload.clone());
        self.poison.insert(number.as_str().to_owned(), payload);
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

    /// The dead letters' payloads by sequence number.
    fn letters(&self) -> BTreeMap<String, String> {
        let stored = self.letters.stored().into_iter();
        stored
            .map(|letter| {
                let payload = String::from_utf8(letter.payload.to_vec()).expect("text");
                (letter.sequence_number.as_str().to_owned(), payload)
            })
            .collect()
    }

    /// The newest reading that was sent of each sensor.
    fn newest(&self) -> BTreeMap<Key, &Reading> {
        let mut newest = BTreeMap::new();
        for reading in self.readings.values() {
            let best = newest.entry(sensor(reading)).or_insert(reading);
            if reading.is_newer_than(best) {
                *best = reading;
            }
        }
        newest
    }
}

fn sensor(reading: &Reading) -> Key {
    (reading.device_id().to_owned(), reading.sensor_id().to_owned())
}

fn poison(device: &str, kind: u8) -> String {
    let mut poison = reading(device, 0);
    match kind {
        0 => return "garbage".to_owned(),
        1 => poison["schemaVersion"] = json!(99),
        2 => poison["value"] = json!(-300),
        3 => poison["readingId"] = json!("d-1/other/7"),
        // A reading as good as any, of a device that did not send it.
        4 => poison = reading("another", 0),
        _ => drop(poison.as_object_mut().expect("an object").remove("site")),
    }
    poison.to_string()
}

/// As Lambda: an invocation that takes longer than it may, or that is killed, is a function error.
async fn invoke(
    handler: &Function<'static>,
    event: Bytes,
    time_limit: Duration,
    killed: bool,
) -> InvokeResult {
    let patience = if killed { time_limit / 4 } else { time_limit };
    let written = handler.write(&event, time_limit);
    match tokio::time::timeout(patience, written).await {
        Ok(Ok(response)) => InvokeResult::Returned(serde_json::to_vec(&response).expect("JSON").into()),
        Ok(Err(error)) => InvokeResult::FunctionError(error.to_string()),
        Err(_) => InvokeResult::FunctionError("timed out".to_owned()),
    }
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
    run.trouble.end();
    run.time_limit = Duration::from_secs(60);
    prop_assert_eq!(run.run(2_000).await, Ending::Drained);

    prop_assert!(
        run.simulation.pending().is_empty(),
        "a record is not acknowledged"
    );
    prop_assert!(run.simulation.discarded().is_empty(), "a record was given up");
    prop_assert_eq!(run.letters(), run.poison.clone());
    the_tables_have_what_was_sent(&run)?;
    no_state_went_backwards(&run)?;
    subscribers_were_told_of_states_only(&run)?;
    run.repeat_everything().await;
    the_tables_have_what_was_sent(&run)?;
    no_state_went_backwards(&run)?;
    if matches!(
        case.subscribers,
        Subscribers::Well | Subscribers::AsEverythingElse
    ) {
        subscribers_know_the_latest_states(&run)?;
    }
    Ok(())
}

/// Every record that is acknowledged is in the dead letters, or in the history and not newer than the latest state.
fn nothing_is_lost_so_far(run: &Run) -> Result<(), TestCaseError> {
    let history: BTreeSet<_> = run.dynamodb.history_ids().into_iter().collect();
    let (latest, letters) = (run.dynamodb.latest(), run.letters());
    for acknowledged in run.simulation.acknowledged() {
        let number = acknowledged.as_str();
        let Some(reading) = run.readings.get(number) else {
            prop_assert!(letters.contains_key(number), "{} is lost", number);
            continue;
        };
        prop_assert!(
            history.contains(&reading.reading_id()),
            "{} is not in the history",
            number
        );
        let state = latest.get(&sensor(reading)).map(version_of);
        prop_assert!(
            state.is_some_and(|state| state >= as_text(reading.version())),
            "{}",
            number
        );
    }
    Ok(())
}

fn the_tables_have_what_was_sent(run: &Run) -> Result<(), TestCaseError> {
    let history: BTreeSet<_> = run.dynamodb.history_ids().into_iter().collect();
    let sent: BTreeSet<_> = run.readings.values().map(Reading::reading_id).collect();
    prop_assert_eq!(&history, &sent);
    prop_assert_eq!(run.dynamodb.history().len(), sent.len());

    let latest = run.dynamodb.latest();
    let newest = run.newest();
    prop_assert_eq!(
        latest.keys().collect::<Vec<_>>(),
        newest.keys().collect::<Vec<_>>()
    );
    for (sensor, state) in &latest {
        prop_assert_eq!(version_of(state), as_text(newest[sensor].version()));
        let reading_id = newest[sensor].reading_id();
        prop_assert_eq!(&state["readingId"], &json!({"S": reading_id}));
    }
    Ok(())
}

fn no_state_went_backwards(run: &Run) -> Result<(), TestCaseError> {
    let mut before = BTreeMap::new();
    for state in run.dynamodb.states() {
        let version = version_of(&state);
        let sensor = (state["deviceId"].to_string(), state["sensorId"].to_string());
        let earlier = before.insert(sensor, version.clone());
        prop_assert!(earlier.is_none_or(|earlier| earlier < version), "{:?}", version);
    }
    Ok(())
}

fn subscribers_were_told_of_states_only(run: &Run) -> Result<(), TestCaseError> {
    let states = run.dynamodb.states().into_iter();
    let states: BTreeSet<_> = states.map(|state| state["readingId"]["S"].to_string()).collect();
    for published in run.appsync.published() {
        let id = published["readingId"].to_string();
        prop_assert!(states.contains(&id), "{} never was a state", id);
    }
    Ok(())
}

/// A repeat of what is the latest state is told of once more: whoever missed it knows it then.
fn subscribers_know_the_latest_states(run: &Run) -> Result<(), TestCaseError> {
    let told: BTreeSet<_> = run.appsync.published_ids().into_iter().collect();
    for id in run.dynamodb.latest_ids() {
        prop_assert!(told.contains(&id), "nobody was told of {}", id);
    }
    Ok(())
}

fn version_of(item: &Value) -> (String, u64) {
    version(&item["measuredAt"], &item["sequence"])
}

fn as_text(
    Version {
        measured_at,
        sequence,
    }: Version,
) -> (String, u64) {
    (measured_at.fixed_width(), sequence)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_and_no_state_goes_backwards(case in cases()) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        runtime.block_on(check(case))?;
    }
}
