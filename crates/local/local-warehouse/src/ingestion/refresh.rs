//! One refresh of a streaming view: a transaction that appends what is new and moves the checkpoints.
//!
//! Either all of it is committed or nothing, so a record is in the view once however often a refresh is cut short.

use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

use tokio_postgres::Client;

use super::history::{Refreshed, Requested, record_refresh, record_scan, record_skipped};
use super::progress::{Progress, checkpoints};
use super::scan::Scan;
use super::shard_order::readable;
use super::staging::{Skipped, Staged, TOO_LONG, append, create_staging};
use super::streams::{Position, ReadError, Shard, StreamRecord, Streams};
use crate::cancellation::Cancellation;
use crate::catalogue::{self, Streaming};
use crate::connection::{Database, qualified};
use crate::failure::Failure;
use crate::limits::VARBYTE_BYTES_MAX;

/// Records that are staged at a time.
const CHUNK_RECORDS: usize = 10_000;
/// Bytes that are staged at a time.
const CHUNK_BYTES: usize = 16 * 1024 * 1024;

/// From so many records on, queries behind the refresh need to know that the view has grown, as in the service, which
/// analyzes by itself.
/// <https://docs.aws.amazon.com/redshift/latest/dg/t_Analyzing_tables.html>
const ANALYZE_FROM: i64 = 10_000;

/// Refreshes a view to its stream's tip.
pub(crate) async fn refresh(
    database: &Database,
    streams: &dyn Streams,
    view: &Streaming,
    requested: &Requested,
    cancellation: &Cancellation,
) -> Result<Refreshed, Failure> {
    let started = SystemTime::now();
    let client = database.own().await?;
    let run = Run {
        client: &client,
        streams,
        view,
        started,
    };
    let done = tokio::select! {
        done = run.to_the_tip(requested) => done,
        () = cancellation.requested() => Err(Failure::cancelled()),
    };
    let failure = match done {
        // From here on it is not stopped any more: it has happened or it has not.
        Ok(refreshed) => match client.batch_execute("COMMIT").await {
            Ok(()) => return Ok(refreshed),
            Err(error) => error.into(),
        },
        Err(failure) => failure,
    };
    // The server rolls back what its client leaves.
    drop(client);
    let client = database.own().await?;
    let refreshed = Refreshed::Failed(failure.to_string());
    record_refresh(&client, &view.name, requested, &refreshed, started).await?;
    Err(failure)
}

struct Run<'a> {
    client: &'a Client,
    streams: &'a dyn Streams,
    view: &'a Streaming,
    /// When it was asked for. Records that arrive later are left to the next refresh.
    started: SystemTime,
}

/// Records that wait to be appended.
struct Chunk {
    records: Vec<Staged>,
    bytes: usize,
    /// Records that are not even staged.
    too_long: Vec<Skipped>,
    /// Whether the staging relation is there.
    staged_before: bool,
    /// What the records are staged with.
    refresh_time: SystemTime,
}

