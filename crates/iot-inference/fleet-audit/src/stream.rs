//! Reads a Kinesis stream from its beginning, and goes on where it stopped.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_kinesis::Client;
use aws_sdk_kinesis::error::DisplayErrorContext;
use aws_sdk_kinesis::types::{Record, ShardIteratorType};
use tokio::time::Instant;

use crate::on_stream::{OnStream, StreamRecord};

/// Records that one GetRecords call returns, at most.
/// <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html>
const RECORDS_PER_CALL: i32 = 10_000;

/// Between two calls for one shard: all readers of a shard share five calls a second, and this is one of them.
/// <https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html>
const BETWEEN_CALLS: Duration = Duration::from_millis(250);

/// The stream cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("stream {stream}: {reason}")]
pub struct StreamError {
    stream: String,
    reason: String,
}

/// Reads a stream.
#[derive(Debug)]
pub struct StreamReader {
    client: Client,
    stream: String,
    /// The last record of each shard that was read.
    positions: BTreeMap<String, Option<String>>,
}

/// All that the stream has now.
///
/// # Errors
/// A call failed.
pub async fn on_stream(client: &Client, stream: &str) -> Result<OnStream, StreamError> {
    let mut on_stream = OnStream::default();
    let mut reader = StreamReader::new(client.clone(), stream);
    reader.read(|record| on_stream.take(&record)).await?;
    Ok(on_stream)
}

impl StreamReader {
    /// A reader at the beginning of `stream`.
    pub fn new(client: Client, stream: &str) -> Self {
        Self {
            client,
            stream: stream.to_owned(),
            positions: BTreeMap::new(),
        }
    }

    /// Shows each record that came between the last time and the call to `visit`, perhaps some that come meanwhile; those of a shard in their order, and a shard's before
    /// those of the shards that it was split or merged into.
    ///
    /// # Errors
    /// A call failed.
    pub async fn read(&mut self, mut visit: impl FnMut(StreamRecord)) -> Result<(), StreamError> {
        let begin = Instant::now();
        for shard in self.shards().await? {
            self.positions.entry(shard).or_default();
        }
        // The names of shards are in the order in which the shards were made.
        for (shard, position) in &mut self.positions {
            let mut next = iterator(&self.client, &self.stream, shard, position.as_deref())
                .await
                .map_err(|error| failed(&self.stream, &*error))?;
            while let Some(iterator) = next {
                let call = self.client.get_records().shard_iterator(iterator);
                let answer = Box::pin(call.limit(RECORDS_PER_CALL).send())
                    .await
                    .map_err(|error| failed(&self.stream, &error))?;
                let caught_up = caught_up(answer.millis_behind_latest, begin.elapsed());
                for record in answer.records {
                    *position = Some(record.sequence_number.clone());
                    visit(plain(shard, record));
                }
                next = answer.next_shard_iterator.filter(|_| !caught_up);
                if next.is_some() {
                    tokio::time::sleep(BETWEEN_CALLS).await;
                }
            }
        }
        Ok(())
    }

    async fn shards(&self) -> Result<Vec<String>, StreamError> {
        let (mut shards, mut token) = (Vec::new(), None);
        loop {
            // A token stands for the stream.
            let named = token.is_none().then(|| self.stream.clone());
            let call = self
                .client
                .list_shards()
                .set_stream_name(named)
                .set_next_token(token);
            let page = Box::pin(call.send())
                .await
                .map_err(|error| failed(&self.stream, &error))?;
            shards.extend(page.shards.into_iter().flatten().map(|shard| shard.shard_id));
            token = page.next_token;
            if token.is_none() {
                return Ok(shards);
            }
        }
    }
}

/// Whether everything was read that the stream had so long ago. Who waits for the very end of a stream that is written to
/// may wait for ever.
fn caught_up(millis_behind: Option<i64>, begun: Duration) -> bool {
    let behind = u128::try_from(millis_behind.unwrap_or_default()).unwrap_or_default();
    behind == 0 || behind < begun.as_millis()
}

async fn iterator(
    client: &Client,
    stream: &str,
    shard: &str,
    after: Option<&str>,
) -> Result<Option<String>, Box<dyn std::error::Error>> {
    let kind = match after {
        Some(_) => ShardIteratorType::AfterSequenceNumber,
        None => ShardIteratorType::TrimHorizon,
    };
    let call = client.get_shard_iterator().stream_name(stream).shard_id(shard);
    let call = call
        .shard_iterator_type(kind)
        .set_starting_sequence_number(after.map(str::to_owned));
    Ok(Box::pin(call.send()).await?.shard_iterator)
}

fn plain(shard: &str, record: Record) -> StreamRecord {
    let arrived_at = record.approximate_arrival_timestamp;
    StreamRecord {
        shard_id: shard.to_owned(),
        sequence_number: record.sequence_number,
        partition_key: record.partition_key.unwrap_or_default(),
        arrived_at: arrived_at.and_then(|at| i64::try_from(at.as_nanos() / 1_000).ok()),
        data: record.data.into_inner(),
    }
}

fn failed(stream: &str, error: &dyn std::error::Error) -> StreamError {
    StreamError {
        stream: stream.to_owned(),
        reason: DisplayErrorContext(error).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_kinesis::primitives::{Blob, DateTime};

    use super::*;

    #[test]
    fn what_comes_while_it_is_read_is_not_waited_for() {
        let begun = Duration::from_millis(500);
        for (behind, expected) in [
            (None, true),
            (Some(0), true),
            (Some(499), true),
            (Some(500), false),
        ] {
            assert_eq!(caught_up(behind, begun), expected, "{behind:?}");
        }
        assert!(caught_up(Some(0), Duration::ZERO) && !caught_up(Some(1), Duration::ZERO));
    }

    #[test]
    fn a_record_keeps_who_sent_it_and_when_it_arrived() {
        let record = Record::builder()
            .partition_key("d-1")
            .data(Blob::new("{}"))
            .sequence_number("7")
            .approximate_arrival_timestamp(DateTime::from_millis(1_795_568_524_500))
            .build()
            .unwrap();
        let expected = StreamRecord {
            shard_id: "s-0".to_owned(),
            sequence_number: "7".to_owned(),
            partition_key: "d-1".to_owned(),
            arrived_at: Some(1_795_568_524_500_000),
            data: b"{}".to_vec(),
        };
        assert_eq!(plain("s-0", record), expected);
    }
}
