//! The JSON that a function is invoked with.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html> and
//! <https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html> show the events, and
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html> what a tumbling window adds.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::config::MappingConfig;
use crate::record::{RecordBody, SequenceNumber, StreamRecord};
use crate::shards::ShardId;
use crate::time::Timestamp;

/// Bytes of an event, at most, data in base64 included: the payload of a synchronous invocation, "6 MB".
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#function-configuration-deployment-and-execution>
pub const PAYLOAD_MAX_BYTES: usize = 6 * 1024 * 1024;

/// A record in the form in which it stands in an event. Made once, when it is read, so that the size of a batch is
/// known while it is gathered.
#[derive(Clone, Debug)]
pub(crate) struct EventRecord {
    pub sequence_number: SequenceNumber,
    pub ordering_key: String,
    pub arrival: Timestamp,
    json: String,
}

impl EventRecord {
    pub fn new(record: &StreamRecord, shard: &ShardId, config: &MappingConfig) -> Self {
        Self {
            sequence_number: record.sequence_number.clone(),
            ordering_key: record.ordering_key(),
            arrival: record.arrival,
            json: to_json(record, shard, config),
        }
    }

    /// What the record takes in an event: its JSON and a comma.
    pub fn bytes(&self) -> usize {
        self.json.len() + 1
    }
}

/// What surrounds the records of an event.
#[derive(Clone, Debug, Default)]
pub(crate) struct Envelope {
    /// The members after `Records`, each with its comma before it.
    rest: String,
}

impl Envelope {
    /// The members that a tumbling window adds.
    pub fn window(shard: &ShardId, config: &MappingConfig, window: &WindowMembers<'_>) -> Self {
        let members = [
            (
                "window",
                json!({"start": window.start.to_rfc3339(), "end": window.end.to_rfc3339()}).to_string(),
            ),
            ("state", window.state.to_string()),
            ("shardId", json!(shard).to_string()),
            ("eventSourceARN", json!(config.source.arn()).to_string()),
            ("isFinalInvokeForWindow", window.is_final.to_string()),
            ("isWindowTerminatedEarly", window.terminated_early.to_string()),
        ];
        Self {
            rest: members
                .iter()
                .map(|(name, value)| format!(",\"{name}\":{value}"))
                .collect(),
        }
    }

    /// What the event takes without its records.
    pub fn bytes(&self) -> usize {
        OPEN.len() + CLOSE.len() + self.rest.len() + 1
    }

    /// The whole event.
    pub fn event(&self, records: &[EventRecord]) -> String {
        let bytes = self.bytes() + records.iter().map(EventRecord::bytes).sum::<usize>();
        let mut event = String::with_capacity(bytes);
        event.push_str(OPEN);
        for (index, record) in records.iter().enumerate() {
            if index > 0 {
                event.push(',');
            }
            event.push_str(&record.json);
        }
        event.push_str(CLOSE);
        event.push_str(&self.rest);
        event.push('}');
        event
    }
}

const OPEN: &str = "{\"Records\":[";
const CLOSE: &str = "]";

/// The values of the members that a tumbling window adds.
pub(crate) struct WindowMembers<'a> {
    pub start: Timestamp,
    pub end: Timestamp,
    pub state: &'a Value,
    pub is_final: bool,
    pub terminated_early: bool,
}

fn to_json(record: &StreamRecord, shard: &ShardId, config: &MappingConfig) -> String {
    match &record.body {
        RecordBody::Kinesis { partition_key, data } => kinesis(record, partition_key, data, shard, config),
        RecordBody::DynamoDb {
            event_id,
            event_name,
            change,
        } => json!({
            "eventID": event_id,
            "eventName": event_name,
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": config.source.region(),
            "dynamodb": change,
            "eventSourceARN": config.source.stream_arn(),
        })
        .to_string(),
    }
}

/// With enhanced fan-out `eventSourceARN` is here the mapping's source, the consumer: the documentation shows streams only.
///
/// Written by hand, because the time stands in the event as a number with exactly three decimals, and because this is
/// done for every record that is read.
fn kinesis(
    record: &StreamRecord,
    partition_key: &str,
    data: &[u8],
    shard: &ShardId,
    config: &MappingConfig,
) -> String {
    let sequence_number = &record.sequence_number;
    format!(
        concat!(
            r#"{{"kinesis":{{"kinesisSchemaVersion":"1.0","partitionKey":{key},"sequenceNumber":"{seq}","#,
            r#""data":"{data}","approximateArrivalTimestamp":{arrival}}},"eventSource":"aws:kinesis","#,
            r#""eventVersion":"1.0","eventID":"{shard}:{seq}","eventName":"aws:kinesis:record","#,
            r#""invokeIdentityArn":{role},"awsRegion":{region},"eventSourceARN":{arn}}}"#
        ),
        key = Value::from(partition_key),
        seq = sequence_number,
        data = STANDARD.encode(data),
        arrival = record.arrival.to_json_seconds(),
        shard = shard,
        role = Value::from(config.invoke_identity_arn.as_str()),
        region = Value::from(config.source.region()),
        arn = Value::from(config.source.arn()),
    )
}
