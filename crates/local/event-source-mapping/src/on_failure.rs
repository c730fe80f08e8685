//! What an on-failure destination receives.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html> and
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errorhandling.html>.

use serde_json::{Map, Value, json};

use crate::batch::{Batch, Failure};
use crate::config::{MappingConfig, StreamKind};
use crate::event::Envelope;
use crate::progress::Condition;
use crate::record::SequenceNumber;
use crate::shards::ShardId;
use crate::time::Timestamp;

/// The report on a discarded batch.
#[derive(Clone, Debug, PartialEq)]
pub struct OnFailureReport {
    /// The shard that the records are from.
    pub shard: ShardId,
    /// The records that were discarded.
    pub records: Vec<SequenceNumber>,
    /// Why they were.
    pub condition: Condition,
    /// When they were.
    pub at: Timestamp,
    metadata: Map<String, Value>,
    event: String,
}

impl OnFailureReport {
    pub(crate) fn new(
        batch: &Batch,
        condition: Condition,
        shard: &ShardId,
        config: &MappingConfig,
        at: Timestamp,
    ) -> Self {
        Self {
            shard: shard.clone(),
            records: batch.sequence_numbers().into_iter().cloned().collect(),
            condition,
            at,
            metadata: metadata(batch, condition, shard, config, at),
            event: Envelope::default().event(&batch.records),
        }
    }

    /// What a queue or a topic receives: metadata, and none of the records.
    pub fn metadata(&self, request_id: &str) -> Value {
        let mut document = self.metadata.clone();
        if let Some(context) = document.get_mut("requestContext").and_then(Value::as_object_mut) {
            context.insert("requestId".to_owned(), request_id.into());
        }
        Value::Object(document)
    }

    /// What a bucket receives: the metadata and, as an escaped JSON string, the whole event.
    pub fn metadata_with_payload(&self, request_id: &str) -> Value {
        let mut document = self.metadata(request_id);
        document["payload"] = self.event.as_str().into();
        document
    }

    /// The name of the object in the bucket:
    /// `aws/lambda/<mapping id>/<shard>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<random uuid>`.
    pub fn object_key(&self, mapping_id: &str, random_uuid: &str) -> String {
        let (date, time) = (self.at.to_date_path(), self.at.to_object_name());
        format!(
            "aws/lambda/{mapping_id}/{}/{date}/{time}-{random_uuid}",
            self.shard
        )
    }
}

fn metadata(
    batch: &Batch,
    condition: Condition,
    shard: &ShardId,
    config: &MappingConfig,
    at: Timestamp,
) -> Map<String, Value> {
    let mut document = Map::new();
    document.insert(
        "requestContext".to_owned(),
        json!({
            "requestId": "",
            "functionArn": config.function_arn,
            "condition": condition.as_str(),
            "approximateInvokeCount": batch.attempts,
        }),
    );
    if let Some(failure) = &batch.last_failure {
        document.insert("responseContext".to_owned(), response_context(failure));
    }
    document.insert("version".to_owned(), "1.0".into());
    document.insert("timestamp".to_owned(), at.to_rfc3339().into());
    let member = match config.source.kind() {
        StreamKind::Kinesis => "KinesisBatchInfo",
        StreamKind::DynamoDb => "DDBStreamBatchInfo",
    };
    document.insert(member.to_owned(), batch_info(batch, shard, config));
    document
}

fn response_context(failure: &Failure) -> Value {
    let mut context = json!({"statusCode": 200, "executedVersion": "$LATEST"});
    if let Failure::FunctionError(kind) = failure {
        context["functionError"] = kind.as_str().into();
    }
    context
}

fn batch_info(batch: &Batch, shard: &ShardId, config: &MappingConfig) -> Value {
    let arrival =
        |record: Option<&crate::event::EventRecord>| record.map(|record| record.arrival.to_rfc3339());
    json!({
        "shardId": shard,
        "startSequenceNumber": batch.first(),
        "endSequenceNumber": batch.last(),
        "approximateArrivalOfFirstRecord": arrival(batch.records.first()),
        "approximateArrivalOfLastRecord": arrival(batch.records.last()),
        "batchSize": batch.records.len(),
        "streamArn": config.source.stream_arn(),
    })
}
