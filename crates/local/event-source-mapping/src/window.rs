//! Tumbling windows: state that is handed from one invocation to the next.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html>

use std::time::Duration;

use serde_json::{Value, json};

use crate::config::MappingConfig;
use crate::event::{Envelope, WindowMembers};
use crate::shards::ShardId;
use crate::time::Timestamp;

/// Bytes of a window's state, at most: "a maximum of 1 MB per shard. If it exceeds that size, Lambda terminates the
/// window early."
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html>
pub const STATE_MAX_BYTES: usize = 1024 * 1024;

/// An open window of a shard.
///
/// Not documented, and so ours: with parallelization each of a shard's concurrent batches has a window of its own, and
/// after an early termination the rest of the interval is a new window with an empty state.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    start: Timestamp,
    end: Timestamp,
    state: Value,
    overgrown: bool,
}

impl Window {
    /// The window in which a record belongs: its boundaries are "based on the time when records were inserted into
    /// the stream".
    pub fn of(arrival: Timestamp, length: Duration) -> Self {
        let start = arrival.floor_to(length);
        Self {
            start,
            end: start.plus(length),
            state: json!({}),
            overgrown: false,
        }
    }

    /// Whether a record is this window's. One that arrived before the window's start, which the approximate times of a
    /// stream allow, is too.
    pub fn holds(&self, arrival: Timestamp) -> bool {
        arrival < self.end && !self.overgrown
    }

    /// When it ends.
    pub fn end(&self) -> Timestamp {
        self.end
    }

    /// Whether its state is too large, so that its next invocation is its last.
    pub fn overgrown(&self) -> bool {
        self.overgrown
    }

    /// Keeps what the function returned.
    pub fn keep(&mut self, state: Value) {
        self.overgrown = state.to_string().len() > STATE_MAX_BYTES;
        self.state = state;
    }

    /// What an event of this window has around its records.
    pub fn envelope(&self, shard: &ShardId, config: &MappingConfig, is_final: bool) -> Envelope {
        let members = WindowMembers {
            start: self.start,
            end: self.end,
            state: &self.state,
            is_final,
            terminated_early: is_final && self.overgrown,
        };
        Envelope::window(shard, config, &members)
    }
}
