//! Streams in memory: shards that split, calls that fail, records of any size.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::SystemTime;

use bytes::Bytes;
use local_warehouse::{Page, Position, ReadError, Reading, Shard, StreamRecord, Streams};
use tokio::sync::watch;

/// Streams, shared by a test and the warehouse.
#[derive(Clone, Debug)]
pub(crate) struct Memory {
    state: Arc<Mutex<State>>,
    /// Records are given out only while it is open.
    gate: Arc<watch::Sender<bool>>,
}

#[derive(Debug, Default)]
struct State {
    streams: BTreeMap<String, BTreeMap<String, Kept>>,
    next_number: u64,
    /// Errors for the next calls of `GetRecords`.
    errors: Vec<ReadError>,
    /// Records of one page, at most.
    page: usize,
    calls: usize,
}

#[derive(Debug, Default)]
struct Kept {
    parents: Vec<String>,
    records: Vec<StreamRecord>,
    closed: bool,
}

impl Memory {
    /// One stream with these shards.
    pub(crate) fn new(stream: &str, shards: &[&str]) -> Self {
        let shards = shards
            .iter()
            .map(|id| ((*id).to_owned(), Kept::default()))
            .collect();
        let state = State {
            streams: [(stream.to_owned(), shards)].into(),
            page: 1000,
            ..State::default()
        };
        Self {
            state: Arc::new(Mutex::new(state)),
            gate: Arc::new(watch::Sender::new(true)),
        }
    }

    /// Puts a record, and gives its sequence number.
    pub(crate) fn put(&self, stream: &str, shard: &str, data: impl Into<Bytes>) -> String {
        self.put_at(SystemTime::now(), stream, shard, data)
    }

    /// Puts a record that arrives at this time.
    pub(crate) fn put_at(
        &self,
        arrival: SystemTime,
        stream: &str,
        shard: &str,
        data: impl Into<Bytes>,
    ) -> String {
        let mut state = self.state();
        state.next_number += 1;
        // As long as those of Kinesis.
        let number = format!("4966{:052}", state.next_number);
        let record = StreamRecord {
            sequence_number: number.clone(),
            arrival,
            partition_key: "key".to_owned(),
            data: data.into(),
        };
        let shard = state.streams.get_mut(stream).unwrap().get_mut(shard).unwrap();
        shard.records.push(record);
        number
    }

    /// Closes a shard and opens its children.
    pub(crate) fn split(&self, stream: &str, parent: &str, children: [&str; 2]) {
        let mut state = self.state();
        let shards = state.streams.get_mut(stream).unwrap();
        shards.get_mut(parent).unwrap().closed = true;
        for child in children {
            let kept = Kept {
                parents: vec![parent.to_owned()],
                ..Kept::default()
            };
            shards.insert(child.to_owned(), kept);
        }
    }

    pub(crate) fn fail_next(&self, errors: &[ReadError]) {
        self.state().errors.extend(errors.iter().cloned());
    }

    pub(crate) fn remove(&self, stream: &str) {
        self.state().streams.remove(stream);
    }

    pub(crate) fn page(&self, records: usize) {
        self.state().page = records;
    }

    /// Holds records back, or lets them go.
    pub(crate) fn open(&self, open: bool) {
        self.gate.send_replace(open);
    }

    /// How often records were asked for.
    pub(crate) fn calls(&self) -> usize {
        self.state().calls
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn read(&self, stream: &str, iterator: &str) -> Result<Page, ReadError> {
        let mut state = self.state();
        if let Some(error) = state.errors.pop() {
            return Err(error);
        }
        let page = state.page;
        let (shard, start) = iterator.rsplit_once('@').unwrap();
        let start: usize = start.parse().unwrap();
        let shards = state.streams.get(stream).ok_or(ReadError::NotFound)?;
        let kept = shards.get(shard).ok_or(ReadError::NotFound)?;
        let end = kept.records.len().min(start + page);
        let at_end = kept.closed && end == kept.records.len();
        Ok(Page {
            records: kept.records[start..end].to_vec(),
            next: (!at_end).then(|| format!("{shard}@{end}")),
            millis_behind_latest: 0,
        })
    }
}

impl Streams for Memory {
    fn shards<'a>(&'a self, stream: &'a str) -> Reading<'a, Vec<Shard>> {
        let listed = self.state().streams.get(stream).map(|shards| {
            let shards = shards.iter().map(|(id, kept)| Shard {
                id: id.clone(),
                parents: kept.parents.clone(),
            });
            shards.collect()
        });
        Box::pin(async move { listed.ok_or(ReadError::NotFound) })
    }

    fn iterator<'a>(&'a self, stream: &'a str, shard: &'a str, from: &'a Position) -> Reading<'a, String> {
        Box::pin(async move {
            let state = self.state();
            let kept = state.streams.get(stream).and_then(|shards| shards.get(shard));
            let kept = kept.ok_or(ReadError::NotFound)?;
            let start = match from {
                Position::TrimHorizon => 0,
                Position::After(number) => {
                    let at = kept
                        .records
                        .iter()
                        .position(|record| record.sequence_number == *number);
                    at.ok_or(ReadError::Failed("InvalidArgumentException".to_owned()))? + 1
                }
            };
            Ok(format!("{shard}@{start}"))
        })
    }

    fn records<'a>(&'a self, stream: &'a str, iterator: &'a str) -> Reading<'a, Page> {
        Box::pin(async move {
            self.state().calls += 1;
            let mut gate = self.gate.subscribe();
            gate.wait_for(|open| *open).await.unwrap();
            self.read(stream, iterator)
        })
    }
}
