//! Store and forward: entries on disk, until a sink has acknowledged them.

mod segment;
mod state;

use std::collections::BTreeMap;

use crate::disk::Disk;
use crate::entry::Entry;
use segment::Segment;
use state::State;

/// How much a store holds, and what happens to what is too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Bytes of all segments together. Entries that wait are in memory too, so this bounds both.
    pub bytes: usize,
    /// Bytes after which a new segment begins. The oldest are dropped by the segment.
    pub segment_bytes: usize,
    /// What is dropped when there is no room.
    pub drop: Drop,
    /// When what was written is brought to the medium.
    pub fsync: Fsync,
}

/// What is dropped, and counted, when there is no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drop {
    /// The oldest segment.
    Oldest,
    /// What comes new.
    Newest,
}

/// When what was appended is brought to the medium.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fsync {
    /// Before [`Store::append`] returns: a power cut loses nothing that was appended.
    Always,
    /// When the system likes to: a killed process loses nothing, a power cut may.
    Never,
}

/// The store cannot go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("spool, file {file}: {reason}")]
pub struct StoreError {
    file: String,
    reason: String,
}

/// Entries in order, each with an index, from when they are appended until they are acknowledged.
#[derive(Debug)]
pub struct Store<D> {
    disk: D,
    settings: Settings,
    state: State,
    segments: Vec<Segment>,
    /// Whether the last segment is written to. After a start or a failure a new one begins.
    writable: bool,
    pending: BTreeMap<u64, Entry>,
    next: u64,
}

impl<D: Disk> Store<D> {
    /// Opens what is on the disk: everything that was appended and not acknowledged waits again.
    ///
    /// # Errors
    /// The disk cannot be read, or its state file is none.
    pub fn open(disk: D, settings: Settings) -> Result<Self, StoreError> {
        let state = State::read(&disk)?;
        let recovered = segment::recover(&disk, state.cursor)?;
        let mut store = Self {
            disk,
            settings,
            state,
            next: recovered.next,
            segments: recovered.segments,
            writable: false,
            pending: recovered.pending,
        };
        store.settle()?;
        Ok(store)
    }

    /// Appends entries, in order, dropping what there is no room for. What returns without an error is stored or
    /// counted as dropped.
    ///
    /// # Errors
    /// The disk does not take them. Then some of them may be found when the store is opened again.
    pub fn append(&mut self, entries: Vec<Entry>) -> Result<(), StoreError> {
        let mut rest = entries.into_iter().peekable();
        while let Some(entry) = rest.next() {
            let bytes = entry.encode(self.next).len();
            if !self.make_room(bytes)? {
                self.drop_newest(1 + rest.len())?;
                return Ok(());
            }
            self.begin_segment_if_due()?;
            let mut frames = Vec::new();
            let mut portion = Vec::new();
            self.take(entry, &mut frames, &mut portion);
            while let Some(entry) = rest.next_if(|entry| self.fits(frames.len() + entry.encode(0).len())) {
                self.take(entry, &mut frames, &mut portion);
            }
            self.write(&frames, portion)?;
        }
        Ok(())
    }

    /// The oldest entries that wait, with their indices, at most `count`.
    pub fn pending(&self, count: usize) -> impl Iterator<Item = (u64, &Entry)> {
        self.pending
            .iter()
            .take(count)
            .map(|(index, entry)| (*index, entry))
    }

    /// Removes what a sink has acknowledged, for good.
    ///
    /// # Errors
    /// The disk does not take it. Then what was acknowledged may be found when the store is opened again.
    pub fn acknowledge(&mut self, indices: &[u64]) -> Result<(), StoreError> {
        for index in indices {
            self.pending.remove(index);
        }
        self.settle()
    }

    /// Entries that wait.
    pub fn waiting(&self) -> usize {
        self.pending.len()
    }

    /// Entries that were dropped for want of room, or were damaged, since the disk was new.
    pub fn dropped(&self) -> u64 {
        self.state.dropped
    }

    /// No sensor has used a sequence number from here on, whatever run it was in.
    pub fn reserved(&self) -> u64 {
        self.state.reserved
    }

    /// Reserves sequence numbers below `below`: on the medium before the first of them is used.
    ///
    /// # Errors
    /// The disk does not take it.
    pub fn reserve(&mut self, below: u64) -> Result<(), StoreError> {
        if below <= self.state.reserved {
            return Ok(());
        }
        let reserved = State {
            reserved: below,
            ..self.state
        };
        self.save(reserved)
    }

