//! A disk that stops at any operation, in its middle, and is found again as a crash leaves it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{Error, Result};
use std::rc::Rc;

use device::disk::Disk;

/// A file, and how much of it is on the medium for sure.
#[derive(Debug, Default, Clone)]
struct File {
    bytes: Vec<u8>,
    synced: usize,
}

#[derive(Debug, Default)]
struct State {
    files: BTreeMap<String, File>,
    /// Operations until it stops; none: it does not.
    left: Option<usize>,
    /// What becomes of the operation in which it stops, and of bytes that were not synced.
    chance: u64,
    stopped: bool,
}

/// Handles share one disk: a store has one, the test another.
#[derive(Debug, Default, Clone)]
pub struct FaultyDisk(Rc<RefCell<State>>);

/// What a crash takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crash {
    /// The process: what was written stays.
    Kill,
    /// The power: of what was not synced any beginning stays, and what follows it may be zeros.
    PowerCut,
}

impl FaultyDisk {
    /// Stops in the operation after `operations` more.
    pub fn stop_after(&self, operations: usize, chance: u64) {
        let mut state = self.0.borrow_mut();
        (state.left, state.chance) = (Some(operations), chance);
    }

    /// Works again, after a crash.
    pub fn restart(&self, crash: Crash) {
        let mut state = self.0.borrow_mut();
        (state.left, state.stopped) = (None, false);
        let mut chance = state.chance;
        for file in state.files.values_mut() {
            if crash == Crash::PowerCut {
                let unsynced = file.bytes.len() - file.synced;
                let kept = file.synced + (chance as usize % (unsynced + 1));
                if chance.is_multiple_of(3) {
                    file.bytes[kept..].fill(0);
                } else {
                    file.bytes.truncate(kept);
                }
                chance = chance.rotate_left(7).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            }
            file.synced = file.bytes.len();
        }
    }

    /// Bytes of all segments.
    pub fn segment_bytes(&self) -> usize {
        let state = self.0.borrow();
        let segments = state
            .files
            .iter()
            .filter(|(name, _)| name.starts_with("segment-"));
        segments.map(|(_, file)| file.bytes.len()).sum()
    }
}

impl State {
    /// Whether the operation happens: whole, or, if the disk stops in it, by chance.
    fn begin(&mut self) -> Result<bool> {
        if self.stopped {
            return Err(Error::other("stopped"));
        }
        match &mut self.left {
            None => Ok(true),
            Some(0) => {
                self.stopped = true;
                Ok(false)
            }
            Some(left) => {
                *left -= 1;
                Ok(true)
            }
        }
    }
}

impl Disk for FaultyDisk {
    fn list(&self) -> Result<Vec<String>> {
        Ok(self.0.borrow().files.keys().cloned().collect())
    }

    fn read(&self, name: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.0.borrow().files.get(name).map(|file| file.bytes.clone()))
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let mut state = self.0.borrow_mut();
        let whole = state.begin()?;
        let part = state.chance as usize % (bytes.len() + 1);
        let file = state.files.entry(name.to_owned()).or_default();
        file.bytes
            .extend_from_slice(if whole { bytes } else { &bytes[..part] });
        whole.then_some(()).ok_or_else(|| Error::other("stopped"))
    }

    fn sync(&mut self, name: &str) -> Result<()> {
        let mut state = self.0.borrow_mut();
        let happens = state.begin()?;
        let file = state
            .files
            .get_mut(name)
            .expect("a file is appended to before it is synced");
        if happens {
            file.synced = file.bytes.len();
        }
        happens.then_some(()).ok_or_else(|| Error::other("stopped"))
    }

    fn replace(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let mut state = self.0.borrow_mut();
        let whole = state.begin()?;
        if whole || state.chance.is_multiple_of(2) {
            let file = File {
                bytes: bytes.to_vec(),
                synced: bytes.len(),
            };
            state.files.insert(name.to_owned(), file);
        }
        whole.then_some(()).ok_or_else(|| Error::other("stopped"))
    }

    fn remove(&mut self, name: &str) -> Result<()> {
        let mut state = self.0.borrow_mut();
        let whole = state.begin()?;
        if whole || state.chance.is_multiple_of(2) {
            state.files.remove(name);
        }
        whole.then_some(()).ok_or_else(|| Error::other("stopped"))
    }
}
