//! When a batch goes out: its size, its window, its payload.

use std::time::Duration;

use bytes::Bytes;

use super::{Says, config, simulation};
use crate::mapping::{Action, Mapping, Read};
use crate::rules::Rules;
use crate::simulation::{START, SimulatedStream};
use crate::{
    Condition, MappingSettings, PAYLOAD_MAX_BYTES, RecordBody, SequenceNumber, ShardDescription,
    StreamRecord, Timestamp,
};

/// "Suppose a batching window begins at t = 7 seconds. In the first scenario, the batching window reaches its 40 second
/// maximum at t = 47 seconds after accumulating 5 records. In the second scenario, the batch size reaches 10 before the
/// batching window expires, so the batching window ends early. In the third scenario, the maximum payload size is
/// reached before the batching window expires, so the batching window ends early."
/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html#invocation-eventsourcemapping-batching>
#[test]
fn a_batch_goes_out_when_its_window_its_size_or_its_payload_is_full() {
    const MEBIBYTE: usize = 1024 * 1024;
    for (name, arrivals, bytes, invoked_at, records) in [
        ("window", &[7, 10, 20, 30, 46][..], 10, 47, 5),
        ("size", &[7, 8, 9, 10, 11, 12, 13, 14, 15, 16], 10, 16, 10),
        ("payload", &[7, 10, 20, 25, 30], MEBIBYTE, 30, 4),
    ] {
        let mut shard = OneShard::new(|settings| MappingSettings {
            batch_size: Some(10),
            maximum_batching_window_in_seconds: Some(40),
            ..settings
        });
        let invoked = (0..60).find_map(|second| {
            let arriving = arrivals.iter().filter(|at| **at == second).count();
            shard
                .records(arriving, bytes, at(second))
                .map(|records| (second, records))
        });
        assert_eq!(invoked, Some((invoked_at, records)), "{name}");
    }
}

/// "If you configure a `MaximumBatchingWindowInSeconds`, the next batching window begins as soon as the previous
/// function invocation completes."
/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html#invocation-eventsourcemapping-batching>
#[test]
fn the_next_window_begins_when_the_invocation_completes() {
    let mut simulation = simulation(
        |settings| MappingSettings {
            batch_size: Some(2),
            maximum_batching_window_in_seconds: Some(10),
            ..settings
        },
        Rules::documented(),
    );
    for _ in 0..3 {
        simulation.stream_mut().put("a", "{}");
    }
    let _ = simulation.run(10, |_| Says::Done.result());
    let ends: Vec<_> = simulation
        .invocations()
        .iter()
        .map(|past| past.at.since(START).as_secs())
        .collect();
    assert_eq!(
        ends,
        [0, 10],
        "the first batch is full at once; the second waits from its end on"
    );
}

#[test]
fn an_event_has_at_most_6_mb_with_its_base64() {
    let mut shard = OneShard::new(|settings| settings);
    let empty = shard.event_bytes(0);
    // Base64 makes four characters of three bytes.
    let most = (PAYLOAD_MAX_BYTES - empty) / 4 * 3;
    assert!(shard.event_bytes(most) <= PAYLOAD_MAX_BYTES);
    assert!(shard.event_bytes(most) > PAYLOAD_MAX_BYTES - 4);

    assert_eq!(shard.records(1, most, at(0)), Some(1), "at the limit");
    let mut shard = OneShard::new(|settings| settings);
    assert_eq!(shard.records(1, most + 3, at(0)), None, "over it");
    assert_eq!(shard.given_up, [Condition::PayloadSizeExceeded]);
}

fn at(second: u64) -> Timestamp {
    START.plus(Duration::from_secs(second))
}

/// A mapping over one shard, to which records are given by hand.
struct OneShard {
    mapping: Mapping,
    put: u64,
    given_up: Vec<Condition>,
    polled: bool,
}

impl OneShard {
    fn new(settings: fn(MappingSettings) -> MappingSettings) -> Self {
        let stream = SimulatedStream::kinesis("lambda-stream", 1);
        let config = config(settings(MappingSettings::new(stream.arn(), super::FUNCTION)));
        let mut mapping = Mapping::new(config);
        mapping.observe_shards(&[ShardDescription {
            id: "shardId-000000000000".into(),
            parents: vec![],
        }]);
        Self {
            mapping,
            put: 0,
            given_up: Vec::new(),
            polled: false,
        }
    }

    /// Lets records of this size arrive; tells how many records are invoked with, if any.
    fn records(&mut self, count: usize, bytes: usize, now: Timestamp) -> Option<usize> {
        let records: Vec<_> = (0..count).map(|_| self.record(bytes, now)).collect();
        let invoked = self.step(now);
        assert!(
            self.polled || count == 0,
            "records arrived while the mapping does not read"
        );
        if std::mem::take(&mut self.polled) {
            self.mapping.on_read(
                &"shardId-000000000000".into(),
                Read {
                    records,
                    ended: false,
                },
                now,
            );
        }
        self.step(now).or(invoked)
    }

    fn step(&mut self, now: Timestamp) -> Option<usize> {
        let mut invoked = None;
        for action in self.mapping.step(now) {
            match action {
                Action::Invoke(invocation) => invoked = Some(invocation.records.len()),
                Action::SendToOnFailure(report) => self.given_up.push(report.condition),
                Action::Poll { .. } => self.polled = true,
            }
        }
        invoked
    }

    fn record(&mut self, bytes: usize, now: Timestamp) -> StreamRecord {
        self.put += 1;
        StreamRecord {
            sequence_number: SequenceNumber::from(format!("{:056}", self.put)),
            arrival: now,
            body: RecordBody::Kinesis {
                partition_key: "a".into(),
                data: Bytes::from(vec![0; bytes]),
            },
        }
    }

    /// The length of an event with one record of this size.
    fn event_bytes(&mut self, bytes: usize) -> usize {
        let record = self.record(bytes, START);
        let record =
            crate::event::EventRecord::new(&record, &"shardId-000000000000".into(), self.mapping.config());
        crate::event::Envelope::default().event(&[record]).len()
    }
}
