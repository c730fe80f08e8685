//! Kinesis by its SDK.

use std::error::Error;
use std::time::{Duration, SystemTime};

use aws_sdk_kinesis::Client;
use aws_sdk_kinesis::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_kinesis::primitives::DateTime;
use aws_sdk_kinesis::types::{Record, ShardIteratorType};
use bytes::Bytes;

use super::streams::{Page, Position, ReadError, Reading, Shard, StreamRecord, Streams};

/// Records of one `GetRecords`, at most.
/// <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html>
const GET_RECORDS_LIMIT: i32 = 10_000;

impl Streams for Client {
    fn shards<'a>(&'a self, stream: &'a str) -> Reading<'a, Vec<Shard>> {
        Box::pin(async move {
            let mut shards = Vec::new();
            let mut token = None;
            loop {
                // A further page is asked for by its token alone.
                let call = match token {
                    Some(token) => self.list_shards().next_token(token),
                    None => self.list_shards().stream_name(stream),
                };
                let page = call.send().await.map_err(|error| read_error(&error))?;
                shards.extend(page.shards.unwrap_or_default().into_iter().map(|shard| {
                    Shard {
                        id: shard.shard_id,
                        parents: [shard.parent_shard_id, shard.adjacent_parent_shard_id]
                            .into_iter()
                            .flatten()
                            .collect(),
                    }
                }));
                token = page.next_token;
                if token.is_none() {
                    return Ok(shards);
                }
            }
        })
    }

    fn iterator<'a>(&'a self, stream: &'a str, shard: &'a str, from: &'a Position) -> Reading<'a, String> {
        Box::pin(async move {
            let call = self.get_shard_iterator().stream_name(stream).shard_id(shard);
            let call = match from {
                Position::TrimHorizon => call.shard_iterator_type(ShardIteratorType::TrimHorizon),
                Position::After(number) => call
                    .shard_iterator_type(ShardIteratorType::AfterSequenceNumber)
                    .starting_sequence_number(number),
            };
            let answer = call.send().await.map_err(|error| read_error(&error))?;
            let iterator = answer.shard_iterator;
            iterator.ok_or_else(|| ReadError::Failed("GetShardIterator gave no iterator".to_owned()))
        })
    }

    fn records<'a>(&'a self, _stream: &'a str, iterator: &'a str) -> Reading<'a, Page> {
        Box::pin(async move {
            let call = self
                .get_records()
                .shard_iterator(iterator)
                .limit(GET_RECORDS_LIMIT);
            let page = call.send().await.map_err(|error| read_error(&error))?;
            Ok(Page {
                records: page.records.into_iter().map(record).collect(),
                next: page.next_shard_iterator,
                millis_behind_latest: page.millis_behind_latest.unwrap_or_default(),
            })
        })
    }
}

fn record(record: Record) -> StreamRecord {
    StreamRecord {
        sequence_number: record.sequence_number,
        arrival: record
            .approximate_arrival_timestamp
            .map_or(SystemTime::UNIX_EPOCH, millis),
        partition_key: record.partition_key.unwrap_or_default(),
        data: Bytes::from(record.data.into_inner()),
    }
}

/// The service tells milliseconds; the protocol's binary fraction is a little beside them.
fn millis(arrival: DateTime) -> SystemTime {
    let millis = (arrival.as_nanos() + 500_000) / 1_000_000;
    SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(millis).unwrap_or_default())
}

fn read_error<E, R>(error: &SdkError<E, R>) -> ReadError
where
    E: ProvideErrorMetadata + Error + 'static,
    R: std::fmt::Debug + 'static,
{
    let Some(service) = error.as_service_error() else {
        return ReadError::Failed(chain(error));
    };
    let code = service
        .code()
        .unwrap_or("an answer that is no error of the service");
    let text = match service.message() {
        Some(message) => format!("{code}: {message}"),
        None => code.to_owned(),
    };
    match code {
        "ResourceNotFoundException" => ReadError::NotFound,
        "ExpiredIteratorException" => ReadError::Expired,
        "ProvisionedThroughputExceededException"
        | "LimitExceededException"
        | "KMSThrottlingException"
        | "ThrottlingException" => ReadError::Throttled(text),
        _ => ReadError::Failed(text),
    }
}

/// The causes of a call without an answer.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
