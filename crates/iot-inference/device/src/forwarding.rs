//! From what devices make, through the store, to a sink.

use std::cell::Cell;
use std::collections::HashSet;
use std::time::Duration;

use tokio::time::Instant;

use crate::disk::Disk;
use crate::entry::Entry;
use crate::fleet::{Fleet, Tick};
use crate::sink::{Answer, Sink};
use crate::store::{Store, StoreError};
use crate::truth::{Truth, TruthError};

/// Entries that are given to the sink together.
const PORTION: usize = 2_000;

/// Sequence numbers that are reserved at once. What is left of them when a run ends is never used.
const NUMBERS: u64 = 1_000;

/// How long one portion may take. What has no answer then is sent again.
const PORTION_TIME: Duration = Duration::from_secs(10);

/// The wait after a portion of which nothing was taken; twice as long after the next, up to half a second.
const REST: Duration = Duration::from_millis(10);
const LONGEST_REST: Duration = Duration::from_millis(500);

/// What was done, readable while it is being done, for whoever is asked to stop.
#[derive(Debug, Default)]
pub struct SoFar {
    /// Readings that were measured.
    pub readings: Cell<usize>,
    /// Entries that were acknowledged.
    pub sent: Cell<usize>,
    /// Entries that the sink refused for good.
    pub refused: Cell<usize>,
    /// Entries that wait.
    pub waiting: Cell<usize>,
    /// Entries that were dropped for want of room, since the spool was new.
    pub dropped: Cell<u64>,
}

impl std::fmt::Display for SoFar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (readings, sent, waiting) = (self.readings.get(), self.sent.get(), self.waiting.get());
        write!(
            f,
            "{readings} readings were measured, {sent} payloads acknowledged, "
        )?;
        write!(
            f,
            "{} refused, {} dropped, {waiting} wait",
            self.refused.get(),
            self.dropped.get()
        )
    }
}

/// Forwarding cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum ForwardError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The truth cannot be written.
    #[error(transparent)]
    Truth(#[from] TruthError),
    /// A reading is none.
    #[error("reading: {0}")]
    Reading(#[from] telemetry::Invalid),
    /// The sink takes nothing.
    #[error("nothing was acknowledged for {} s, {waiting} payloads wait: {reason}", patience.as_secs())]
    Stalled {
        /// How long.
        patience: Duration,
        /// Entries that wait.
        waiting: usize,
        /// What the sink said of the first of them.
        reason: String,
    },
}

/// Takes entries in, and sends what waits.
#[derive(Debug)]
pub struct Forwarder<'so_far, D, S> {
    store: Store<D>,
    sink: S,
    truth: Option<Truth>,
    so_far: &'so_far SoFar,
    quiet_since: Instant,
    /// Devices whose last entry had no answer: each has one entry in the next portion, so that those which come to
    /// nothing do not fill it.
    silent: HashSet<String>,
}

impl<'so_far, D: Disk, S: Sink> Forwarder<'so_far, D, S> {
    /// Forwards what is in `store` to `sink`, and tells `truth` what was acknowledged.
    pub fn new(store: Store<D>, sink: S, truth: Option<Truth>, so_far: &'so_far SoFar) -> Self {
        let forwarder = Self {
            store,
            sink,
            truth,
            so_far,
            quiet_since: Instant::now(),
            silent: HashSet::new(),
        };
        forwarder.count();
        forwarder
    }

    /// The store, to reserve numbers in.
    pub fn store(&mut self) -> &mut Store<D> {
        &mut self.store
    }

    /// Stores the next readings of a fleet, `readings` at most, and says how many they are. Their numbers are reserved
    /// before: a run that is killed has used none that the next one uses.
    ///
    /// # Errors
    /// A reading is none, or the truth or the store does not take it.
    pub fn measure(&mut self, fleet: &mut Fleet, readings: usize) -> Result<usize, ForwardError> {
        let below = fleet.sequences_below();
        if below > self.store.reserved() {
            self.store.reserve(below + NUMBERS)?;
        }
        let tick = fleet.tick(readings)?;
        let measured = tick.readings;
        self.take(tick)?;
        Ok(measured)
    }

