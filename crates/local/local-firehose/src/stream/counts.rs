//! What happened to a stream's records.

use serde_json::{Value, json};

use super::buffers::Contents;
use super::object::Stored;

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    batches: u64,
    accepted: Stored,
    data: Stored,
    errors: Stored,
    data_objects: u64,
    error_objects: u64,
    failed_puts: u64,
}

impl Counts {
    /// A call's records.
    pub(super) fn accepted(&mut self, records: usize, bytes: usize) {
        self.batches += 1;
        self.accepted.add(Stored { records, bytes });
    }

    /// An object is in S3, or there was nothing to write.
    pub(super) fn delivered(&mut self, contents: &Contents, stored: Stored, written: bool) {
        let (total, objects) = match contents {
            Contents::Data(_) => (&mut self.data, &mut self.data_objects),
            Contents::Errors(_) => (&mut self.errors, &mut self.error_objects),
        };
        total.add(stored);
        *objects += u64::from(written);
    }

    pub(super) fn put_failed(&mut self) {
        self.failed_puts += 1;
    }

    pub(super) fn undelivered(&self) -> usize {
        self.accepted.records - self.data.records - self.errors.records
    }

    pub(super) fn undelivered_bytes(&self) -> usize {
        self.accepted.bytes - self.data.bytes - self.errors.bytes
    }

    pub(super) fn state(&self, active_partitions: usize) -> Value {
        json!({
            "batches": self.batches,
            "records": self.accepted.records,
            "bytes": self.accepted.bytes,
            "delivered": self.data.records,
            "objects": self.data_objects,
            "errors": self.errors.records,
            "error_objects": self.error_objects,
            "buffered": self.undelivered(),
            "buffered_bytes": self.undelivered_bytes(),
            "active_partitions": active_partitions,
            "failed_puts": self.failed_puts,
        })
    }
}
