//! Whoever reads the stream in whatever order, and however often, ends with the table's items.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};
use stream_batch::dynamodb;

use crate::support::config;
use crate::support::current_state::{Items, current_state};
use crate::support::events::{change, event};

/// What happens to an order line: it is put or deleted, so many seconds after the step before.
#[derive(Debug, Clone, Copy)]
struct Step {
    line: u32,
    deletes: bool,
    pause: u64,
}

/// A history, an order in which its changes are read, and which of them are read again.
#[derive(Debug, Clone)]
struct Reading {
    steps: Vec<Step>,
    order: Vec<usize>,
    again: Vec<usize>,
}

fn readings() -> impl Strategy<Value = Reading> {
    // Two changes are often within one second: then the sequence number decides.
    let step = (
        0..4_u32,
        prop::bool::weighted(0.3),
        prop_oneof![3 => Just(0_u64), 1 => Just(1)],
    );
    let step = step.prop_map(|(line, deletes, pause)| Step { line, deletes, pause });
    prop::collection::vec(step, 1..40).prop_flat_map(|steps| {
        let all = 0..steps.len();
        let order = Just(all.clone().collect::<Vec<_>>()).prop_shuffle();
        let again = prop::collection::vec(all, 0..20);
        (Just(steps), order, again).prop_map(|(steps, order, again)| Reading { steps, order, again })
    })
}

/// What the stream has of each step; `None` where it changed nothing. And the items in the end.
fn history(steps: &[Step]) -> (Vec<Option<Value>>, Items) {
    let rules = config(&[]).rules;
    let (mut table, mut seconds) = (BTreeMap::<u32, Value>::new(), 1_767_225_600);
    let mut take = |(place, step): (usize, &Step)| {
        seconds += step.pause;
        let old = table.remove(&step.line);
        let new = (!step.deletes).then(|| json!({"version": {"N": place.to_string()}}));
        let name = match (&old, &new) {
            (None, None) => return None,
            (None, Some(_)) => "INSERT",
            (Some(_), Some(_)) => "MODIFY",
            (Some(_), None) => "REMOVE",
        };
        if let Some(new) = &new {
            table.insert(step.line, new.clone());
        }
        let mut told = change(name, "o-1", step.line, old, new);
        told["dynamodb"]["ApproximateCreationDateTime"] = json!(seconds);
        let told = String::from_utf8(event(&[told])).expect("UTF-8");
        // From 21 digits to 22, in the middle of most histories: as text, the later ones would come first.
        let number = 999_999_999_999_999_999_990_u128 + place as u128;
        let told = told
            .replace("800000000000000000000", &number.to_string())
            .replace("event-0", &number.to_string());
        let batch = dynamodb::decode(told.as_bytes()).expect("an event");
        let batch = batch.try_map(|record, change| rules.plan(record, &change));
        let record = batch.items()[0].value.record().expect("it is sent");
        Some(serde_json::from_slice(record.data()).expect("JSON"))
    };
    let documents = steps.iter().enumerate().map(&mut take).collect();
    (documents, plain(&table))
}

fn plain(table: &BTreeMap<u32, Value>) -> Items {
    let item = |(line, image): (&u32, &Value)| {
        let version: Value = image["version"]["N"]
            .as_str()
            .expect("text")
            .parse()
            .expect("a number");
        let key = json!({"orderId": "o-1", "line": line}).to_string();
        (key, json!({"orderId": "o-1", "line": line, "version": version}))
    };
    table.iter().map(item).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_order_and_any_repetition_give_the_same_items(reading in readings()) {
        let (documents, items) = history(&reading.steps);
        let read = |places: &[usize]| {
            let documents: Vec<_> = places.iter().filter_map(|place| documents[*place].as_ref()).collect();
            current_state(documents)
        };
        let shuffled_with_repeats = [&reading.order[..], &reading.again].concat();
        let repeats_first = [&reading.again[..], &reading.order].concat();
        prop_assert_eq!(&read(&shuffled_with_repeats), &items);
        prop_assert_eq!(&read(&repeats_first), &items);
    }
}