    fn bytes(&self) -> usize {
        self.segments.iter().map(|segment| segment.bytes).sum()
    }

    fn make_room(&mut self, bytes: usize) -> Result<bool, StoreError> {
        while self.bytes() + bytes > self.settings.bytes {
            // What is acknowledged in full makes room first, and a segment that is not written to any more can go.
            let oldest = match (self.settings.drop, self.segments.first()) {
                (Drop::Oldest, Some(segment)) => segment.end(),
                _ if self.pending.is_empty() && !self.segments.is_empty() => self.next,
                _ => return Ok(false),
            };
            self.drop_oldest(oldest)?;
        }
        Ok(true)
    }

    /// The count and the cursor are written together, before the segment goes: no entry is counted twice, or never.
    fn drop_oldest(&mut self, end: u64) -> Result<(), StoreError> {
        if end == self.next {
            self.writable = false;
        }
        let kept = self.pending.split_off(&end);
        let dropped = std::mem::replace(&mut self.pending, kept);
        self.settle_with(dropped.len())
    }

    fn drop_newest(&mut self, count: usize) -> Result<(), StoreError> {
        self.save(State {
            dropped: self.state.dropped + count as u64,
            ..self.state
        })
    }

    fn fits(&self, more: usize) -> bool {
        let written = self.segments.last().map_or(0, |segment| segment.bytes);
        written + more <= self.settings.segment_bytes && self.bytes() + more <= self.settings.bytes
    }

    fn begin_segment_if_due(&mut self) -> Result<(), StoreError> {
        let full = self
            .segments
            .last()
            .is_none_or(|segment| segment.bytes >= self.settings.segment_bytes);
        if self.writable && !full {
            return Ok(());
        }
        let segment = Segment::starting_at(self.next);
        // Whatever a failed append left under this name is gone with it.
        let made = self.disk.replace(&segment.name(), b"");
        made.map_err(|error| failed(&segment.name(), &error))?;
        self.segments.retain(|other| other.first != segment.first);
        self.segments.push(segment);
        self.writable = true;
        Ok(())
    }

    fn take(&self, entry: Entry, frames: &mut Vec<u8>, portion: &mut Vec<Entry>) {
        frames.extend(entry.encode(self.next + portion.len() as u64));
        portion.push(entry);
    }

    fn write(&mut self, frames: &[u8], portion: Vec<Entry>) -> Result<(), StoreError> {
        let Some(segment) = self.segments.last_mut() else {
            return Ok(());
        };
        let name = segment.name();
        let mut written = self.disk.append(&name, frames);
        if self.settings.fsync == Fsync::Always {
            written = written.and_then(|()| self.disk.sync(&name));
        }
        if let Err(error) = written {
            // The file ends somewhere in these entries: nothing more is written to it.
            self.writable = false;
            return Err(failed(&name, &error));
        }
        segment.bytes += frames.len();
        segment.entries += portion.len() as u64;
        for entry in portion {
            self.pending.insert(self.next, entry);
            self.next += 1;
        }
        Ok(())
    }

    fn settle(&mut self) -> Result<(), StoreError> {
        self.settle_with(0)
    }

    /// Moves the cursor to the oldest entry that waits, counting what was dropped or is missing on the way.
    fn settle_with(&mut self, dropped: usize) -> Result<(), StoreError> {
        let cursor = self.pending.keys().next().copied().unwrap_or(self.next);
        if cursor > self.state.cursor || dropped > 0 {
            let missing = segment::missing(&self.segments, self.state.cursor, cursor);
            self.save(State {
                cursor,
                dropped: self.state.dropped + dropped as u64 + missing,
                ..self.state
            })?;
        }
        self.remove_done()
    }

    fn remove_done(&mut self) -> Result<(), StoreError> {
        let (cursor, next, writable) = (self.state.cursor, self.next, self.writable);
        let done = |segment: &Segment| segment.end() <= cursor && !(writable && segment.end() == next);
        // The first alone: without one in the middle its entries would count as missing.
        while let Some(segment) = self.segments.first().filter(|segment| done(segment)) {
            let name = segment.name();
            let removed = self.disk.remove(&name);
            removed.map_err(|error| failed(&name, &error))?;
            self.segments.remove(0);
        }
        Ok(())
    }

    fn save(&mut self, state: State) -> Result<(), StoreError> {
        state.write(&mut self.disk)?;
        self.state = state;
        Ok(())
    }
}

fn failed(file: &str, error: &std::io::Error) -> StoreError {
    StoreError {
        file: file.to_owned(),
        reason: error.to_string(),
    }
}
