//! One shard of a mapping: its reading, and its lanes.

use std::time::Duration;

use crate::config::MappingConfig;
use crate::event::EventRecord;
use crate::lane::{Context, Lane, Launch, Log, Setting};
use crate::mapping::{InvokeResult, READ_AHEAD_RECORDS, Read};
use crate::progress::Progress;
use crate::record::{SequenceNumber, StreamRecord};
use crate::shards::{Position, ShardId};
use crate::time::Timestamp;

/// How far a mapping is with a shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Its parents are not done with.
    Waiting,
    /// It is read.
    Open,
    /// It has ended, and all its records are done with.
    Closed,
}

pub(crate) struct Shard {
    pub parents: Vec<ShardId>,
    pub phase: Phase,
    reading: Reading,
    checkpoint: Position,
    lanes: Vec<Lane>,
}

/// How far a shard is read.
struct Reading {
    shard: ShardId,
    /// What to read next.
    next: Position,
    under_way: bool,
    due_at: Timestamp,
    caught_up_at: Option<Timestamp>,
    /// Whether there is nothing left to read, ever.
    ended: bool,
    records: u64,
}

impl Shard {
    pub fn new(id: ShardId, parents: Vec<ShardId>, from: Position, lanes: usize) -> Self {
        Self {
            parents,
            phase: Phase::Waiting,
            checkpoint: from.clone(),
            reading: Reading {
                shard: id,
                next: from,
                under_way: false,
                due_at: Timestamp::default(),
                caught_up_at: None,
                ended: false,
                records: 0,
            },
            lanes: std::iter::repeat_with(Lane::default).take(lanes).collect(),
        }
    }

    pub fn open(&mut self, log: &mut Log) {
        self.phase = Phase::Open;
        let (shard, from) = (self.reading.shard.clone(), self.reading.next.clone());
        log.progress.push(Progress::ShardOpened { shard, from });
    }

    /// Where to read, if it is time to.
    pub fn start_poll(&mut self, setting: &Setting<'_>) -> Option<Position> {
        let wanted = self.wants_records(setting.config) && setting.now >= self.reading.due_at;
        self.reading.under_way |= wanted;
        wanted.then(|| self.reading.next.clone())
    }

    /// Reading goes a little ahead of the function, and further if one lane is stuck while others starve.
    fn wants_records(&self, config: &MappingConfig) -> bool {
        if self.phase != Phase::Open || self.reading.under_way || self.reading.ended {
            return false;
        }
        let pending = self.pending();
        let one_round = config.batch_size * self.lanes.len();
        let starved = || self.lanes.iter().any(|lane| lane.is_starved(config));
        pending <= one_round || (pending < one_round.max(READ_AHEAD_RECORDS) && starved())
    }

    /// Takes in what a poll found.
    pub fn on_read(&mut self, read: &Read, setting: &Setting<'_>, log: &mut Log) {
        self.reading.advance(read, setting, log);
        let mut filtered_out = Vec::new();
        for record in &read.records {
            match setting.config.filters.passes(record) {
                true => self.push(record, setting),
                false => filtered_out.push(record.sequence_number.clone()),
            }
        }
        if !filtered_out.is_empty() {
            let shard = self.reading.shard.clone();
            log.progress.push(Progress::FilteredOut {
                shard,
                records: filtered_out,
            });
        }
    }

    fn push(&mut self, record: &StreamRecord, setting: &Setting<'_>) {
        let record = EventRecord::new(record, &self.reading.shard, setting.config);
        let lane = (setting.rules.lane)(&record.ordering_key, self.reading.records, self.lanes.len());
        self.reading.records += 1;
        self.lanes[lane].push(record, &self.reading.context(setting));
    }

    /// A poll came to nothing: the same position is tried again.
    pub fn on_read_failure(&mut self, now: Timestamp, wait: Duration) {
        self.reading.under_way = false;
        self.reading.due_at = now.plus(wait);
    }

    /// The invocations that are due, by lane.
    pub fn launches(&mut self, setting: &Setting<'_>, log: &mut Log) -> Vec<(usize, Launch)> {
        let context = self.reading.context(setting);
        let lanes = self.lanes.iter_mut().enumerate();
        lanes
            .filter_map(|(index, lane)| Some((index, lane.step(&context, log)?)))
            .collect()
    }

    /// Hands the end of an invocation to its lane.
    pub fn on_result(&mut self, lane: usize, result: &InvokeResult, setting: &Setting<'_>, log: &mut Log) {
        let context = self.reading.context(setting);
        if let Some(lane) = self.lanes.get_mut(lane) {
            lane.on_result(result, &context, log);
        }
    }

    /// Moves the checkpoint up to the oldest record that is not done with, and closes a shard that has none left.
    pub fn settle(&mut self, log: &mut Log) {
        let oldest: Option<&SequenceNumber> = self.lanes.iter().filter_map(Lane::oldest).min();
        let checkpoint = match oldest {
            Some(record) => Position::At(record.clone()),
            None => self.reading.next.clone(),
        };
        let shard = || self.reading.shard.clone();
        if checkpoint != self.checkpoint {
            self.checkpoint = checkpoint.clone();
            log.progress.push(Progress::Checkpoint {
                shard: shard(),
                position: checkpoint,
            });
        }
        if self.phase == Phase::Open && self.reading.ended && self.is_quiet() {
            self.phase = Phase::Closed;
            log.progress.push(Progress::ShardClosed { shard: shard() });
        }
    }

    pub fn checkpoint(&self) -> &Position {
        &self.checkpoint
    }

    /// Records that were read and are not done with.
    pub fn pending(&self) -> usize {
        self.lanes.iter().map(Lane::pending).sum()
    }

    /// Whether nothing is left to do with what was read.
    pub fn is_quiet(&self) -> bool {
        !self.reading.under_way && self.lanes.iter().all(Lane::is_quiet)
    }

    /// When time alone makes a step possible.
    pub fn due_at(&self, config: &MappingConfig) -> Option<Timestamp> {
        let poll = self.wants_records(config).then_some(self.reading.due_at);
        self.lanes
            .iter()
            .filter_map(|lane| lane.due_at(config))
            .chain(poll)
            .min()
    }
}

impl Reading {
    fn advance(&mut self, read: &Read, setting: &Setting<'_>, log: &mut Log) {
        self.under_way = false;
        self.ended = read.ended;
        if let Some(last) = read.records.last() {
            self.next = Position::After(last.sequence_number.clone());
            log.progress.push(Progress::Polled {
                shard: self.shard.clone(),
                records: read.records.len(),
            });
        } else {
            self.caught_up_at = Some(setting.now);
            self.due_at = setting.now.plus(setting.config.pacing.poll_interval);
        }
    }

    fn context<'a>(&'a self, setting: &Setting<'a>) -> Context<'a> {
        Context {
            config: setting.config,
            rules: setting.rules,
            now: setting.now,
            shard: &self.shard,
            ended: self.ended,
            caught_up_at: self.caught_up_at,
        }
    }
}
