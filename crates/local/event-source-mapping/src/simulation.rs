//! A mapping over a stream in memory: drives a handler in-process, without a clock or a network.
//!
//! ```
//! use event_source_mapping::simulation::{Ending, SimulatedStream, Simulation};
//! use event_source_mapping::{InvokeResult, MappingSettings};
//!
//! let stream = SimulatedStream::kinesis("interactions", 2);
//! let settings = MappingSettings {
//!     parallelization_factor: Some(4),
//!     function_response_types: vec!["ReportBatchItemFailures".into()],
//!     ..MappingSettings::new(stream.arn(), "arn:aws:lambda:us-east-1:000000000000:function:forwarder")
//! };
//! let mut simulation = Simulation::new(settings.validate()?, stream);
//! let first = simulation.stream_mut().put("session-1", r#"{"n":1}"#);
//! let second = simulation.stream_mut().put("session-1", r#"{"n":2}"#);
//!
//! let ending = simulation.run(100, |_event| InvokeResult::Returned("{}".into()));
//!
//! assert_eq!(ending, Ending::Drained);
//! assert_eq!(simulation.first_occurrences("session-1"), [&first, &second]);
//! assert!(simulation.pending().is_empty());
//! # Ok::<(), event_source_mapping::config::ConfigErrors>(())
//! ```

mod record_of_run;
mod stream;

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use bytes::Bytes;

use crate::config::MappingConfig;
use crate::mapping::{Action, Invocation, InvokeResult, Mapping};
use crate::on_failure::OnFailureReport;
use crate::progress::Progress;
use crate::rules::Rules;
use crate::shards::ShardId;
use crate::time::Timestamp;
pub use record_of_run::PastInvocation;
pub use stream::{SimulatedStream, StreamError};

/// When a simulation begins: 2026-01-01T00:00:00Z.
pub const START: Timestamp = Timestamp::from_seconds(1_767_225_600);

/// Steps without an invocation after which none is expected any more: more than twice as many as a shard is polled in
/// the longest tumbling window.
const IDLE_STEPS_MAX: usize = 10_000;

/// A mapping, the stream that it reads, and what happened so far.
pub struct Simulation {
    mapping: Mapping,
    stream: SimulatedStream,
    now: Timestamp,
    /// How many records of a shard were read, or skipped by the starting position.
    cursors: BTreeMap<ShardId, usize>,
    /// Invocations that are under way, as with parallelization several are.
    launched: Vec<Invocation>,
    order: CompletionOrder,
    invocations: Vec<PastInvocation>,
    on_failure: Vec<OnFailureReport>,
    progress: Vec<Progress>,
}

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Ending {
    /// Every record that the stream holds is acknowledged, filtered out or given up, and no tumbling window is open.
    Drained,
    /// The bound on the number of invocations was reached.
    InvocationLimit,
    /// Records are left, and no passing of time brings on an invocation. The documented rules do not come to this.
    Stuck,
}

/// Which of the invocations that are under way at the same time ends next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CompletionOrder {
    /// The one that began first.
    #[default]
    FirstStartedFirst,
    /// Any of them, by a seed.
    Shuffled(u64),
}

impl Simulation {
    /// A mapping that begins to read `stream`.
    pub fn new(config: MappingConfig, stream: SimulatedStream) -> Self {
        Self::with_rules(config, stream, Rules::documented())
    }

    pub(crate) fn with_rules(config: MappingConfig, stream: SimulatedStream, rules: Rules) -> Self {
        Self {
            mapping: Mapping::with_rules(config, rules),
            stream,
            now: START,
            cursors: BTreeMap::new(),
            launched: Vec::new(),
            order: CompletionOrder::default(),
            invocations: Vec::new(),
            on_failure: Vec::new(),
            progress: Vec::new(),
        }
    }

    /// The same, with another order in which concurrent invocations end.
    #[must_use]
    pub fn with_completion_order(mut self, order: CompletionOrder) -> Self {
        self.order = order;
        self
    }

