//! How far a view has read the shards of its stream.

use std::collections::BTreeMap;
use std::time::SystemTime;

use tokio_postgres::Client;

use super::streams::StreamRecord;
use crate::failure::Failure;

/// How far a shard has been read, before and now.
#[derive(Debug, Default)]
pub(super) struct Progress {
    pub(super) sequence_number: Option<String>,
    pub(super) ended: bool,
    /// Whether this refresh changes it.
    has_moved: bool,
    pub(super) tally: Tally,
}

/// What a refresh has seen of a shard.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) scanned: i64,
    pub(super) skipped: i64,
    pub(super) bytes: i64,
    pub(super) first: Option<SystemTime>,
    pub(super) last: Option<SystemTime>,
}

/// The view's checkpoints by shard.
pub(super) async fn checkpoints(
    client: &Client,
    relation: u32,
) -> Result<BTreeMap<String, Progress>, Failure> {
    let query =
        "SELECT shard_id, sequence_number, ended FROM redshift_catalog.checkpoints WHERE relation = $1";
    let rows = client.query(query, &[&relation]).await?;
    let shards = rows.iter().map(|row| {
        let progress = Progress {
            sequence_number: row.try_get(1)?,
            ended: row.try_get(2)?,
            ..Progress::default()
        };
        Ok((row.try_get(0)?, progress))
    });
    shards.collect()
}

impl Progress {
    /// Counts a record that was read.
    pub(super) fn saw(&mut self, record: &StreamRecord) {
        self.sequence_number = Some(record.sequence_number.clone());
        self.has_moved = true;
        let tally = &mut self.tally;
        tally.scanned += 1;
        tally.bytes += i64::try_from(record.data.len()).unwrap_or(i64::MAX);
        let arrival = record.arrival;
        tally.first = Some(tally.first.map_or(arrival, |first| first.min(arrival)));
        tally.last = Some(tally.last.map_or(arrival, |last| last.max(arrival)));
    }

    /// The shard has been read to its end.
    pub(super) fn end(&mut self) {
        self.ended = true;
        self.has_moved = true;
    }

    /// Writes the checkpoint, if it has moved.
    pub(super) async fn keep(&self, client: &Client, relation: u32, shard: &str) -> Result<(), Failure> {
        if !self.has_moved {
            return Ok(());
        }
        let keep = "INSERT INTO redshift_catalog.checkpoints VALUES ($1, $2, $3, $4) \
             ON CONFLICT (relation, shard_id) DO UPDATE \
             SET sequence_number = excluded.sequence_number, ended = excluded.ended";
        client
            .execute(keep, &[&relation, &shard, &self.sequence_number, &self.ended])
            .await?;
        Ok(())
    }
}
