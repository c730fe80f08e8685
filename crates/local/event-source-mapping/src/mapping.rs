//! A mapping as a state machine: the caller reads shards and invokes the function, and the mapping says when, with
//! what, and what the outcome means.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;

use crate::config::{MappingConfig, StartingPosition};
use crate::counts::EventCounts;
use crate::lane::{Launch, Log, Setting};
use crate::on_failure::OnFailureReport;
use crate::progress::Progress;
use crate::record::{SequenceNumber, StreamRecord};
use crate::rules::Rules;
use crate::shard::{Phase, Shard};
use crate::shards::{Position, ShardDescription, ShardId};
use crate::time::Timestamp;

/// Records of a shard that are held, at most, while one of its concurrent batches is stuck and others have nothing to
/// do. What Lambda holds is not documented; this is what one `GetRecords` returns at most.
/// <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html>
pub const READ_AHEAD_RECORDS: usize = 10_000;

/// An event source mapping at work.
///
/// ```text
/// observe_shards ->            -> step -> Poll         -> on_read
///                                      -> Invoke       -> on_invoke_result
///                                      -> SendToOnFailure
/// ```
pub struct Mapping {
    config: MappingConfig,
    rules: Rules,
    shards: BTreeMap<ShardId, Shard>,
    observed: bool,
    under_way: BTreeMap<InvocationId, (ShardId, usize)>,
    next_invocation: u64,
    log: Log,
    counts: EventCounts,
}

/// What the caller has to do.
#[derive(Clone, Debug)]
#[must_use]
pub enum Action {
    /// Read a shard from here, and call [`Mapping::on_read`] or [`Mapping::on_read_failure`].
    Poll {
        /// The shard.
        shard: ShardId,
        /// From where.
        from: Position,
    },
    /// Invoke the function, and call [`Mapping::on_invoke_result`].
    Invoke(Invocation),
    /// Send a report to the configured on-failure destination. Lambda does not wait for it.
    SendToOnFailure(OnFailureReport),
}

/// Which invocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InvocationId(u64);

/// An invocation to be made.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// To be given back with the result.
    pub id: InvocationId,
    /// The shard that the records are from.
    pub shard: ShardId,
    /// The records in the event. None in the last invocation of a tumbling window.
    pub records: Vec<SequenceNumber>,
    /// How often these records were tried, this time included.
    pub attempt: u32,
    /// Whether it is the last invocation of a tumbling window.
    pub is_final: bool,
    /// The event's JSON.
    pub event: Bytes,
}

/// How an invocation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvokeResult {
    /// The function returned this.
    Returned(Bytes),
    /// The function raised an error, ran out of time or crashed: the `FunctionError` of the answer (`Unhandled`).
    FunctionError(String),
    /// The function was not reached (a throttle, an error of the service), and why.
    NotInvoked(String),
}

/// What a poll of a shard found.
#[derive(Clone, Debug, Default)]
pub struct Read {
    /// The records, in order.
    pub records: Vec<StreamRecord>,
    /// Whether the shard was closed by resharding, and nothing comes after these records.
    pub ended: bool,
}

/// From where a shard can be read again without a loss.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The shard.
    pub shard: ShardId,
    /// From where.
    pub position: Position,
    /// Whether there is nothing left in it.
    pub closed: bool,
}

impl Mapping {
    /// A mapping that has seen nothing yet.
    pub fn new(config: MappingConfig) -> Self {
        Self::with_rules(config, Rules::documented())
    }

    /// A mapping that goes on where another one stopped.
    pub fn resume(config: MappingConfig, checkpoints: &[Checkpoint]) -> Self {
        let mut mapping = Self::new(config);
        mapping.observed = !checkpoints.is_empty();
        for Checkpoint {
            shard,
            position,
            closed,
        } in checkpoints
        {
            let mut resumed = mapping.new_shard(shard.clone(), Vec::new(), position.clone());
            match closed {
                true => resumed.phase = Phase::Closed,
                false => resumed.open(&mut mapping.log),
            }
            mapping.shards.insert(shard.clone(), resumed);
        }
        mapping
    }

    pub(crate) fn with_rules(config: MappingConfig, rules: Rules) -> Self {
        Self {
            config,
            rules,
            shards: BTreeMap::new(),
            observed: false,
            under_way: BTreeMap::new(),
            next_invocation: 0,
            log: Log::default(),
            counts: EventCounts::default(),
        }
    }

    /// Takes in the stream's list of shards: all of it, each time. The shards of the first list are read from the
    /// configured position, and those that come later from their beginning.
    pub fn observe_shards(&mut self, listed: &[ShardDescription]) {
        for ShardDescription { id, parents } in listed {
            if !self.shards.contains_key(id) {
                let from = match self.observed {
                    false => first_position(self.config.starting_position),
                    true => (self.rules.child_position)(self.config.starting_position),
                };
                let shard = self.new_shard(id.clone(), parents.clone(), from);
                self.shards.insert(id.clone(), shard);
            }
        }
        self.observed |= !listed.is_empty();
    }