    /// Stores what devices made; what goes wrong is told first.
    ///
    /// # Errors
    /// The truth or the store does not take it.
    pub fn take(&mut self, tick: Tick) -> Result<(), ForwardError> {
        if let Some(truth) = &mut self.truth {
            truth.faults(&tick.faults)?;
        }
        let readings = &self.so_far.readings;
        readings.set(readings.get() + tick.readings);
        self.store.append(tick.entries)?;
        self.count();
        Ok(())
    }

    /// Sends until at most `most` entries wait.
    ///
    /// # Errors
    /// For `patience` nothing was acknowledged, or the truth or the store failed. What waits goes on waiting.
    pub async fn drain(&mut self, most: usize, patience: Duration) -> Result<(), ForwardError> {
        self.quiet_since = Instant::now();
        let mut rest = REST;
        while self.store.waiting() > most {
            let Some(reason) = self.send_portion(PORTION_TIME.min(patience)).await? else {
                rest = REST;
                continue;
            };
            if self.quiet_since.elapsed() >= patience {
                return Err(ForwardError::Stalled {
                    patience,
                    waiting: self.store.waiting(),
                    reason,
                });
            }
            tokio::time::sleep(rest).await;
            rest = LONGEST_REST.min(rest * 2);
        }
        Ok(())
    }

    /// Sends what waits until `until`, and is content with what is taken.
    ///
    /// # Errors
    /// The truth or the store failed.
    pub async fn send_until(&mut self, until: Instant) -> Result<(), ForwardError> {
        while self.store.waiting() > 0 {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || self.send_portion(left).await?.is_some() {
                break;
            }
        }
        Ok(())
    }

    /// Ends the sink well.
    pub async fn close(self) {
        self.sink.close().await;
    }

    /// Why nothing was taken, if nothing was.
    async fn send_portion(&mut self, time_left: Duration) -> Result<Option<String>, ForwardError> {
        let (indices, entries) = self.portion();
        let answers = self.sink.send(&entries, time_left).await;
        let (mut done, mut sent, mut reason) = (Vec::new(), Vec::new(), None);
        for ((index, entry), answer) in indices.iter().zip(&entries).zip(answers) {
            match answer {
                Answer::Acknowledged => {
                    self.silent.remove(entry.device_id());
                    done.push(*index);
                    sent.push(entry);
                }
                Answer::Refused(_) => {
                    self.silent.remove(entry.device_id());
                    done.push(*index);
                }
                Answer::Unanswered(why) => {
                    self.silent.insert(entry.device_id().to_owned());
                    reason = reason.or(Some(why));
                }
            }
        }
        let refused = done.len() - sent.len();
        // First the truth, then the store: an entry that the store has forgotten is in the truth.
        if let Some(truth) = &mut self.truth {
            truth.sent(sent.iter().copied())?;
        }
        self.store.acknowledge(&done)?;
        self.so_far.sent.set(self.so_far.sent.get() + sent.len());
        self.so_far.refused.set(self.so_far.refused.get() + refused);
        self.count();
        if done.is_empty() {
            return Ok(Some(reason.unwrap_or_else(|| "no answer".to_owned())));
        }
        self.quiet_since = Instant::now();
        Ok(None)
    }

    fn portion(&self) -> (Vec<u64>, Vec<Entry>) {
        let mut asked = HashSet::new();
        let pending = self.store.pending(usize::MAX);
        let mut once = |device| !self.silent.contains(device) || asked.insert(device);
        pending
            .filter(|(_, entry)| once(entry.device_id()))
            .take(PORTION)
            .map(|(index, entry)| (index, entry.clone()))
            .unzip()
    }

    fn count(&self) {
        self.so_far.waiting.set(self.store.waiting());
        self.so_far.dropped.set(self.store.dropped());
    }
}
