//! Tumbling windows.
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html>

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use super::{reporting, simulation};
use crate::mapping::InvokeResult;
use crate::rules::Rules;
use crate::simulation::{Ending, Simulation};
use crate::{MappingSettings, STATE_MAX_BYTES};

/// What a test looks at of an event: how many records of each key the state has, how many records come, the window's
/// start, and the two flags.
#[derive(Clone, Debug, PartialEq)]
struct Seen {
    state: Value,
    records: usize,
    start: String,
    is_final: bool,
    early: bool,
}

/// The documentation's `Handler.py`: counts records by partition key.
fn aggregate(event: &Value) -> Value {
    let mut state = event["state"].clone();
    for record in event["Records"].as_array().expect("records") {
        let key = record["kinesis"]["partitionKey"].as_str().expect("a key");
        state[key] = (state[key].as_u64().unwrap_or(0) + 1).into();
    }
    json!({"state": state})
}

fn windowed(settings: MappingSettings) -> MappingSettings {
    MappingSettings {
        tumbling_window_in_seconds: Some(120),
        batch_size: Some(2),
        ..settings
    }
}

/// Runs to the end with this handler; tells what it saw.
fn run(simulation: &mut Simulation, mut handler: impl FnMut(&Value) -> InvokeResult) -> Vec<Seen> {
    let mut seen = Vec::new();
    let ending = simulation.run(50, |event| {
        let event: Value = serde_json::from_slice(&event).expect("an event is JSON");
        seen.push(Seen {
            state: event["state"].clone(),
            records: event["Records"].as_array().expect("records").len(),
            start: event["window"]["start"].as_str().expect("a start").to_owned(),
            is_final: event["isFinalInvokeForWindow"].as_bool().expect("a flag"),
            early: event["isWindowTerminatedEarly"].as_bool().expect("a flag"),
        });
        handler(&event)
    });
    assert_eq!(ending, Ending::Drained);
    seen
}

fn returned(answer: &Value) -> InvokeResult {
    InvokeResult::Returned(Bytes::from(answer.to_string()))
}

fn seen(state: Value, records: usize, minute: u32) -> Seen {
    let start = format!("2026-01-01T00:{minute:02}:00Z");
    Seen {
        state,
        records,
        start,
        is_final: false,
        early: false,
    }
}

fn last(state: Value, minute: u32) -> Seen {
    Seen {
        is_final: true,
        ..seen(state, 0, minute)
    }
}

#[test]
fn the_state_is_handed_on_and_the_last_invocation_ends_the_window() {
    let mut simulation = simulation(windowed, Rules::documented());
    for key in ["1", "2", "1"] {
        simulation.stream_mut().put(key, "{}");
    }
    simulation.advance(Duration::from_secs(130));
    simulation.stream_mut().put("2", "{}");
    let seen_events = run(&mut simulation, |event| returned(&aggregate(event)));
    assert_eq!(
        seen_events,
        [
            seen(json!({}), 2, 0),
            seen(json!({"1": 1, "2": 1}), 1, 0),
            last(json!({"1": 2, "2": 1}), 0),
            seen(json!({}), 1, 2),
            last(json!({"2": 1}), 2),
        ]
    );
}

/// "If the response does not contain a `state` property, Lambda considers this a failed invocation."
#[test]
fn an_answer_without_state_is_a_failure() {
    let mut simulation = simulation(windowed, Rules::documented());
    simulation.stream_mut().put("1", "{}");
    let mut answers = vec![json!({"batchItemFailures": []})].into_iter();
    let seen_events = run(&mut simulation, |event| {
        returned(&answers.next().unwrap_or(aggregate(event)))
    });
    assert_eq!(
        seen_events,
        [
            seen(json!({}), 1, 0),
            seen(json!({}), 1, 0),
            last(json!({"1": 1}), 0)
        ]
    );
}

/// "If invocation is unsuccessful, your Lambda function suspends further processing until a successful invocation":
/// the next window waits, and no retry limit ends the wait.
#[test]
fn a_failed_last_invocation_suspends_the_shard() {
    let mut simulation = simulation(
        |settings| MappingSettings {
            maximum_retry_attempts: Some(0),
            ..windowed(settings)
        },
        Rules::documented(),
    );
    simulation.stream_mut().put("1", "{}");
    simulation.advance(Duration::from_secs(120));
    simulation.stream_mut().put("1", "{}");
    let mut failures = 2;
    let seen_events = run(&mut simulation, |event| {
        if event["isFinalInvokeForWindow"] == true && failures > 0 {
            failures -= 1;
            return InvokeResult::FunctionError("Unhandled".into());
        }
        returned(&aggregate(event))
    });
    let end = || last(json!({"1": 1}), 0);
    let next = [seen(json!({}), 1, 2), last(json!({"1": 1}), 2)];
    assert_eq!(
        seen_events,
        [vec![seen(json!({}), 1, 0), end(), end(), end()], Vec::from(next)].concat()
    );
}

/// "Your state can be a maximum of 1 MB per shard. If it exceeds that size, Lambda terminates the window early."
#[test]
fn too_large_a_state_ends_the_window_early() {
    for (bytes, early) in [(STATE_MAX_BYTES, false), (STATE_MAX_BYTES + 1, true)] {
        let mut simulation = simulation(windowed, Rules::documented());
        simulation.stream_mut().put("1", "{}");
        // The quotes of the JSON string count.
        let state = json!({"state": "x".repeat(bytes - 2)});
        let seen_events = run(&mut simulation, |_| returned(&state));
        let flags: Vec<_> = seen_events
            .iter()
            .map(|seen| (seen.is_final, seen.early))
            .collect();
        assert_eq!(flags, [(false, false), (true, early)], "{bytes} bytes");
    }
}

/// The shape of a `TimeWindowEventResponse` has both: what is acknowledged is in the state, the rest comes again.
#[test]
fn a_window_reports_partial_failures_too() {
    let mut simulation = simulation(
        |settings| MappingSettings {
            batch_size: Some(3),
            ..windowed(reporting(settings))
        },
        Rules::documented(),
    );
    for _ in 0..3 {
        simulation.stream_mut().put("1", "{}");
    }
    let mut first = true;
    let seen_events = run(&mut simulation, |event| {
        if std::mem::take(&mut first) {
            let failed = &event["Records"][2]["kinesis"]["sequenceNumber"];
            return returned(&json!({"state": {"1": 2}, "batchItemFailures": [{"itemIdentifier": failed}]}));
        }
        returned(&aggregate(event))
    });
    assert_eq!(
        seen_events,
        [
            seen(json!({}), 3, 0),
            seen(json!({"1": 2}), 1, 0),
            last(json!({"1": 3}), 0)
        ]
    );
}

/// "Tumbling window aggregations do not support resharding. When the shard ends, Lambda considers the window closed,
/// and the child shards start their own window in a fresh state."
#[test]
fn the_end_of_a_shard_ends_its_window() {
    let mut simulation = simulation(windowed, Rules::documented());
    simulation.stream_mut().put("1", "{}");
    let parent = simulation.stream_mut().open_shards().remove(0);
    simulation.stream_mut().split(&parent).expect("the shard is open");
    simulation.stream_mut().put("1", "{}");
    let seen_events = run(&mut simulation, |event| returned(&aggregate(event)));
    let one = || vec![seen(json!({}), 1, 0), last(json!({"1": 1}), 0)];
    assert_eq!(
        seen_events,
        [one(), one()].concat(),
        "all within the first two minutes"
    );
}
