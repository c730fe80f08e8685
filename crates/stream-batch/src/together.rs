//! Delivers a batch all at once: for a sink that takes records of many keys in one call.

use std::collections::HashSet;
use std::hash::Hash;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;

use crate::lanes::FinishedLane;
use crate::{Batch, Blocked, BlockedKind, Deadline, Item, Outcome, Settled};

/// Hands all items of `batch` to `deliver` at once and settles the batch by its answer: one outcome for each item, in
/// their order.
///
/// For a sink whose one call holds records of many keys, so that a lane a key would cost a call a key. `deliver` keeps
/// the order within a key itself, as put-many does. What it answers is still held to that order: of the items that
/// share what `key_of` finds, those after a blocked one are blocked.
///
/// A panic of `deliver` blocks every item. So does a wrong number of outcomes, since no outcome can be matched to its
/// item then. `deliver` is not called when the deadline has passed, or when there is no item.
pub async fn deliver_together<T, K, D>(
    batch: Batch<T>,
    deadline: Deadline,
    key_of: impl Fn(&Item<T>) -> &K,
    deliver: impl FnOnce(Arc<[Item<T>]>, Deadline) -> D,
) -> Settled
where
    K: Eq + Hash + ?Sized,
    D: Future<Output = Vec<Outcome>>,
{
    let mut settled = Settled::new(&batch);
    let items: Arc<[Item<T>]> = batch.items.into();
    let answer = ask(&items, deadline, deliver).await;
    settled.add_lane(FinishedLane {
        panicked: matches!(&answer, Err(blocked) if blocked.kind == BlockedKind::Panicked),
        outcomes: match answer {
            Ok(outcomes) => in_order(&items, outcomes, key_of),
            Err(blocked) => vec![Outcome::Blocked(blocked); items.len()],
        },
        items,
    });
    settled.add_rejected(batch.rejected);
    settled
}

/// One outcome for each item, or what stands in the way of all.
async fn ask<T, D: Future<Output = Vec<Outcome>>>(
    items: &Arc<[Item<T>]>,
    deadline: Deadline,
    deliver: impl FnOnce(Arc<[Item<T>]>, Deadline) -> D,
) -> Result<Vec<Outcome>, Blocked> {
    if items.is_empty() {
        return Ok(Vec::new());
    }
    if deadline.has_passed() {
        return Err(Blocked::deadline());
    }
    let answered = async { deliver(items.clone(), deadline).await };
    // Unwind safety: nothing that the panic could have left half done is looked at afterwards.
    let outcomes = AssertUnwindSafe(answered).catch_unwind().await;
    let outcomes =
        outcomes.map_err(|_| Blocked::new(BlockedKind::Panicked, "the batch's handler panicked"))?;
    if outcomes.len() == items.len() {
        return Ok(outcomes);
    }
    let (given, expected) = (outcomes.len(), items.len());
    let reason = format!("the batch's handler gave {given} outcomes for {expected} records");
    Err(Blocked::new(BlockedKind::WrongOutcomeCount, reason))
}

/// The outcomes as they are believed: nothing of a key is done after what is blocked of it.
fn in_order<'items, T, K: Eq + Hash + ?Sized + 'items>(
    items: &'items [Item<T>],
    mut outcomes: Vec<Outcome>,
    key_of: impl Fn(&'items Item<T>) -> &'items K,
) -> Vec<Outcome> {
    let mut stopped = HashSet::new();
    for (item, outcome) in items.iter().zip(&mut outcomes) {
        let is_blocked = matches!(outcome, Outcome::Blocked(_));
        // Nothing is looked up before the first that is blocked, which a good day does not have.
        if !is_blocked && !stopped.is_empty() && stopped.contains(key_of(item)) {
            let reason = "an earlier record of the key is blocked";
            *outcome = Outcome::Blocked(Blocked::new(BlockedKind::LaneStopped, reason));
        } else if is_blocked {
            stopped.insert(key_of(item));
        }
    }
    outcomes
}
