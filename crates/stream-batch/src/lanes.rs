//! Delivers a batch in lanes: in order within a key, concurrently across keys.

use std::collections::HashMap;
use std::hash::Hash;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};

use futures_util::{FutureExt, StreamExt, stream};

use crate::lane::{Progress, lock};
use crate::{Batch, Blocked, BlockedKind, Deadline, Item, Lane, Outcome, Settled};

/// How a batch is delivered.
#[derive(Clone, Debug)]
pub struct LaneOptions {
    /// How many lanes run at the same time; 0 counts as 1.
    pub concurrency: usize,
    /// No lane starts and no record is handed out after it.
    pub deadline: Deadline,
}

/// Delivers the items of `batch` in lanes, one for each key that `key_of` finds, and settles the batch.
///
/// Lanes start in the order of their first record and share one task. `deliver` takes a [`Lane`], asks it for chunks
/// and reports what became of each. A panic of `deliver` ends its lane only: what the lane had reported stays, the
/// rest of it is blocked. A panic of `key_of` is the caller's: nothing has been sent by then.
pub async fn deliver_in_lanes<T, K, D>(
    batch: Batch<T>,
    options: LaneOptions,
    key_of: impl Fn(&Item<T>) -> K,
    deliver: impl Fn(Lane<K, T>) -> D,
) -> Settled
where
    K: Eq + Hash,
    D: Future<Output = ()>,
{
    let mut settled = Settled::new(&batch);
    let lanes = lanes_of(batch.items, key_of);
    let deadline = &options.deadline;
    let deliver = &deliver;
    let mut finished = stream::iter(lanes)
        .map(|(key, items)| run_lane(key, items, deadline.clone(), deliver))
        .buffer_unordered(options.concurrency.max(1));
    while let Some(lane) = finished.next().await {
        settled.add_lane(lane);
    }
    settled.add_rejected(batch.rejected);
    settled
}

/// A lane that has run: each of its records has an outcome.
pub(crate) struct FinishedLane<T> {
    pub(crate) items: Arc<[Item<T>]>,
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) panicked: bool,
}

async fn run_lane<T, K, D: Future<Output = ()>>(
    key: K,
    items: Arc<[Item<T>]>,
    deadline: Deadline,
    deliver: &impl Fn(Lane<K, T>) -> D,
) -> FinishedLane<T> {
    if deadline.has_passed() {
        let outcomes = vec![Outcome::Blocked(Blocked::deadline()); items.len()];
        return FinishedLane {
            items,
            outcomes,
            panicked: false,
        };
    }
    let progress = Arc::new(Mutex::new(Progress::default()));
    let lane = Lane::new(key, items.clone(), progress.clone(), deadline);
    // Unwind safety: all that outlives the panic is `progress`, whose every state is a true one.
    let panicked = AssertUnwindSafe(async { deliver(lane).await })
        .catch_unwind()
        .await
        .is_err();
    let outcomes = lock(&progress).finish(items.len(), unanswered(panicked));
    FinishedLane {
        items,
        outcomes,
        panicked,
    }
}

fn unanswered(panicked: bool) -> Blocked {
    if panicked {
        Blocked::new(BlockedKind::Panicked, "the lane's handler panicked")
    } else {
        Blocked::new(
            BlockedKind::Unanswered,
            "the lane's handler returned without an answer",
        )
    }
}

/// The items of each key in their order; the lanes in the order of their first item.
fn lanes_of<T, K: Eq + Hash>(
    items: Vec<Item<T>>,
    key_of: impl Fn(&Item<T>) -> K,
) -> Vec<(K, Arc<[Item<T>]>)> {
    let mut lanes: HashMap<K, (usize, Vec<Item<T>>)> = HashMap::new();
    for item in items {
        let position = lanes.len();
        lanes
            .entry(key_of(&item))
            .or_insert_with(|| (position, Vec::new()))
            .1
            .push(item);
    }
    let mut lanes: Vec<_> = lanes.into_iter().collect();
    lanes.sort_unstable_by_key(|(_, (position, _))| *position);
    lanes
        .into_iter()
        .map(|(key, (_, items))| (key, items.into()))
        .collect()
}
