//! Which entries go into the next call.

use std::cmp::Reverse;
use std::collections::{HashMap, VecDeque};

use tokio::time::Instant;

use crate::api::Limits;
use crate::policy::Order;

/// The entries that wait to be sent, as one lane for each key. Without an order every entry is its own lane.
///
/// The head of a lane is the only entry of it that may be in a call, and it leaves when its fate is known.
pub(crate) struct Schedule {
    limits: Limits,
    bytes: Vec<usize>,
    lanes: Vec<Lane>,
    /// No call at all before this: the last one failed as a whole.
    paused_until: Option<Instant>,
}

/// What to do next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Send the heads of these lanes.
    Send(Vec<LaneId>),
    /// Nothing may be sent before.
    Wait(Instant),
    /// Nothing of what is left may be sent before the deadline.
    OutOfTime,
    /// Nothing is left.
    Done,
}

/// Names a lane of a [`Schedule`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LaneId(usize);

#[derive(Default)]
struct Lane {
    /// Positions of entries, the earliest first.
    waiting: VecDeque<usize>,
    resting_until: Option<Instant>,
}

impl Schedule {
    /// Lanes for the entries at `positions`; `bytes` holds the size of every entry.
    pub(crate) fn new<E>(
        limits: Limits,
        order: &Order<E>,
        entries: &[E],
        bytes: Vec<usize>,
        positions: impl Iterator<Item = usize>,
    ) -> Self {
        let lanes = match order {
            Order::Unordered => positions.map(|position| Lane::of([position])).collect(),
            Order::PerKey(key) => lanes_by_key(positions, |position| key(&entries[position])),
        };
        Self {
            limits,
            bytes,
            lanes,
            paused_until: None,
        }
    }

    /// Fills one call from the lanes that may send, the longest first: the longest lane decides how many calls are
    /// needed at least, so none of them may leave it out.
    ///
    /// When no lane may send, the wait is for the last that may before the deadline, so that what failed is sent
    /// again in few calls.
    pub(crate) fn next(&mut self, now: Instant, deadline: Instant) -> Next {
        self.lanes.retain(|lane| !lane.waiting.is_empty());
        if self.lanes.is_empty() {
            return Next::Done;
        }
        let earliest = self.paused_until.map_or(now, |until| until.max(now));
        let ready = self.ready(now);
        if earliest >= deadline {
            Next::OutOfTime
        } else if earliest > now {
            Next::Wait(earliest)
        } else if !ready.is_empty() {
            Next::Send(self.fill(ready))
        } else {
            let rests = self.lanes.iter().filter_map(|lane| lane.resting_until);
            let last = rests.filter(|until| *until < deadline).max();
            last.map_or(Next::OutOfTime, Next::Wait)
        }
    }

    /// The entry that a lane would send.
    pub(crate) fn head(&self, lane: LaneId) -> Option<usize> {
        self.lanes[lane.0].waiting.front().copied()
    }

    /// The head's fate is known: the entry behind it may follow.
    pub(crate) fn advance(&mut self, lane: LaneId) {
        let lane = &mut self.lanes[lane.0];
        lane.waiting.pop_front();
        lane.resting_until = None;
    }

    /// The head failed and is sent again, not before `until`.
    pub(crate) fn rest(&mut self, lane: LaneId, until: Instant) {
        self.lanes[lane.0].resting_until = Some(until);
    }

    /// Gives up a lane and returns the entries behind its head.
    pub(crate) fn close(&mut self, lane: LaneId) -> impl Iterator<Item = usize> + use<> {
        std::mem::take(&mut self.lanes[lane.0].waiting)
            .into_iter()
            .skip(1)
    }

    /// No lane sends before `until`.
    pub(crate) fn pause(&mut self, until: Instant) {
        self.paused_until = Some(until);
    }

    fn ready(&self, now: Instant) -> Vec<LaneId> {
        let mut ready: Vec<_> = (0..self.lanes.len())
            .filter(|id| self.lanes[*id].resting_until.is_none_or(|until| until <= now))
            .map(LaneId)
            .collect();
        ready.sort_by_key(|id| (Reverse(self.lanes[id.0].waiting.len()), self.head(*id)));
        ready
    }

    fn fill(&self, ready: Vec<LaneId>) -> Vec<LaneId> {
        let mut room = self.limits.request_bytes;
        let fits = |lane: &LaneId| {
            let bytes = self.head(*lane).map_or(0, |position| self.bytes[position]);
            let left = room.checked_sub(bytes);
            room = left.unwrap_or(room);
            left.is_some()
        };
        ready
            .into_iter()
            .filter(fits)
            .take(self.limits.count.get())
            .collect()
    }
}

impl Lane {
    fn of(positions: impl IntoIterator<Item = usize>) -> Self {
        Self {
            waiting: positions.into_iter().collect(),
            resting_until: None,
        }
    }
}

fn lanes_by_key<'key>(positions: impl Iterator<Item = usize>, key: impl Fn(usize) -> &'key str) -> Vec<Lane> {
    let mut lanes = Vec::new();
    let mut lane_of_key = HashMap::new();
    for position in positions {
        let id = *lane_of_key.entry(key(position)).or_insert_with(|| {
            lanes.push(Lane::default());
            lanes.len() - 1
        });
        lanes[id].waiting.push_back(position);
    }
    lanes
}
