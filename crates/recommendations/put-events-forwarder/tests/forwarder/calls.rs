//! How many calls a batch takes, against bounds that are computed another way.

use std::collections::HashMap;
use std::time::Duration;

use proptest::prelude::*;
use serde_json::Value;

use crate::support::events::event_of;
use crate::support::fakes::{FakePersonalize, Letters};
use crate::support::handler;
use crate::support::records::{interaction, item, user};

/// The calls that these payloads take.
fn calls(payloads: &[Value]) -> Vec<Vec<String>> {
    let personalize = FakePersonalize::default();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    let answer = runtime.block_on(async {
        handler(&personalize, &Letters::default())
            .forward(&event_of(payloads), Duration::from_secs(3_600))
            .await
    });
    assert!(answer.expect("an event").batch_item_failures.is_empty());
    personalize.calls()
}

#[test]
fn a_session_that_names_its_user_takes_a_call_for_each_in_order() {
    let payloads = [
        interaction("s1", None, "1"),
        interaction("s2", Some("u2"), "2"),
        interaction("s1", None, "3"),
        interaction("s1", Some("u1"), "4"),
        interaction("s1", None, "5"),
    ];
    let mut calls = calls(&payloads);
    calls.sort();
    assert_eq!(calls, [vec!["1", "3"], vec!["2"], vec!["4"], vec!["5"]]);
}

#[test]
fn eleven_events_take_two_calls() {
    let payloads: Vec<_> = (0..11)
        .map(|n| interaction("s1", Some("u1"), &n.to_string()))
        .collect();
    let lengths: Vec<_> = calls(&payloads).iter().map(Vec::len).collect();
    assert_eq!(lengths, [10, 1]);
}

#[test]
fn versions_of_an_item_go_into_calls_one_after_the_other() {
    let payloads = [
        item("a", 1),
        item("b", 1),
        item("a", 2),
        item("c", 1),
        item("a", 3),
    ];
    assert_eq!(calls(&payloads), [vec!["a", "b", "c"], vec!["a"], vec!["a"]]);
}

/// In every session, a call can end at the earliest where it is full or the user changes. Counted by the event, with
/// the room that the current call still has.
fn fewest_calls_for_events(events: &[(u8, Option<u8>)]) -> usize {
    let mut open: HashMap<u8, (Option<u8>, usize)> = HashMap::new();
    let mut calls = 0;
    for (session, user) in events {
        match open.get_mut(session) {
            Some((same, room)) if same == user && *room > 0 => *room -= 1,
            _ => {
                calls += 1;
                open.insert(*session, (*user, 9));
            }
        }
    }
    calls
}

/// A call holds ten ids, and each at most once.
fn fewest_calls_for_ids(ids: &[u8]) -> usize {
    let mut versions: HashMap<u8, usize> = HashMap::new();
    for id in ids {
        *versions.entry(*id).or_default() += 1;
    }
    let most = versions.values().copied().max().unwrap_or_default();
    most.max(ids.len().div_ceil(10))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn events_take_the_fewest_calls(
        events in prop::collection::vec((0..6_u8, prop::option::weighted(0.9, 0..2_u8)), 0..200)
    ) {
        let payloads: Vec<_> = events
            .iter()
            .enumerate()
            .map(|(n, (session, user))| {
                let user = user.map(|user| format!("u{user}"));
                interaction(&format!("s{session}"), user.as_deref(), &n.to_string())
            })
            .collect();
        let calls = calls(&payloads);
        prop_assert_eq!(calls.len(), fewest_calls_for_events(&events));
        prop_assert_eq!(calls.concat().len(), events.len());
    }

    #[test]
    fn items_and_users_take_the_fewest_calls(
        items in prop::collection::vec(0..30_u8, 0..120),
        users in prop::collection::vec(0..200_u8, 0..120),
    ) {
        let of_items = items.iter().enumerate().map(|(n, id)| item(&format!("i{id}"), n));
        let of_users = users.iter().enumerate().map(|(n, id)| user(&format!("u{id}"), n));
        let calls = calls(&of_items.chain(of_users).collect::<Vec<_>>());
        let fewest = fewest_calls_for_ids(&items) + fewest_calls_for_ids(&users);
        prop_assert_eq!(calls.len(), fewest);
        for call in calls {
            let mut ids = call.clone();
            ids.sort();
            ids.dedup();
            prop_assert_eq!(ids.len(), call.len(), "an id twice in a call");
            prop_assert!(call.len() <= 10);
        }
    }
}
