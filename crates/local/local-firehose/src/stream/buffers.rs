//! What is collected for objects: a buffer a partition, one a type of error.

use std::collections::HashMap;
use std::sync::Arc;

use crate::configuration::Configuration;
use crate::failed_record::{ErrorType, Failure, Record};
use crate::limits::ACTIVE_PARTITIONS;

/// What an object holds.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) enum Contents {
    /// Records of a partition.
    Data(Vec<String>),
    /// Lines that stand for records.
    Errors(ErrorType),
}

/// What becomes one object.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) contents: Contents,
    pub(super) configuration: Arc<Configuration>,
    /// A failure each, if they are errors.
    pub(super) records: Vec<(Record, Option<Failure>)>,
}

#[derive(Debug, Default)]
pub(super) struct Buffers {
    /// By their numbers.
    open: HashMap<u64, Buffer>,
    numbers: HashMap<Contents, u64>,
    opened: u64,
    /// Partitions that are buffered or on their way, and in how many objects.
    active: HashMap<Vec<String>, usize>,
}

#[derive(Debug)]
struct Buffer {
    batch: Batch,
    bytes: u64,
}

#[derive(Debug, Default)]
pub(super) struct Added {
    /// The number of a buffer that was opened.
    pub(super) opened: Option<u64>,
    /// Buffers that get no more: full ones, those of an older configuration.
    pub(super) full: Vec<Batch>,
}

impl Buffers {
    /// Adds a record, unless its partition would be one too many.
    pub(super) fn add(
        &mut self,
        configuration: &Arc<Configuration>,
        contents: Contents,
        record: Record,
        failure: Option<Failure>,
    ) -> Result<Added, (Record, Failure)> {
        if let Contents::Data(partition) = &contents
            && self.active.len() >= ACTIVE_PARTITIONS
            && !self.active.contains_key(partition)
        {
            return Err((record, Failure::active_partitions(ACTIVE_PARTITIONS)));
        }
        let mut added = Added::default();
        let number = match self.number(configuration, &contents) {
            Some(number) => number,
            None => {
                let older = self.numbers.get(&contents).copied();
                added.full.extend(older.and_then(|number| self.cut(number)));
                let number = self.open(configuration, contents);
                added.opened = Some(number);
                number
            }
        };
        if self.push(number, record, failure) {
            added.full.extend(self.cut(number));
        }
        Ok(added)
    }

    /// Takes a buffer out, if it is still there.
    pub(super) fn cut(&mut self, number: u64) -> Option<Batch> {
        let buffer = self.open.remove(&number)?;
        self.numbers.remove(&buffer.batch.contents);
        Some(buffer.batch)
    }

    pub(super) fn cut_all(&mut self) -> Vec<Batch> {
        let numbers: Vec<_> = self.open.keys().copied().collect();
        numbers
            .into_iter()
            .filter_map(|number| self.cut(number))
            .collect()
    }

    /// A batch is in S3.
    pub(super) fn delivered(&mut self, batch: &Batch) {
        let Contents::Data(partition) = &batch.contents else {
            return;
        };
        if let Some(objects) = self.active.get_mut(partition) {
            *objects -= 1;
            if *objects == 0 {
                self.active.remove(partition);
            }
        }
    }

    pub(super) fn active_partitions(&self) -> usize {
        self.active.len()
    }

    /// Adds to a buffer, and says whether it has reached its size.
    fn push(&mut self, number: u64, record: Record, failure: Option<Failure>) -> bool {
        let Some(buffer) = self.open.get_mut(&number) else {
            return false;
        };
        buffer.bytes += u64::try_from(record.data.len()).unwrap_or(u64::MAX);
        buffer.batch.records.push((record, failure));
        buffer.bytes >= buffer.batch.configuration.size
    }

    /// The buffer of these contents, if it is of this configuration.
    fn number(&self, configuration: &Arc<Configuration>, contents: &Contents) -> Option<u64> {
        let number = self.numbers.get(contents)?;
        let buffer = self.open.get(number)?;
        Arc::ptr_eq(&buffer.batch.configuration, configuration).then_some(*number)
    }

    fn open(&mut self, configuration: &Arc<Configuration>, contents: Contents) -> u64 {
        if let Contents::Data(partition) = &contents {
            *self.active.entry(partition.clone()).or_default() += 1;
        }
        self.opened += 1;
        self.numbers.insert(contents.clone(), self.opened);
        let batch = Batch {
            contents,
            configuration: Arc::clone(configuration),
            records: Vec::new(),
        };
        self.open.insert(self.opened, Buffer { batch, bytes: 0 });
        self.opened
    }
}
