//! An API for entries that belong to somebody else.

use crate::api::{BatchApi, CallError, Limits, Verdict};

/// The same API for borrowed entries: a batch keeps its own, and none is copied for [`put_many`](crate::put_many).
#[derive(Debug)]
pub struct Borrowed<'entry, A> {
    api: &'entry A,
}

impl<'entry, A> Borrowed<'entry, A> {
    /// Takes references to what `api` takes.
    pub fn new(api: &'entry A) -> Self {
        Self { api }
    }
}

impl<'entry, A: BatchApi> BatchApi for Borrowed<'entry, A> {
    type Entry = &'entry A::Entry;

    fn limits(&self) -> Limits {
        self.api.limits()
    }

    fn entry_bytes(&self, entry: &&'entry A::Entry) -> usize {
        self.api.entry_bytes(entry)
    }

    async fn send(&self, entries: &[&&'entry A::Entry]) -> Result<Vec<Verdict>, CallError> {
        let entries: Vec<&A::Entry> = entries.iter().map(|entry| **entry).collect();
        // Boxed: the SDK's futures are nested so deep that the compiler gives up on a type that holds one.
        Box::pin(self.api.send(&entries)).await
    }
}
