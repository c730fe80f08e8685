//! The few numbers that a store must not forget, in one file that is replaced at once.

use serde::{Deserialize, Serialize};

use super::{StoreError, failed};
use crate::disk::Disk;

/// What is remembered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    /// Every entry below is acknowledged, or dropped and counted.
    pub(super) cursor: u64,
    /// Entries that were dropped.
    pub(super) dropped: u64,
    /// Sequence numbers below may have been used.
    pub(super) reserved: u64,
}

const FILE: &str = "state";

impl State {
    pub(super) fn read(disk: &impl Disk) -> Result<Self, StoreError> {
        let Some(text) = disk.read(FILE).map_err(|error| failed(FILE, &error))? else {
            return Ok(Self::default());
        };
        serde_json::from_slice(&text).map_err(|error| StoreError {
            file: FILE.to_owned(),
            reason: format!("not what a store wrote: {error}"),
        })
    }

    pub(super) fn write(&self, disk: &mut impl Disk) -> Result<(), StoreError> {
        let text = serde_json::to_vec(self).map_err(|error| failed(FILE, &error.into()))?;
        disk.replace(FILE, &text).map_err(|error| failed(FILE, &error))
    }
}
