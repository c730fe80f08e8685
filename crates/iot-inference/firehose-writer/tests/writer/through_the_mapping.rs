//! The function behind Lambda's mapping, with everything going wrong on the way: nothing is lost, what is poison is a
//! dead letter, and the archive without its repeats is what was sent.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bytes::Bytes;
use event_source_mapping::simulation::{CompletionOrder, Ending, START, SimulatedStream, Simulation};
use event_source_mapping::{InvokeResult, MappingSettings};
use firehose_writer::Handler;
use proptest::prelude::*;
use put_many::firehose::PutRecordBatch;
use serde_json::{Value, json};
use telemetry::MeasuredAt;

use crate::support::events::reading;
use crate::support::firehose::Firehose;
use crate::support::handler;
use crate::support::letters::Letters;
use crate::support::trouble::Trouble;

/// What a device puts onto the stream.
#[derive(Debug, Clone, Copy)]
enum Action {
    /// Its next reading.
    Next,
    /// A reading that it has sent before, if there is one.
    Again,
    /// Something that can never be archived, of a kind by number.
    Poison(u8),
}

#[derive(Debug, Clone, Copy)]
struct Step {
    device: usize,
    action: Action,
    /// Milliseconds that pass before it.
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

const DEVICES: usize = 6;

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let action = prop_oneof![
        10 => Just(Action::Next),
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

/// One run: the stream behind the mapping, the function, Firehose, and what can go wrong.
struct Run {
    simulation: Simulation,
    /// How many readings each device has made.
    made: [u64; DEVICES],
    /// By sequence number on the stream, the reading in there as its line in the archive must be.
    readings: BTreeMap<String, Value>,
    /// By sequence number on the stream.
    poison: BTreeMap<String, String>,
    firehose: Firehose,
    letters: &'static Letters,
    handler: Handler<PutRecordBatch, &'static Letters>,
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
                "arn:aws:lambda:us-east-1:000000000000:function:firehose-writer",
            )
        };
        let trouble = Trouble::new(case.faults, case.fault_rate);
        let firehose = Firehose::new(trouble.clone());
        let letters: &Letters = Box::leak(Box::default());
        Self {
            simulation: Simulation::new(settings.validate().expect("a valid mapping"), stream)
                .with_completion_order(CompletionOrder::Shuffled(case.faults)),
            made: [0; DEVICES],
            readings: BTreeMap::new(),
            poison: BTreeMap::new(),
            handler: handler(&firehose, letters),
            firehose,
            letters,
            trouble,
            time_limit: Duration::from_millis(case.time_limit),
        }
    }

    fn take(&mut self, steps: &[Step]) {
        for step in steps {
            self.simulation.advance(Duration::from_millis(step.pause));
            let (device, made) = (format!("d-{}", step.device), self.made[step.device]);
            match step.action {
                Action::Next => {
                    self.made[step.device] += 1;
                    self.put_reading(&device, made);
                }
                Action::Again if made == 0 => {}
                Action::Again => self.put_reading(&device, self.trouble.draw(made)),
                Action::Poison(kind) => {
                    let payload = poison(&device, kind);
                    let stream = self.simulation.stream_mut();
                    let number = stream.put(&device, payload.clone());
                    self.poison.insert(number.as_str().to_owned(), payload);
                }
            }
        }
    }

    fn put_reading(&mut self, device: &str, sequence: u64) {
        let mut reading = reading(device, sequence);
        let stream = self.simulation.stream_mut();
        let number = stream.put(device, reading.to_string());
        reading["arrivedAt"] = json!(self.now().to_string());
        self.readings.insert(number.as_str().to_owned(), reading);
    }

    /// As the stream tells it of a record that comes now.
    fn now(&self) -> MeasuredAt {
        let start: MeasuredAt = "2026-01-01T00:00:00Z".parse().expect("a time");
        let since = i64::try_from(self.simulation.now().since(START).as_micros()).expect("a run of hours");
        MeasuredAt::from_unix_micros(start.unix_micros() + since).expect("a time")
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

    /// The lines of the archive, each once.
    fn lines(&self) -> BTreeSet<String> {
        self.firehose.lines().into_iter().collect()
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
    handler: &Handler<PutRecordBatch, &'static Letters>,
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
    the_archive_is_what_was_sent(&run)
}

/// Every record that is acknowledged is in the archive, or in the dead letters.
fn nothing_is_lost_so_far(run: &Run) -> Result<(), TestCaseError> {
    let archived: BTreeSet<_> = run.firehose.reading_ids().into_iter().collect();
    let letters = run.letters();
    for acknowledged in run.simulation.acknowledged() {
        let number = acknowledged.as_str();
        let is_kept = match run.readings.get(number) {
            Some(reading) => archived.contains(reading["readingId"].as_str().expect("text")),
            None => letters.contains_key(number),
        };
        prop_assert!(is_kept, "{} is lost", number);
    }
    Ok(())
}

/// Each line is a reading as it was sent, and a repeat is the same bytes.
fn the_archive_is_what_was_sent(run: &Run) -> Result<(), TestCaseError> {
    let (object, lines) = (run.firehose.object(), run.lines());
    prop_assert!(
        object.is_empty() || object.ends_with('\n'),
        "the last line is whole"
    );
    // What was sent twice, and arrived at one time, is one line.
    let sent: BTreeSet<_> = run.readings.values().map(Value::to_string).collect();
    let archived = lines.iter().map(|line| {
        let line: Value = serde_json::from_str(line).expect("a line is JSON");
        line.to_string()
    });
    prop_assert_eq!(archived.collect::<BTreeSet<_>>(), sent.clone());
    prop_assert_eq!(lines.len(), sent.len());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_and_nothing_is_made_up(case in cases()) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        runtime.block_on(check(case))?;
    }
}
