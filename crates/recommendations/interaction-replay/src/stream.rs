//! Reads the stream back: what Kinesis holds.

use std::collections::BTreeSet;

use aws_sdk_kinesis::Client;
use aws_sdk_kinesis::error::DisplayErrorContext;
use aws_sdk_kinesis::types::{Record, ShardIteratorType};

use crate::reckoning::RecordId;

/// Records that one GetRecords call returns, at most.
/// <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html>
const RECORDS_PER_CALL: i32 = 10_000;

/// The stream cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("stream {stream}: {reason}")]
pub struct ReadError {
    stream: String,
    reason: String,
}

/// The ids of all records that the stream holds now.
///
/// # Errors
/// A call failed.
pub async fn ids_in_stream(client: &Client, stream: &str) -> Result<BTreeSet<RecordId>, ReadError> {
    let failed = |error: &dyn std::error::Error| ReadError {
        stream: stream.to_owned(),
        reason: DisplayErrorContext(error).to_string(),
    };
    let mut ids = BTreeSet::new();
    for shard in shards(client, stream).await.map_err(|error| failed(&*error))? {
        let iterator = client
            .get_shard_iterator()
            .stream_name(stream)
            .shard_id(shard)
            .shard_iterator_type(ShardIteratorType::TrimHorizon)
            .send()
            .await
            .map_err(|error| failed(&error))?;
        let mut next = iterator.shard_iterator;
        while let Some(iterator) = next {
            let call = client
                .get_records()
                .shard_iterator(iterator)
                .limit(RECORDS_PER_CALL);
            let answer = call.send().await.map_err(|error| failed(&error))?;
            ids.extend(answer.records.iter().map(id));
            let at_the_tip = answer.records.is_empty() && answer.millis_behind_latest.unwrap_or(0) == 0;
            next = answer.next_shard_iterator.filter(|_| !at_the_tip);
        }
    }
    Ok(ids)
}

async fn shards(client: &Client, stream: &str) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let mut shards = Vec::new();
    let mut page = client.list_shards().stream_name(stream).send().await?;
    loop {
        shards.extend(page.shards.into_iter().flatten().map(|shard| shard.shard_id));
        let Some(token) = page.next_token else {
            return Ok(shards);
        };
        page = client.list_shards().next_token(token).send().await?;
    }
}

fn id(record: &Record) -> RecordId {
    RecordId::of(
        record.partition_key.as_deref().unwrap_or_default(),
        record.data.as_ref(),
    )
}
