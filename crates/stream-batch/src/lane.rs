//! One lane, as its handler sees it: the records of one key, and where to report what became of them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::{Blocked, BlockedKind, Deadline, Item, Outcome};

/// The records of one key in arrival order, handed out in chunks; each chunk is answered before the next one is handed
/// out.
///
/// What was reported stays reported, whatever the handler does afterwards. A lane stops handing out records at the
/// first blocked one, at the deadline, and after a wrong answer; what was not answered by then is blocked.
#[derive(Debug)]
pub struct Lane<K, T> {
    key: K,
    items: Arc<[Item<T>]>,
    progress: Arc<Mutex<Progress>>,
    handed_out: usize,
    deadline: Deadline,
}

impl<K, T> Lane<K, T> {
    pub(crate) fn new(
        key: K,
        items: Arc<[Item<T>]>,
        progress: Arc<Mutex<Progress>>,
        deadline: Deadline,
    ) -> Self {
        Self {
            key,
            items,
            progress,
            handed_out: 0,
            deadline,
        }
    }

    /// The key that all records of the lane share.
    pub fn key(&self) -> &K {
        &self.key
    }

    /// The invocation's deadline, to bound a call to the sink.
    pub fn deadline(&self) -> &Deadline {
        &self.deadline
    }

    /// The next records, at most `max` (at least one), or `None` when the lane is done or has stopped.
    pub fn next_chunk(&mut self, max: usize) -> Option<&[Item<T>]> {
        self.next_chunk_by(max, |_, _| true)
    }

    /// As [`next_chunk`](Self::next_chunk), but the chunk ends before the first record that does not go `together`
    /// with its predecessor, as where a request can hold the records of one user only.
    pub fn next_chunk_by(
        &mut self,
        max: usize,
        mut together: impl FnMut(&Item<T>, &Item<T>) -> bool,
    ) -> Option<&[Item<T>]> {
        let pending = self.pending()?;
        let limit = pending.len().min(max.max(1));
        let broken = pending.windows(2).take(limit - 1).position(|pair| match pair {
            [first, second] => !together(first, second),
            _ => false,
        });
        let length = broken.map_or(limit, |position| position + 1);
        let start = self.items.len() - pending.len();
        self.handed_out = length;
        self.items.get(start..start + length)
    }

    /// Answers the chunk that was handed out last: one outcome for each of its records, in their order.
    ///
    /// A wrong number of outcomes cannot be matched to records: the whole chunk and the rest of the lane are blocked.
    /// Outcomes after a blocked one are not believed either: their records are blocked and come again.
    pub fn report(&mut self, outcomes: impl IntoIterator<Item = Outcome>) {
        let outcomes: Vec<Outcome> = outcomes.into_iter().collect();
        let expected = std::mem::take(&mut self.handed_out);
        lock(&self.progress).take(outcomes, expected);
    }

    fn pending(&self) -> Option<&[Item<T>]> {
        let mut progress = lock(&self.progress);
        if self.handed_out > 0 {
            progress.stop(
                BlockedKind::Unanswered,
                "the lane's handler went on without an answer",
            );
        }
        let pending = self
            .items
            .get(progress.outcomes.len()..)
            .filter(|pending| !pending.is_empty())?;
        if self.deadline.has_passed() {
            progress.stop_with(Blocked::deadline());
        }
        if progress.stopped.is_some() {
            None
        } else {
            Some(pending)
        }
    }
}

/// What a lane has come to so far. Lives outside of the handler, so that a panic leaves it intact.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    outcomes: Vec<Outcome>,
    stopped: Option<Blocked>,
}

impl Progress {
    fn take(&mut self, outcomes: Vec<Outcome>, expected: usize) {
        if self.stopped.is_some() {
            return;
        }
        if outcomes.len() != expected {
            let reason = format!(
                "the lane's handler gave {} outcomes for {expected} records",
                outcomes.len()
            );
            return self.stop(BlockedKind::WrongOutcomeCount, reason);
        }
        for outcome in outcomes {
            let blocked = matches!(outcome, Outcome::Blocked(_));
            self.outcomes.push(outcome);
            if blocked {
                return self.stop(
                    BlockedKind::LaneStopped,
                    "an earlier record of the lane is blocked",
                );
            }
        }
    }

    fn stop(&mut self, kind: BlockedKind, reason: impl Into<String>) {
        self.stop_with(Blocked::new(kind, reason));
    }

    fn stop_with(&mut self, blocked: Blocked) {
        self.stopped.get_or_insert(blocked);
    }

    /// The outcome of each of the lane's `count` records; `otherwise` explains those that nobody answered for. Nothing
    /// is read after it: a handler that kept its lane alive somewhere can report nothing any more.
    pub(crate) fn finish(&mut self, count: usize, otherwise: Blocked) -> Vec<Outcome> {
        let rest = self.stopped.take().unwrap_or(otherwise);
        let mut outcomes = std::mem::take(&mut self.outcomes);
        outcomes.resize(count, Outcome::Blocked(rest));
        outcomes
    }
}

/// A panic while the lock is held leaves `Progress` as it was before or after one push: both are true states.
pub(crate) fn lock(progress: &Mutex<Progress>) -> MutexGuard<'_, Progress> {
    progress.lock().unwrap_or_else(PoisonError::into_inner)
}
