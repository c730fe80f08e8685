//! DynamoDB Streams.

use std::collections::HashMap;

use aws_sdk_dynamodbstreams::Client;
use aws_sdk_dynamodbstreams::operation::get_records::GetRecordsError;
use aws_sdk_dynamodbstreams::types::{
    AttributeValue, Record, Shard, ShardIteratorType, StreamRecord as Change,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::error_text::error_text;
use super::reader::{ReadError, arrival};
use crate::mapping::Read;
use crate::record::{RecordBody, StreamRecord};
use crate::shards::{Position, ShardDescription, ShardId};

/// Records of one `GetRecords`, at most.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html>
const GET_RECORDS_LIMIT: i32 = 1_000;

/// Reads a shard of a table's stream.
pub(super) struct DynamoDbReader {
    client: Client,
    stream_arn: String,
    shard: ShardId,
    iterator: Option<String>,
    latest_asked: bool,
}

impl DynamoDbReader {
    pub fn new(client: Client, stream_arn: &str, shard: &ShardId) -> Self {
        Self {
            client,
            stream_arn: stream_arn.to_owned(),
            shard: shard.clone(),
            iterator: None,
            latest_asked: false,
        }
    }

    pub async fn read(&mut self, from: &Position) -> Result<Read, ReadError> {
        let iterator = match self.iterator.take() {
            Some(iterator) => iterator,
            None => self.iterator_at(from).await?,
        };
        match self
            .client
            .get_records()
            .shard_iterator(iterator)
            .limit(GET_RECORDS_LIMIT)
            .send()
            .await
        {
            Ok(output) => {
                let ended = output.next_shard_iterator.is_none();
                self.iterator = output.next_shard_iterator;
                let records = output
                    .records
                    .unwrap_or_default()
                    .into_iter()
                    .filter_map(record)
                    .collect();
                Ok(Read { records, ended })
            }
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetRecordsError::is_expired_iterator_exception) =>
            {
                Ok(Read::default())
            }
            Err(error) => Err(ReadError::Failed {
                during: "GetRecords",
                reason: error_text(&error),
            }),
        }
    }

    async fn iterator_at(&mut self, from: &Position) -> Result<String, ReadError> {
        let call = self
            .client
            .get_shard_iterator()
            .stream_arn(&self.stream_arn)
            .shard_id(self.shard.as_str());
        let call = match from {
            // There is no asking for a time: a lost `LATEST` is made good by what the stream still holds.
            Position::Latest if !self.latest_asked => call.shard_iterator_type(ShardIteratorType::Latest),
            Position::TrimHorizon | Position::Latest | Position::AtTimestamp(_) => {
                call.shard_iterator_type(ShardIteratorType::TrimHorizon)
            }
            Position::At(number) => call
                .shard_iterator_type(ShardIteratorType::AtSequenceNumber)
                .sequence_number(number.as_str()),
            Position::After(number) => call
                .shard_iterator_type(ShardIteratorType::AfterSequenceNumber)
                .sequence_number(number.as_str()),
        };
        let failed = |reason| ReadError::Failed {
            during: "GetShardIterator",
            reason,
        };
        let output = call.send().await.map_err(|error| failed(error_text(&error)))?;
        self.latest_asked |= *from == Position::Latest;
        output
            .shard_iterator
            .ok_or_else(|| failed("an answer without an iterator".to_owned()))
    }
}

/// All shards of a table's stream.
pub(super) async fn list_shards(
    client: &Client,
    stream_arn: &str,
) -> Result<Vec<ShardDescription>, ReadError> {
    let mut shards = Vec::new();
    let mut last = None;
    loop {
        let call = client
            .describe_stream()
            .stream_arn(stream_arn)
            .set_exclusive_start_shard_id(last);
        let page = call.send().await.map_err(|error| ReadError::Failed {
            during: "DescribeStream",
            reason: error_text(&error),
        })?;
        let Some(page) = page.stream_description else {
            return Ok(shards);
        };
        shards.extend(
            page.shards
                .unwrap_or_default()
                .into_iter()
                .filter_map(description),
        );
        last = page.last_evaluated_shard_id;
        if last.is_none() {
            return Ok(shards);
        }
    }
}

fn description(shard: Shard) -> Option<ShardDescription> {
    let parents = shard.parent_shard_id.map(ShardId::from).into_iter().collect();
    Some(ShardDescription {
        id: shard.shard_id?.into(),
        parents,
    })
}

/// A record without a change or a sequence number is none that AWS sends, and could not be told apart from others.
fn record(record: Record) -> Option<StreamRecord> {
    let change = record.dynamodb?;
    let sequence_number = change.sequence_number.clone()?.into();
    Some(StreamRecord {
        sequence_number,
        arrival: arrival(change.approximate_creation_date_time),
        body: RecordBody::DynamoDb {
            event_id: record.event_id.unwrap_or_default(),
            event_name: record
                .event_name
                .map(|name| name.as_str().to_owned())
                .unwrap_or_default(),
            change: change_json(&change),
        },
    })
}

/// The change in the wire's own names.
fn change_json(change: &Change) -> Value {
    let images = [
        ("Keys", &change.keys),
        ("NewImage", &change.new_image),
        ("OldImage", &change.old_image),
    ];
    let images = images
        .into_iter()
        .filter_map(|(name, item)| Some((name, item_json(item.as_ref()?))));
    let rest = [
        (
            "ApproximateCreationDateTime",
            change.approximate_creation_date_time.map(|at| at.secs().into()),
        ),
        (
            "SequenceNumber",
            change.sequence_number.as_deref().map(Value::from),
        ),
        ("SizeBytes", change.size_bytes.map(Value::from)),
        (
            "StreamViewType",
            change.stream_view_type.as_ref().map(|kind| kind.as_str().into()),
        ),
    ];
    let rest = rest.into_iter().filter_map(|(name, value)| Some((name, value?)));
    Value::Object(
        images
            .chain(rest)
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}

fn item_json(item: &HashMap<String, AttributeValue>) -> Value {
    Value::Object(
        item.iter()
            .map(|(name, value)| (name.clone(), value_json(value)))
            .collect::<Map<_, _>>(),
    )
}

fn value_json(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!({ "S": text }),
        AttributeValue::N(number) => json!({ "N": number }),
        AttributeValue::Bool(value) => json!({ "BOOL": value }),
        AttributeValue::Null(value) => json!({ "NULL": value }),
        AttributeValue::B(bytes) => json!({"B": STANDARD.encode(bytes)}),
        AttributeValue::Ss(texts) => json!({ "SS": texts }),
        AttributeValue::Ns(numbers) => json!({ "NS": numbers }),
        AttributeValue::Bs(all) => {
            json!({"BS": all.iter().map(|bytes| STANDARD.encode(bytes)).collect::<Vec<_>>()})
        }
        AttributeValue::L(values) => json!({"L": values.iter().map(value_json).collect::<Vec<_>>()}),
        AttributeValue::M(item) => json!({"M": item_json(item)}),
        // A type that did not exist when this was written.
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_wire_form() {
        let values = AttributeValue::M(HashMap::from([
            (
                "n".to_owned(),
                AttributeValue::N("12345678901234567890123456789012345678".to_owned()),
            ),
            ("b".to_owned(), AttributeValue::B(vec![0xff, 0x00].into())),
        ]));
        assert_eq!(
            value_json(&values),
            json!({"M": {"n": {"N": "12345678901234567890123456789012345678"}, "b": {"B": "/wA="}}})
        );
    }
}
