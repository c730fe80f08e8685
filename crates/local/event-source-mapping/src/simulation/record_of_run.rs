//! What happened in a simulation, for a test to look at.

use std::collections::BTreeSet;

use super::Simulation;
use crate::mapping::{Invocation, InvokeResult};
use crate::on_failure::OnFailureReport;
use crate::progress::Progress;
use crate::record::SequenceNumber;
use crate::time::Timestamp;

/// An invocation that has ended.
#[derive(Clone, Debug)]
pub struct PastInvocation {
    /// What the function was given.
    pub invocation: Invocation,
    /// How it ended.
    pub result: InvokeResult,
    /// When it ended.
    pub at: Timestamp,
}

impl Simulation {
    /// Every invocation, in the order of their ends.
    pub fn invocations(&self) -> &[PastInvocation] {
        &self.invocations
    }

    /// Every report to the on-failure destination, in order. There are reports without a configured destination too:
    /// a test wants to see what was given up.
    pub fn on_failure(&self) -> &[OnFailureReport] {
        &self.on_failure
    }

    /// Everything that the mapping told.
    pub fn progress(&self) -> &[Progress] {
        &self.progress
    }

    /// Records that the function acknowledged.
    pub fn acknowledged(&self) -> BTreeSet<SequenceNumber> {
        let acknowledged = self.progress.iter().filter_map(|step| match step {
            Progress::Acknowledged { records, .. } => Some(records),
            _ => None,
        });
        acknowledged.flatten().cloned().collect()
    }

    /// Records that were given up, and reported to the on-failure destination.
    pub fn discarded(&self) -> BTreeSet<SequenceNumber> {
        self.on_failure
            .iter()
            .flat_map(|report| &report.records)
            .cloned()
            .collect()
    }

    /// Records that the filters kept from the function.
    pub fn filtered_out(&self) -> BTreeSet<SequenceNumber> {
        let filtered_out = self.progress.iter().filter_map(|step| match step {
            Progress::FilteredOut { records, .. } => Some(records),
            _ => None,
        });
        filtered_out.flatten().cloned().collect()
    }

    /// Records in the stream that are none of this yet.
    pub fn pending(&self) -> BTreeSet<SequenceNumber> {
        let mut pending: BTreeSet<_> = self.stream.sequence_numbers().cloned().collect();
        for done in [self.acknowledged(), self.discarded(), self.filtered_out()] {
            pending.retain(|record| !done.contains(record));
        }
        pending
    }

    /// A shard's parents.
    #[cfg(test)]
    pub(crate) fn parents(&self, shard: &crate::ShardId) -> Vec<crate::ShardId> {
        let listed = self.stream.descriptions();
        listed
            .into_iter()
            .filter(|listed| listed.id == *shard)
            .flat_map(|listed| listed.parents)
            .collect()
    }

    /// A key's records in the order in which invocations first had them.
    pub fn first_occurrences(&self, partition_key: &str) -> Vec<&SequenceNumber> {
        let mut seen = BTreeSet::new();
        let tried = self.invocations.iter().flat_map(|past| &past.invocation.records);
        tried
            .filter(|record| self.stream.partition_key(record) == Some(partition_key) && seen.insert(*record))
            .collect()
    }
}
