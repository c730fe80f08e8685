#![doc = include_str!("../README.md")]

mod answer;
mod batch;
pub mod config;
mod counts;
#[cfg(feature = "driver")]
pub mod driver;
mod event;
pub mod filter;
mod lane;
mod mapping;
mod on_failure;
mod progress;
mod record;
mod rules;
mod shard;
mod shards;
pub mod simulation;
mod time;
mod window;

#[cfg(test)]
mod examples;

pub use batch::Failure;
pub use config::{MappingConfig, MappingSettings};
pub use counts::EventCounts;
pub use event::PAYLOAD_MAX_BYTES;
pub use mapping::{
    Action, Checkpoint, Invocation, InvocationId, InvokeResult, Mapping, READ_AHEAD_RECORDS, Read,
};
pub use on_failure::OnFailureReport;
pub use progress::{Condition, Progress};
pub use record::{RecordBody, SequenceNumber, StreamRecord};
pub use shards::{Position, ShardDescription, ShardId};
pub use time::Timestamp;
pub use window::STATE_MAX_BYTES;
