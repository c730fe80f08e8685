//! What is read: starting positions, filters, both kinds of streams; and what is counted of it.

use std::time::Duration;

use serde_json::{Value, json};

use super::{FUNCTION, Says, config, simulation};
use crate::config::{FilterSettings, FiltersSettings};
use crate::mapping::{Checkpoint, InvokeResult, Mapping};
use crate::rules::Rules;
use crate::simulation::{Ending, START, SimulatedStream, Simulation};
use crate::{EventCounts, MappingSettings, Position};

/// "`TRIM_HORIZON` – process all records in the stream. `AT_TIMESTAMP` – process records starting from a specific time.
/// `LATEST` – process new records that are added to the stream."
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-create.html>
#[test]
fn a_mapping_reads_from_its_starting_position() {
    let at_30_seconds = START.plus(Duration::from_secs(30)).millis() as f64 / 1e3;
    for (position, timestamp, read) in [
        ("TRIM_HORIZON", None, vec![1, 2, 3]),
        ("AT_TIMESTAMP", Some(at_30_seconds), vec![2, 3]),
        ("LATEST", None, vec![3]),
    ] {
        let stream = SimulatedStream::kinesis("lambda-stream", 1);
        let mut simulation = Simulation::new(
            config(MappingSettings {
                starting_position: Some(position.into()),
                starting_position_timestamp: timestamp,
                ..MappingSettings::new(stream.arn(), FUNCTION)
            }),
            stream,
        );
        simulation.stream_mut().put("a", "{}");
        simulation.advance(Duration::from_secs(30));
        simulation.stream_mut().put("a", "{}");
        let _ = simulation.run(10, |_| Says::Done.result());
        simulation.stream_mut().put("a", "{}");
        assert_eq!(simulation.run(10, |_| Says::Done.result()), Ending::Drained);
        let acknowledged: Vec<_> = simulation.acknowledged().into_iter().collect();
        assert_eq!(super::numbers(&acknowledged), read, "{position}");
    }
}

/// Three records are read; one does not pass the filter, one is delivered after a throttle, one is given up.
/// <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html#event-source-mapping-metrics>
#[test]
fn events_are_counted_as_the_metrics_say() {
    let mut simulation = simulation(
        |settings| MappingSettings {
            batch_size: Some(1),
            maximum_retry_attempts: Some(1),
            filter_criteria: FiltersSettings {
                filters: vec![FilterSettings {
                    pattern: r#"{"data":{"wanted":[true]}}"#.into(),
                }],
            },
            ..settings
        },
        Rules::documented(),
    );
    for wanted in [true, false, true] {
        simulation
            .stream_mut()
            .put("a", json!({"wanted": wanted}).to_string());
    }
    let mut answers = [Says::Throttled, Says::Done, Says::Error, Says::Error].into_iter();
    assert_eq!(
        simulation.run(10, |_| answers.next().expect("four invocations").result()),
        Ending::Drained
    );
    assert_eq!(
        simulation.mapping().event_counts(),
        EventCounts {
            polled_event_count: 3,
            filtered_out_event_count: 1,
            invoked_event_count: 3,
            failed_invoke_event_count: 3,
            dropped_event_count: 1,
            on_failure_destination_delivered_event_count: 0,
        }
    );
    assert_eq!(
        super::numbers(&simulation.filtered_out().into_iter().collect::<Vec<_>>()),
        [2]
    );
}

/// A table's stream is read by the same rules; an item's key takes the partition key's place.
/// <https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html>
#[test]
fn the_changes_of_an_item_stay_in_order() {
    let stream = SimulatedStream::dynamodb("sensors", 2);
    let settings = MappingSettings {
        batch_size: Some(1),
        parallelization_factor: Some(5),
        ..MappingSettings::new(stream.arn(), FUNCTION)
    };
    let mut simulation = Simulation::new(config(settings), stream);
    let put: Vec<_> = (0..20)
        .map(|n| simulation.stream_mut().put("sensor-1", n.to_string()))
        .collect();
    let mut seen = Vec::new();
    let ending = simulation.run(50, |event| {
        let event: Value = serde_json::from_slice(&event).expect("an event is JSON");
        seen.push(
            event["Records"][0]["dynamodb"]["NewImage"]["data"]["S"]
                .as_str()
                .expect("text")
                .to_owned(),
        );
        Says::Done.result()
    });
    assert_eq!(ending, Ending::Drained);
    assert_eq!(seen, (0..20).map(|n| n.to_string()).collect::<Vec<_>>());
    assert_eq!(
        simulation.first_occurrences("sensor-1"),
        put.iter().collect::<Vec<_>>()
    );
}

/// The checkpoint is the oldest record that is not done with, whichever concurrent batch has it.
#[test]
fn a_mapping_that_is_resumed_reads_what_was_not_done() {
    let mut simulation = simulation(
        |settings| MappingSettings {
            batch_size: Some(1),
            parallelization_factor: Some(10),
            ..settings
        },
        Rules::documented(),
    );
    // The keys go to different batches.
    let stuck = simulation.stream_mut().put("a", "{}");
    for _ in 0..3 {
        simulation.stream_mut().put("d", "{}");
    }
    let _ = simulation.run(8, |event| {
        match String::from_utf8_lossy(&event).contains(r#""partitionKey":"a""#) {
            true => InvokeResult::FunctionError("Unhandled".into()),
            false => Says::Done.result(),
        }
    });
    assert_eq!(simulation.acknowledged().len(), 3, "the other key went on");
    let checkpoints = simulation.mapping().checkpoints();
    let expected = Checkpoint {
        shard: "shardId-000000000000".into(),
        position: Position::At(stuck),
        closed: false,
    };
    assert_eq!(checkpoints, [expected]);
    let resumed = Mapping::resume(simulation.mapping().config().clone(), &checkpoints);
    assert_eq!(resumed.checkpoints(), checkpoints);
}
