//! Which items share a PutItems call, and which users a PutUsers call.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};

use crate::call::Call;
use crate::item::Item;
use crate::limits::{ITEMS_PER_CALL, USERS_PER_CALL};
use crate::user::User;

/// A call, and the places that its entries had in the lane.
#[derive(Debug, Clone)]
pub struct DatasetCall<'records> {
    /// The call.
    pub call: Call<'records>,
    /// One place for each entry of the call, in its order.
    pub places: Vec<usize>,
}

/// Spreads the items of a lane over calls, to be made one after the other.
pub fn put_items_calls<'records>(items: &[&'records Item]) -> Vec<DatasetCall<'records>> {
    let ids: Vec<_> = items.iter().map(|item| item.item_id().as_str()).collect();
    let call = |places: Vec<usize>| DatasetCall {
        call: Call::PutItems(places.iter().map(|place| items[*place]).collect()),
        places,
    };
    spread(&ids, ITEMS_PER_CALL).into_iter().map(call).collect()
}

/// Spreads the users of a lane over calls, to be made one after the other.
pub fn put_users_calls<'records>(users: &[&'records User]) -> Vec<DatasetCall<'records>> {
    let ids: Vec<_> = users.iter().map(|user| user.user_id().as_str()).collect();
    let call = |places: Vec<usize>| DatasetCall {
        call: Call::PutUsers(places.iter().map(|place| users[*place]).collect()),
        places,
    };
    spread(&ids, USERS_PER_CALL).into_iter().map(call).collect()
}

/// Spreads records, given by their `ids` in the order of the lane, over calls of at most `limit`; each call lists
/// places in `ids`.
///
/// What the service makes of two versions of one id in a call is not documented, so a call holds at most one, and the
/// next goes into a later call. Ids with most versions left go first, which makes the number of calls the least there
/// is: the greater of what the limit demands and of what the id with most versions demands.
fn spread(ids: &[&str], limit: usize) -> Vec<Vec<usize>> {
    let mut waiting = heap_of_versions(ids);
    let mut calls = Vec::new();
    while !waiting.is_empty() {
        let mut call = Vec::with_capacity(limit.min(waiting.len()));
        let mut later = Vec::new();
        while call.len() < limit
            && let Some(mut versions) = waiting.pop()
        {
            call.extend(versions.places.pop_front());
            if let Some(&next) = versions.places.front() {
                versions.order = (versions.places.len(), Reverse(next));
                later.push(versions);
            }
        }
        waiting.extend(later);
        call.sort_unstable();
        calls.push(call);
    }
    calls
}

/// The places of one id that no call holds yet. Compared by how many they are, then by the earliest.
struct Versions {
    order: (usize, Reverse<usize>),
    places: VecDeque<usize>,
}

fn heap_of_versions(ids: &[&str]) -> BinaryHeap<Versions> {
    let mut places: HashMap<&str, VecDeque<usize>> = HashMap::new();
    for (place, id) in ids.iter().enumerate() {
        places.entry(id).or_default().push_back(place);
    }
    let versions = |places: VecDeque<usize>| {
        let first = *places.front()?;
        let order = (places.len(), Reverse(first));
        Some(Versions { order, places })
    };
    places.into_values().filter_map(versions).collect()
}

impl PartialEq for Versions {
    fn eq(&self, other: &Self) -> bool {
        self.order == other.order
    }
}

impl Eq for Versions {}

impl PartialOrd for Versions {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Versions {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.order.cmp(&other.order)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_fill_calls_in_the_order_of_the_stream() {
        assert_eq!(spread(&["a", "b", "c"], 2), [vec![0, 1], vec![2]]);
        assert_eq!(spread(&[], 2), [[0; 0]; 0]);
    }

    #[test]
    fn two_versions_never_share_a_call_and_stay_in_order() {
        assert_eq!(spread(&["a", "a", "b"], 10), [vec![0, 2], vec![1]]);
    }

    #[test]
    fn ids_with_many_versions_go_first() {
        // In the order of the stream alone, the three versions of c would start in the second call and need a fourth.
        let calls = spread(&["a", "b", "c", "c", "c"], 2);
        assert_eq!(calls, [vec![0, 2], vec![1, 3], vec![4]]);
    }
}