impl Run<'_> {
    async fn to_the_tip(&self, requested: &Requested) -> Result<Refreshed, Failure> {
        let refresh_time = self.begin().await?;
        let mut shards = checkpoints(self.client, self.view.relation).await?;
        let query_id = self.next_query_id().await?;
        let mut chunk = Chunk::new(refresh_time);
        self.read_all(&mut shards, &mut chunk, query_id).await?;
        self.flush(&mut shards, &mut chunk, query_id).await?;
        for (shard, progress) in &shards {
            progress.keep(self.client, self.view.relation, shard).await?;
            if progress.tally.scanned > 0 {
                record_scan(self.client, self.view, query_id, shard, progress).await?;
            }
        }
        let scanned: i64 = shards.values().map(|progress| progress.tally.scanned).sum();
        if scanned >= ANALYZE_FROM {
            let analyze = format!("ANALYZE {}", qualified(&self.view.name));
            self.client.batch_execute(&analyze).await?;
        }
        let refreshed = if scanned > 0 {
            Refreshed::Incrementally
        } else {
            Refreshed::Nothing
        };
        record_refresh(self.client, &self.view.name, requested, &refreshed, self.started).await?;
        Ok(refreshed)
    }

    /// Opens the transaction, waits until nobody else refreshes the view, and takes the refresh's time.
    async fn begin(&self) -> Result<SystemTime, Failure> {
        self.client.batch_execute("BEGIN").await?;
        let lock = "SELECT 1 FROM redshift_catalog.streaming_views WHERE relation = $1 FOR UPDATE";
        let locked = self.client.query_opt(lock, &[&self.view.relation]).await?;
        if locked.is_none() {
            let name = &self.view.name.name;
            return Err(Failure::error(format!(
                "materialized view \"{name}\" does not exist"
            )));
        }
        let schema = &self.view.external_schema;
        if !catalogue::is_external_schema(self.client, schema).await? {
            return Err(Failure::error(format!(
                "external schema \"{schema}\" does not exist"
            )));
        }
        self.refresh_time().await
    }

    /// The time behind that of the view's last refresh. Taken under the view's lock and kept by the same transaction, it
    /// grows in the order in which refreshes commit: who has read up to one time misses nothing by reading on from there.
    async fn refresh_time(&self) -> Result<SystemTime, Failure> {
        let take = "UPDATE redshift_catalog.streaming_views \
                    SET refreshed_at = greatest(clock_timestamp(), refreshed_at + interval '1 microsecond') \
                    WHERE relation = $1 RETURNING refreshed_at";
        let row = self.client.query_one(take, &[&self.view.relation]).await?;
        Ok(row.try_get(0)?)
    }

    async fn next_query_id(&self) -> Result<i64, Failure> {
        let query = "SELECT nextval('redshift_catalog.query_ids')";
        Ok(self.client.query_one(query, &[]).await?.try_get(0)?)
    }

    /// Reads shards until each is at its tip or its end; the end of one opens its children.
    async fn read_all(
        &self,
        shards: &mut BTreeMap<String, Progress>,
        chunk: &mut Chunk,
        query_id: i64,
    ) -> Result<(), Failure> {
        let listed = self.list_shards().await?;
        let mut at_tip = BTreeSet::new();
        loop {
            let ended = shards.iter().filter(|(_, progress)| progress.ended);
            let ended = ended.map(|(id, _)| id.clone()).collect();
            let next = readable(&listed, &ended);
            let Some(shard) = next.into_iter().find(|shard| !at_tip.contains(&shard.id)) else {
                return Ok(());
            };
            self.read_shard(shard, shards, chunk, query_id).await?;
            at_tip.insert(shard.id.clone());
        }
    }

    async fn list_shards(&self) -> Result<Vec<Shard>, Failure> {
        let stream = &self.view.stream;
        self.streams.shards(stream).await.map_err(|error| match error {
            ReadError::NotFound => Failure::error(format!("Kinesis stream \"{stream}\" does not exist")),
            error => Failure::error(format!("Kinesis stream \"{stream}\": {error}")),
        })
    }

    async fn read_shard(
        &self,
        shard: &Shard,
        shards: &mut BTreeMap<String, Progress>,
        chunk: &mut Chunk,
        query_id: i64,
    ) -> Result<(), Failure> {
        let progress = shards.entry(shard.id.clone()).or_default();
        let position = match &progress.sequence_number {
            Some(number) => Position::After(number.clone()),
            None => Position::TrimHorizon,
        };
        let (streams, stream) = (self.streams, self.view.stream.as_str());
        let mut scan = Scan::new(streams, stream, &shard.id, position, self.started);
        while let Some(records) = scan.next().await? {
            let progress = shards.entry(shard.id.clone()).or_default();
            for record in records {
                progress.saw(&record);
                chunk.add(&shard.id, record);
            }
            if chunk.is_full() {
                self.flush(shards, chunk, query_id).await?;
            }
        }
        if scan.has_ended() {
            shards.entry(shard.id.clone()).or_default().end();
        }
        Ok(())
    }

    /// Appends what waits, and writes down what the view does not take.
    async fn flush(
        &self,
        shards: &mut BTreeMap<String, Progress>,
        chunk: &mut Chunk,
        query_id: i64,
    ) -> Result<(), Failure> {
        for skipped in std::mem::take(&mut chunk.too_long) {
            self.skip(shards, &skipped, query_id).await?;
        }
        if chunk.records.is_empty() {
            return Ok(());
        }
        if !chunk.staged_before {
            create_staging(self.client).await?;
            chunk.staged_before = true;
        }
        chunk.bytes = 0;
        let records = std::mem::take(&mut chunk.records);
        for skipped in append(self.client, self.view, records, chunk.refresh_time).await? {
            self.skip(shards, &skipped, query_id).await?;
        }
        Ok(())
    }

    async fn skip(
        &self,
        shards: &mut BTreeMap<String, Progress>,
        skipped: &Skipped,
        query_id: i64,
    ) -> Result<(), Failure> {
        if let Some(progress) = shards.get_mut(&skipped.staged.shard) {
            progress.tally.skipped += 1;
        }
        record_skipped(self.client, self.view, query_id, skipped).await
    }
}

impl Chunk {
    const fn new(refresh_time: SystemTime) -> Self {
        Self {
            records: Vec::new(),
            bytes: 0,
            too_long: Vec::new(),
            staged_before: false,
            refresh_time,
        }
    }

    fn add(&mut self, shard: &str, mut record: StreamRecord) {
        let bytes = record.data.len();
        let shard = shard.to_owned();
        if bytes > VARBYTE_BYTES_MAX {
            record.data.clear();
            let reason = format!("the record has {bytes} bytes, the maximum is {VARBYTE_BYTES_MAX}");
            let staged = Staged { shard, record };
            self.too_long.push(Skipped {
                staged,
                code: TOO_LONG,
                reason,
            });
            return;
        }
        self.bytes += bytes;
        self.records.push(Staged { shard, record });
    }

    fn is_full(&self) -> bool {
        self.records.len() >= CHUNK_RECORDS || self.bytes >= CHUNK_BYTES
    }
}
