//! The stream of changes: read back, and written to by hand.

use std::time::Duration;

use aws_sdk_kinesis::Client;
use aws_sdk_kinesis::error::DisplayErrorContext;
use aws_sdk_kinesis::types::{Record, ShardIteratorType};
use put_many::kinesis::{PartitionKeyError, PutRecords};
use put_many::{Policy, put_many};

use crate::writing::reason;

/// Records that one GetRecords call returns, at most.
/// <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html>
const RECORDS_PER_CALL: i32 = 10_000;

/// Records that are not taken for so long are an error.
const PATIENCE: Duration = Duration::from_secs(60);

/// The stream cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("stream {stream}: {reason}")]
pub struct StreamError {
    stream: String,
    reason: String,
}

/// Shows each record that the stream holds now to `visit`.
///
/// # Errors
/// A call failed.
pub async fn read(client: &Client, stream: &str, mut visit: impl FnMut(Record)) -> Result<(), StreamError> {
    let failed = |error: &dyn std::error::Error| StreamError {
        stream: stream.to_owned(),
        reason: DisplayErrorContext(error).to_string(),
    };
    for shard in shards(client, stream).await.map_err(|error| failed(&*error))? {
        let call = client
            .get_shard_iterator()
            .stream_name(stream)
            .shard_id(shard)
            .shard_iterator_type(ShardIteratorType::TrimHorizon);
        let iterator = Box::pin(call.send()).await.map_err(|error| failed(&error))?;
        let mut next = iterator.shard_iterator;
        while let Some(iterator) = next {
            let call = client
                .get_records()
                .shard_iterator(iterator)
                .limit(RECORDS_PER_CALL);
            let answer = Box::pin(call.send()).await.map_err(|error| failed(&error))?;
            let at_the_tip = answer.records.is_empty() && answer.millis_behind_latest.unwrap_or(0) == 0;
            answer.records.into_iter().for_each(&mut visit);
            next = answer.next_shard_iterator.filter(|_| !at_the_tip);
        }
    }
    Ok(())
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

/// Puts records as they are.
///
/// # Errors
/// Not all were taken.
pub async fn put(
    api: &PutRecords,
    stream: &str,
    records: &[put_many::kinesis::Record],
) -> Result<(), StreamError> {
    let deliveries = Box::pin(put_many(
        api,
        records,
        &Policy::unordered(),
        PATIENCE,
        fastrand::f64,
    ))
    .await;
    match deliveries.outcomes().iter().find_map(reason) {
        None => Ok(()),
        Some(reason) => Err(StreamError {
            stream: stream.to_owned(),
            reason,
        }),
    }
}

/// A record of the stream, to be sent once more.
///
/// # Errors
/// Its partition key is none, which no record's is.
pub fn repeat(record: &Record) -> Result<put_many::kinesis::Record, PartitionKeyError> {
    let key = record.partition_key.as_deref().unwrap_or_default();
    put_many::kinesis::Record::new(key, record.data.as_ref())
}

/// Records that are no JSON, as a producer with a bug writes them: cut off, prose, and bytes that are no text.
///
/// # Errors
/// A partition key is none, which these are not.
pub fn broken() -> Result<Vec<put_many::kinesis::Record>, PartitionKeyError> {
    let payloads: [&[u8]; 3] = [
        br#"{"schemaVersion":1,"eventName":"MODIFY","keys":{"orderId":"o-0000"#,
        b"order o-000001 was shipped",
        b"\xff\xfe{\"schemaVersion\":1}",
    ];
    let records = payloads.iter().enumerate();
    records
        .map(|(number, payload)| put_many::kinesis::Record::new(format!("broken-{}", number + 1), *payload))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_record_does_not_parse() {
        let records = broken().unwrap();
        assert_eq!(records.len(), 3);
        for record in records {
            let parsed = serde_json::from_slice::<serde_json::Value>(record.data());
            assert!(parsed.is_err(), "{record:?}");
        }
    }

    #[test]
    fn a_repeat_has_the_key_and_the_data_of_the_record() {
        let record = Record::builder()
            .partition_key("k")
            .data(aws_sdk_kinesis::primitives::Blob::new("{}"))
            .sequence_number("1")
            .build()
            .unwrap();
        let repeated = repeat(&record).unwrap();
        assert_eq!(
            (repeated.partition_key(), repeated.data()),
            ("k", b"{}".as_slice())
        );
    }
}
