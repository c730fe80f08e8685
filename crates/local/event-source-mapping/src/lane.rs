//! One of a shard's concurrent batches: what is gathered, what is under way, and what is tried again.
//!
//! With a parallelization factor of 1 a shard has one lane. With more, every partition key belongs to one of them, so
//! that a key's records stay in order while keys overtake each other.

mod failure;
mod gather;

use std::collections::VecDeque;

use crate::answer::{Answer, read_state};
use crate::batch::{Batch, Failure};
use crate::config::MappingConfig;
use crate::event::{Envelope, EventRecord};
use crate::mapping::InvokeResult;
use crate::on_failure::OnFailureReport;
use crate::progress::{Condition, Progress};
use crate::record::SequenceNumber;
use crate::rules::Rules;
use crate::shards::ShardId;
use crate::time::Timestamp;
use crate::window::Window;

/// What is the same for all shards of a mapping.
#[derive(Clone, Copy)]
pub(crate) struct Setting<'a> {
    pub config: &'a MappingConfig,
    pub rules: &'a Rules,
    pub now: Timestamp,
}

/// What a lane needs to know of its surroundings to take a step.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub config: &'a MappingConfig,
    pub rules: &'a Rules,
    pub now: Timestamp,
    pub shard: &'a ShardId,
    /// Whether the shard has ended and everything in it was read.
    pub ended: bool,
    /// When the shard was last seen to have nothing new.
    pub caught_up_at: Option<Timestamp>,
}

/// What a lane tells.
#[derive(Default)]
pub(crate) struct Log {
    pub progress: Vec<Progress>,
    pub reports: Vec<OnFailureReport>,
}

/// An invocation to be made.
pub(crate) struct Launch {
    pub event: String,
    pub records: Vec<SequenceNumber>,
    pub attempt: u32,
    pub is_final: bool,
}

/// See the module.
#[derive(Default)]
pub(crate) struct Lane {
    /// Read, and not tried yet.
    queue: VecDeque<EventRecord>,
    /// To be tried again, before the queue and in this order.
    again: VecDeque<Batch>,
    in_flight: Option<Batch>,
    /// Nothing is tried before: the wait after a failure.
    ready_at: Timestamp,
    /// When the current batching window began; the first one begins with the first record.
    gathering_since: Option<Timestamp>,
    window: Option<Window>,
}

impl Lane {
    /// Takes in a record that was read.
    pub fn push(&mut self, record: EventRecord, context: &Context<'_>) {
        if self.queue.is_empty() && self.in_flight.is_none() {
            self.skip_empty_batching_windows(context);
        }
        self.queue.push_back(record);
    }

    /// Starts the next invocation, if one is due. One is under way at a time: "Lambda processes records in each shard
    /// in order".
    /// <https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html>
    pub fn step(&mut self, context: &Context<'_>, log: &mut Log) -> Option<Launch> {
        if self.in_flight.is_some() || context.now < self.ready_at {
            return None;
        }
        let mut batch = self.next_batch(context, log)?;
        batch.attempts += 1;
        let launch = Launch {
            event: self.envelope(batch.is_final, context).event(&batch.records),
            records: batch.sequence_numbers().into_iter().cloned().collect(),
            attempt: batch.attempts,
            is_final: batch.is_final,
        };
        self.in_flight = Some(batch);
        Some(launch)
    }

    /// Takes in how the invocation ended.
    pub fn on_result(&mut self, result: &InvokeResult, context: &Context<'_>, log: &mut Log) {
        let Some(batch) = self.in_flight.take() else {
            return;
        };
        // "The next batching window begins as soon as the previous function invocation completes."
        self.gathering_since = Some(context.now);
        let (shard, records) = (context.shard.clone(), batch.records.len());
        match result {
            InvokeResult::Returned(answer) => {
                log.progress.push(Progress::Invoked { shard, records });
                self.on_answer(batch, answer, context, log);
            }
            InvokeResult::FunctionError(kind) => {
                log.progress.push(Progress::Invoked { shard, records });
                self.on_failure(batch, Failure::FunctionError(kind.clone()), context, log);
            }
            // Lambda then "retries until the records expire or exceed the maximum age", and no retry is used up.
            // <https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html>
            InvokeResult::NotInvoked(_) => {
                log.progress.push(Progress::Failed {
                    shard,
                    records,
                    failure: None,
                });
                self.try_again(batch, context, log);
            }
        }
    }