    /// What is to be done now.
    pub fn step(&mut self, now: Timestamp) -> Vec<Action> {
        self.open_shards();
        let setting = Setting {
            config: &self.config,
            rules: &self.rules,
            now,
        };
        let mut actions = Vec::new();
        for (id, shard) in &mut self.shards {
            if let Some(from) = shard.start_poll(&setting) {
                actions.push(Action::Poll {
                    shard: id.clone(),
                    from,
                });
            }
            for (lane, launch) in shard.launches(&setting, &mut self.log) {
                let invocation = InvocationId(self.next_invocation);
                self.next_invocation += 1;
                self.under_way.insert(invocation, (id.clone(), lane));
                actions.push(Action::Invoke(invocation_of(invocation, id, launch)));
            }
            shard.settle(&mut self.log);
        }
        actions.extend(self.take_reports().into_iter().map(Action::SendToOnFailure));
        actions
    }

    /// Reports that [`Mapping::step`] has not handed out yet. For a caller that stops: a step would begin new work.
    pub fn take_reports(&mut self) -> Vec<OnFailureReport> {
        std::mem::take(&mut self.log.reports)
    }

    /// Takes in what a poll found.
    pub fn on_read(&mut self, shard: &ShardId, read: Read, now: Timestamp) {
        let Some(shard) = self.shards.get_mut(shard) else {
            return;
        };
        shard.on_read(
            &read,
            &Setting {
                config: &self.config,
                rules: &self.rules,
                now,
            },
            &mut self.log,
        );
        shard.settle(&mut self.log);
    }

    /// A poll failed; it is tried again after `wait`.
    pub fn on_read_failure(&mut self, shard: &ShardId, now: Timestamp, wait: Duration) {
        if let Some(shard) = self.shards.get_mut(shard) {
            shard.on_read_failure(now, wait);
        }
    }

    /// Takes in how an invocation ended.
    pub fn on_invoke_result(&mut self, id: InvocationId, result: &InvokeResult, now: Timestamp) {
        let Some((shard, lane)) = self.under_way.remove(&id) else {
            return;
        };
        let Some(shard) = self.shards.get_mut(&shard) else {
            return;
        };
        let setting = Setting {
            config: &self.config,
            rules: &self.rules,
            now,
        };
        shard.on_result(lane, result, &setting, &mut self.log);
        shard.settle(&mut self.log);
    }

    /// When [`Mapping::step`] has something to do even if nothing happens before; possibly in the past.
    pub fn due_at(&self) -> Option<Timestamp> {
        self.shards
            .values()
            .filter_map(|shard| shard.due_at(&self.config))
            .min()
    }

    /// What was done since the last call.
    pub fn take_progress(&mut self) -> Vec<Progress> {
        let progress = std::mem::take(&mut self.log.progress);
        self.counts.count(&progress);
        progress
    }

    /// The counts that `MetricsConfig: EventCount` asks for, from the beginning and as of the last
    /// [`Mapping::take_progress`].
    pub fn event_counts(&self) -> EventCounts {
        self.counts
    }

    /// From where each shard can be read again without a loss.
    pub fn checkpoints(&self) -> Vec<Checkpoint> {
        let checkpoint = |(id, shard): (&ShardId, &Shard)| Checkpoint {
            shard: id.clone(),
            position: shard.checkpoint().clone(),
            closed: shard.phase == Phase::Closed,
        };
        self.shards
            .iter()
            .filter(|(_, shard)| shard.phase != Phase::Waiting)
            .map(checkpoint)
            .collect()
    }

    /// Records that were read and are neither acknowledged nor given up.
    pub fn pending_records(&self) -> usize {
        self.shards.values().map(Shard::pending).sum()
    }

    /// Whether everything that was read is done with, and no tumbling window is open.
    pub fn is_quiet(&self) -> bool {
        self.under_way.is_empty() && self.shards.values().all(Shard::is_quiet)
    }

    /// The mapping's configuration.
    pub fn config(&self) -> &MappingConfig {
        &self.config
    }

    fn open_shards(&mut self) {
        let waiting = self
            .shards
            .iter()
            .filter(|(_, shard)| shard.phase == Phase::Waiting);
        let may_open = waiting.filter(|(_, shard)| {
            let parents_done: Vec<_> = shard.parents.iter().map(|parent| self.is_done(parent)).collect();
            (self.rules.may_open)(&parents_done)
        });
        let may_open: Vec<ShardId> = may_open.map(|(id, _)| id.clone()).collect();
        for id in may_open {
            if let Some(shard) = self.shards.get_mut(&id) {
                shard.open(&mut self.log);
            }
        }
    }

    /// A parent that is not listed any more has nothing left that could be read.
    fn is_done(&self, parent: &ShardId) -> bool {
        self.shards
            .get(parent)
            .is_none_or(|parent| parent.phase == Phase::Closed)
    }

    fn new_shard(&self, id: ShardId, parents: Vec<ShardId>, from: Position) -> Shard {
        Shard::new(id, parents, from, self.config.parallelization_factor)
    }
}

fn first_position(configured: StartingPosition) -> Position {
    match configured {
        StartingPosition::TrimHorizon => Position::TrimHorizon,
        StartingPosition::Latest => Position::Latest,
        StartingPosition::AtTimestamp(at) => Position::AtTimestamp(at),
    }
}

fn invocation_of(id: InvocationId, shard: &ShardId, launch: Launch) -> Invocation {
    Invocation {
        id,
        shard: shard.clone(),
        records: launch.records,
        attempt: launch.attempt,
        is_final: launch.is_final,
        event: launch.event.into(),
    }
}
