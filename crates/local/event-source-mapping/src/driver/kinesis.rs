//! Kinesis data streams, polled.

use std::time::SystemTime;

use aws_sdk_kinesis::Client;
use aws_sdk_kinesis::operation::get_records::GetRecordsError;
use aws_sdk_kinesis::operation::get_shard_iterator::GetShardIteratorError;
use aws_sdk_kinesis::primitives::DateTime;
use aws_sdk_kinesis::types::{Record, Shard, ShardIteratorType};
use bytes::Bytes;

use super::error_text::error_text;
use super::reader::{ReadError, arrival};
use super::runner::now;
use crate::mapping::Read;
use crate::record::{RecordBody, StreamRecord};
use crate::shards::{Position, ShardDescription, ShardId};
use crate::time::Timestamp;

/// Records of one `GetRecords`, at most.
/// <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html>
const GET_RECORDS_LIMIT: i32 = 10_000;

/// Reads a shard by `GetRecords`.
pub(super) struct KinesisReader {
    client: Client,
    stream_arn: String,
    shard: ShardId,
    iterator: Option<String>,
    /// When `LATEST` was first asked for: what it was then, should its iterator be lost.
    latest_since: Option<Timestamp>,
}

impl KinesisReader {
    pub fn new(client: Client, stream_arn: &str, shard: &ShardId) -> Self {
        Self {
            client,
            stream_arn: stream_arn.to_owned(),
            shard: shard.clone(),
            iterator: None,
            latest_since: None,
        }
    }

    pub async fn read(&mut self, from: &Position) -> Result<Read, ReadError> {
        let iterator = match self.iterator.take() {
            Some(iterator) => iterator,
            None => match self.iterator_at(from).await {
                Ok(Some(iterator)) => iterator,
                Ok(None) => {
                    return Ok(Read {
                        records: Vec::new(),
                        ended: true,
                    });
                }
                Err(error) => return Err(error),
            },
        };
        let call = self
            .client
            .get_records()
            .stream_arn(&self.stream_arn)
            .shard_iterator(iterator);
        match call.limit(GET_RECORDS_LIMIT).send().await {
            Ok(output) => {
                let ended = output.next_shard_iterator.is_none();
                self.iterator = output.next_shard_iterator;
                Ok(Read {
                    records: output.records.into_iter().map(record).collect(),
                    ended,
                })
            }
            // The next read asks for an iterator, and finds out whether the shard is still there.
            Err(error) if error.as_service_error().is_some_and(is_stale) => Ok(Read::default()),
            Err(error) => Err(ReadError::Failed {
                during: "GetRecords",
                reason: error_text(&error),
            }),
        }
    }

    /// An iterator, or none if the shard is gone.
    async fn iterator_at(&mut self, from: &Position) -> Result<Option<String>, ReadError> {
        let from = match (from, self.latest_since) {
            (Position::Latest, Some(since)) => &Position::AtTimestamp(since),
            (from, _) => from,
        };
        let asked_at = now();
        let call = self
            .client
            .get_shard_iterator()
            .stream_arn(&self.stream_arn)
            .shard_id(self.shard.as_str());
        let call = match from {
            Position::TrimHorizon => call.shard_iterator_type(ShardIteratorType::TrimHorizon),
            Position::Latest => call.shard_iterator_type(ShardIteratorType::Latest),
            Position::AtTimestamp(at) => call
                .shard_iterator_type(ShardIteratorType::AtTimestamp)
                .timestamp(date_time(*at)),
            Position::At(number) => call
                .shard_iterator_type(ShardIteratorType::AtSequenceNumber)
                .starting_sequence_number(number.as_str()),
            Position::After(number) => call
                .shard_iterator_type(ShardIteratorType::AfterSequenceNumber)
                .starting_sequence_number(number.as_str()),
        };
        match call.send().await {
            Ok(output) => {
                if *from == Position::Latest {
                    self.latest_since = Some(asked_at);
                }
                Ok(output.shard_iterator)
            }
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetShardIteratorError::is_resource_not_found_exception)
                    && is_gone(&self.client, &self.stream_arn, &self.shard).await =>
            {
                Ok(None)
            }
            Err(error) => Err(ReadError::Failed {
                during: "GetShardIterator",
                reason: error_text(&error),
            }),
        }
    }
}

fn is_stale(error: &GetRecordsError) -> bool {
    error.is_expired_iterator_exception() || error.is_resource_not_found_exception()
}

/// Whether the stream is there without this shard. AWS keeps a shard as long as its records; the emulator drops it,
/// and what was in it, as soon as it is split or merged.
pub(super) async fn is_gone(client: &Client, stream_arn: &str, shard: &ShardId) -> bool {
    let listed = list_shards(client, stream_arn).await;
    listed.is_ok_and(|listed| !listed.is_empty() && listed.iter().all(|listed| listed.id != *shard))
}

/// All shards of a stream.
pub(super) async fn list_shards(
    client: &Client,
    stream_arn: &str,
) -> Result<Vec<ShardDescription>, ReadError> {
    let mut shards = Vec::new();
    let mut token = None;
    loop {
        // A further page is asked for by its token alone.
        let call = match token {
            Some(token) => client.list_shards().next_token(token),
            None => client.list_shards().stream_arn(stream_arn),
        };
        let page = call.send().await.map_err(|error| ReadError::Failed {
            during: "ListShards",
            reason: error_text(&error),
        })?;
        shards.extend(page.shards.unwrap_or_default().into_iter().map(description));
        token = page.next_token;
        if token.is_none() {
            return Ok(shards);
        }
    }
}

fn description(shard: Shard) -> ShardDescription {
    let parents = [shard.parent_shard_id, shard.adjacent_parent_shard_id];
    ShardDescription {
        id: shard.shard_id.into(),
        parents: parents.into_iter().flatten().map(ShardId::from).collect(),
    }
}

pub(super) fn record(record: Record) -> StreamRecord {
    StreamRecord {
        sequence_number: record.sequence_number.into(),
        arrival: arrival(record.approximate_arrival_timestamp),
        body: RecordBody::Kinesis {
            partition_key: record.partition_key.unwrap_or_default(),
            data: Bytes::from(record.data.into_inner()),
        },
    }
}

pub(super) fn date_time(at: Timestamp) -> DateTime {
    let at = SystemTime::UNIX_EPOCH + std::time::Duration::from_millis(at.millis());
    DateTime::from(at)
}