    fn on_answer(&mut self, mut batch: Batch, answer: &[u8], context: &Context<'_>, log: &mut Log) {
        let state = read_state(answer);
        if self.window.is_some() && state.is_none() {
            return self.on_failure(batch, Failure::NoState, context, log);
        }
        let checkpoint = match self.verdict(&batch, answer, context) {
            Answer::Success => batch.records.len(),
            Answer::WholeBatchFailed => return self.on_failure(batch, Failure::Reported, context, log),
            Answer::Failed(positions) => match (context.rules.checkpoint)(&positions) {
                // Nothing before the first record is done, so that nothing distinguishes this from an exception.
                0 => return self.on_failure(batch, Failure::Reported, context, log),
                position => position,
            },
        };
        acknowledge(batch.take_first(checkpoint), context, log);
        self.keep_state(state, batch.is_final, context, log);
        if !batch.records.is_empty() {
            self.on_partial_failure(batch, context, log);
        }
    }

    /// "These responses will not be processed by Lambda unless the `ReportBatchItemFailures` feature is explicitly
    /// turned on."
    /// <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html>
    fn verdict(&self, batch: &Batch, answer: &[u8], context: &Context<'_>) -> Answer {
        match context.config.report_batch_item_failures {
            true => (context.rules.read_report)(answer, &batch.sequence_numbers()),
            false => Answer::Success,
        }
    }

    fn keep_state(
        &mut self,
        state: Option<serde_json::Value>,
        is_final: bool,
        context: &Context<'_>,
        log: &mut Log,
    ) {
        let Some(window) = &mut self.window else { return };
        if is_final {
            let (shard, early) = (context.shard.clone(), window.overgrown());
            log.progress.push(Progress::WindowClosed { shard, early });
            self.window = None;
        } else if let Some(state) = state {
            window.keep(state);
        }
    }

    fn envelope(&self, is_final: bool, context: &Context<'_>) -> Envelope {
        match &self.window {
            Some(window) => window.envelope(context.shard, context.config, is_final),
            None => Envelope::default(),
        }
    }

    /// The oldest record that is neither acknowledged nor given up.
    pub fn oldest(&self) -> Option<&SequenceNumber> {
        let tried = self.in_flight.iter().chain(&self.again).find_map(Batch::first);
        tried.or_else(|| self.queue.front().map(|record| &record.sequence_number))
    }

    /// Records that are neither acknowledged nor given up.
    pub fn pending(&self) -> usize {
        let tried = self
            .in_flight
            .iter()
            .chain(&self.again)
            .map(|batch| batch.records.len());
        tried.sum::<usize>() + self.queue.len()
    }

    /// Whether the lane could start another batch than the ones it has, were there records.
    pub fn is_starved(&self, config: &MappingConfig) -> bool {
        self.again.is_empty() && self.queue.len() < config.batch_size
    }

    /// Whether nothing is left to do.
    pub fn is_quiet(&self) -> bool {
        self.pending() == 0 && self.in_flight.is_none() && self.again.is_empty() && self.window.is_none()
    }

    /// When time alone makes a step possible. The end of a window without gathered records is none: it is the poll
    /// after it that tells that nothing more has come.
    pub fn due_at(&self, config: &MappingConfig) -> Option<Timestamp> {
        if self.in_flight.is_some() {
            return None;
        }
        if !self.again.is_empty() {
            return Some(self.ready_at);
        }
        let gathering_since = self.gathering_since.filter(|_| !self.queue.is_empty())?;
        let gathered = gathering_since.plus(config.batching_window);
        let due = self
            .window
            .as_ref()
            .map_or(gathered, |window| gathered.min(window.end()));
        Some(due.max(self.ready_at))
    }
}

fn acknowledge(records: Vec<EventRecord>, context: &Context<'_>, log: &mut Log) {
    if !records.is_empty() {
        let records = records.into_iter().map(|record| record.sequence_number).collect();
        log.progress.push(Progress::Acknowledged {
            shard: context.shard.clone(),
            records,
        });
    }
}

fn discard(batch: &Batch, condition: Condition, context: &Context<'_>, log: &mut Log) {
    let report = OnFailureReport::new(batch, condition, context.shard, context.config, context.now);
    log.progress.push(Progress::Discarded {
        shard: context.shard.clone(),
        records: report.records.clone(),
        condition,
    });
    log.reports.push(report);
}
