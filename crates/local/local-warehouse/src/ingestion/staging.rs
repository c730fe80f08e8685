//! Records on their way into a view: staged by `COPY`, then read by the view's query.

use std::time::{SystemTime, UNIX_EPOCH};

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::SinkExt;
use redshift_sql::{STAGING, STREAM_COLUMNS};
use tokio_postgres::Client;

use super::streams::StreamRecord;
use crate::catalogue::Streaming;
use crate::connection::{qualified, quoted};
use crate::failure::Failure;

/// Bytes that are sent to the server at a time.
const SEND_BYTES: usize = 64 * 1024;

/// PostgreSQL counts time from the year 2000.
const POSTGRES_EPOCH_MICROS: i64 = 946_684_800_000_000;

/// <https://www.postgresql.org/docs/current/sql-copy.html>
const COPY_SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";

/// A record with the shard that it came from.
#[derive(Clone, Debug)]
pub(super) struct Staged {
    pub(super) shard: String,
    pub(super) record: StreamRecord,
}

/// A record that the view does not take.
#[derive(Debug)]
pub(super) struct Skipped {
    pub(super) staged: Staged,
    /// [`TOO_LONG`] or [`NOT_TAKEN`].
    pub(super) code: i32,
    pub(super) reason: String,
}

/// `error_code` of a record that `kinesis_data` cannot hold. The service's own numbers are not documented.
pub(super) const TOO_LONG: i32 = 1;
/// `error_code` of a record on which the view's query raises.
const NOT_TAKEN: i32 = 2;

/// Creates the relation that a streaming view's query reads. It goes with the transaction.
pub(crate) async fn create_staging(client: &Client) -> Result<(), Failure> {
    let columns = STREAM_COLUMNS.map(|(name, of)| format!("{name} {of}"));
    let create = format!(
        "CREATE TEMP TABLE {STAGING} ({}) ON COMMIT DROP",
        columns.join(", ")
    );
    Ok(client.batch_execute(&create).await?)
}

/// Appends the records to the view. A record on which the view's query raises is found by halving and left out.
pub(super) async fn append(
    client: &Client,
    view: &Streaming,
    records: Vec<Staged>,
    refresh_time: SystemTime,
) -> Result<Vec<Skipped>, Failure> {
    let mut skipped = Vec::new();
    let mut waiting = vec![records];
    while let Some(mut records) = waiting.pop() {
        client.batch_execute("SAVEPOINT records").await?;
        match append_all(client, view, &records, refresh_time).await {
            Ok(()) => client.batch_execute("RELEASE SAVEPOINT records").await?,
            Err(failure) if failure.is_of_data() => {
                client
                    .batch_execute("ROLLBACK TO SAVEPOINT records; RELEASE SAVEPOINT records")
                    .await?;
                if records.len() > 1 {
                    let second = records.split_off(records.len() / 2);
                    waiting.extend([second, records]);
                } else {
                    let reason = failure.to_string();
                    skipped.extend(records.pop().map(|staged| Skipped {
                        staged,
                        code: NOT_TAKEN,
                        reason,
                    }));
                }
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(skipped)
}

async fn append_all(
    client: &Client,
    view: &Streaming,
    records: &[Staged],
    refresh_time: SystemTime,
) -> Result<(), Failure> {
    client.batch_execute(&format!("TRUNCATE {STAGING}")).await?;
    copy(client, records, refresh_time).await?;
    let columns: Vec<_> = view.columns.iter().map(|column| quoted(column)).collect();
    let target = qualified(&view.name);
    let insert = format!("INSERT INTO {target} ({}) {}", columns.join(", "), view.query);
    Ok(client.batch_execute(&insert).await?)
}

async fn copy(client: &Client, records: &[Staged], refresh_time: SystemTime) -> Result<(), Failure> {
    let sink = client
        .copy_in::<_, Bytes>(&format!("COPY {STAGING} FROM STDIN BINARY"))
        .await?;
    let mut sink = std::pin::pin!(sink);
    let mut buffer = BytesMut::with_capacity(2 * SEND_BYTES);
    buffer.put_slice(COPY_SIGNATURE);
    // No flags, no header extension.
    buffer.put_i64(0);
    for staged in records {
        put_record(&mut buffer, staged, refresh_time);
        if buffer.len() >= SEND_BYTES {
            sink.send(buffer.split().freeze()).await?;
        }
    }
    buffer.put_i16(-1);
    sink.send(buffer.freeze()).await?;
    sink.finish().await?;
    Ok(())
}

/// A row in the order of [`STREAM_COLUMNS`].
fn put_record(buffer: &mut BytesMut, staged: &Staged, refresh_time: SystemTime) {
    let Staged { shard, record } = staged;
    // Six columns: the constant's length as the format has it.
    buffer.put_i16(STREAM_COLUMNS.len() as i16);
    put_field(buffer, &micros(record.arrival).to_be_bytes());
    put_field(buffer, record.partition_key.as_bytes());
    put_field(buffer, shard.as_bytes());
    put_field(buffer, record.sequence_number.as_bytes());
    put_field(buffer, &micros(refresh_time).to_be_bytes());
    put_field(buffer, &record.data);
}

fn put_field(buffer: &mut BytesMut, bytes: &[u8]) {
    // A record is bounded by a VARBYTE's length, far below.
    buffer.put_i32(i32::try_from(bytes.len()).unwrap_or(i32::MAX));
    buffer.put_slice(bytes);
}

/// A time as PostgreSQL's `timestamp` has it.
fn micros(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX) - POSTGRES_EPOCH_MICROS
}