    /// Runs until there is nothing left to do, or until the handler was called `limit` times in this run.
    pub fn run(&mut self, limit: usize, mut handler: impl FnMut(Bytes) -> InvokeResult) -> Ending {
        for _ in 0..limit {
            let invocation = match self.next_invocation() {
                Ok(invocation) => invocation,
                Err(ending) => return ending,
            };
            let result = handler(invocation.event.clone());
            self.finish(invocation, result);
        }
        self.ending()
    }

    /// As [`Simulation::run`], with an asynchronous handler. Invocations are awaited one after the other, in the
    /// completion order.
    pub async fn run_async<F, R>(&mut self, limit: usize, mut handler: F) -> Ending
    where
        F: FnMut(Bytes) -> R,
        R: Future<Output = InvokeResult>,
    {
        for _ in 0..limit {
            let invocation = match self.next_invocation() {
                Ok(invocation) => invocation,
                Err(ending) => return ending,
            };
            let result = handler(invocation.event.clone()).await;
            self.finish(invocation, result);
        }
        self.ending()
    }

    /// The stream, to put records and to reshard it between two runs.
    pub fn stream_mut(&mut self) -> &mut SimulatedStream {
        self.stream.set_now(self.now);
        &mut self.stream
    }

    /// Lets time pass between two runs.
    pub fn advance(&mut self, time: Duration) {
        self.now = self.now.plus(time);
    }

    /// The time in the simulation.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The mapping.
    pub fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// Takes steps, and lets time pass where time alone makes the next one possible, until an invocation can end.
    fn next_invocation(&mut self) -> Result<Invocation, Ending> {
        for _ in 0..IDLE_STEPS_MAX {
            self.take_steps();
            if !self.launched.is_empty() {
                return Ok(self.pick());
            }
            if self.is_drained() {
                return Err(Ending::Drained);
            }
            self.now = self.mapping.due_at().ok_or(Ending::Stuck)?.max(self.now);
        }
        Err(Ending::Stuck)
    }

    /// All that can be done at this moment, short of ending an invocation.
    fn take_steps(&mut self) {
        loop {
            self.mapping.observe_shards(&self.stream.descriptions());
            let actions = self.mapping.step(self.now);
            self.progress.extend(self.mapping.take_progress());
            if actions.is_empty() {
                return;
            }
            for action in actions {
                self.take(action);
            }
        }
    }

    fn take(&mut self, action: Action) {
        match action {
            Action::Poll { shard, from } => {
                let (read, cursor) = self.stream.read(&shard, &from, self.cursors.get(&shard).copied());
                self.cursors.insert(shard.clone(), cursor);
                self.mapping.on_read(&shard, read, self.now);
            }
            Action::Invoke(invocation) => self.launched.push(invocation),
            Action::SendToOnFailure(report) => self.on_failure.push(report),
        }
    }

    fn pick(&mut self) -> Invocation {
        let index = match &mut self.order {
            CompletionOrder::FirstStartedFirst => 0,
            CompletionOrder::Shuffled(seed) => {
                // Knuth's linear congruential generator: enough to interleave, and reproducible.
                *seed = seed
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                (*seed >> 33) as usize % self.launched.len()
            }
        };
        self.launched.remove(index)
    }

    fn finish(&mut self, invocation: Invocation, result: InvokeResult) {
        self.mapping.on_invoke_result(invocation.id, &result, self.now);
        self.progress.extend(self.mapping.take_progress());
        self.invocations.push(PastInvocation {
            invocation,
            result,
            at: self.now,
        });
    }

    fn ending(&mut self) -> Ending {
        self.take_steps();
        match self.is_drained() {
            true => Ending::Drained,
            false => Ending::InvocationLimit,
        }
    }

    fn is_drained(&self) -> bool {
        self.launched.is_empty() && self.mapping.is_quiet() && self.stream.is_read(&self.cursors)
    }
}
