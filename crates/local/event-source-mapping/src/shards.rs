//! Shards, their parents, and positions in them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::record::SequenceNumber;
use crate::time::Timestamp;

/// A shard's name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ShardId(String);

impl ShardId {
    /// The name as the stream wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for ShardId {
    fn from(id: T) -> Self {
        Self(id.into())
    }
}

impl fmt::Display for ShardId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A shard as a stream lists it. A split gives two children of one parent, a merge one child of two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShardDescription {
    /// The shard's name.
    pub id: ShardId,
    /// `ParentShardId` and, after a merge, `AdjacentParentShardId`.
    pub parents: Vec<ShardId>,
}

/// From where to read a shard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Position {
    /// The oldest record that the stream still holds.
    TrimHorizon,
    /// What arrives from now on.
    Latest,
    /// The first record that arrived at this time or later.
    AtTimestamp(Timestamp),
    /// This record.
    At(SequenceNumber),
    /// The record after this one.
    After(SequenceNumber),
}
