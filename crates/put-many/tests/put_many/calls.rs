//! How many calls are made, and that none exceeds a limit.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::time::Duration;

use proptest::prelude::*;
use put_many::{Limits, Outcome, put_many};

use crate::fake_api::{Answer, Entry, FakeApi, LIMITS, entries, per_key, put, unordered};

fn sized(sizes: &[usize]) -> Vec<Entry> {
    let sizes = sizes.iter().enumerate();
    sizes
        .map(|(number, bytes)| Entry {
            key: number.to_string(),
            number,
            bytes: *bytes,
        })
        .collect()
}

#[tokio::test(start_paused = true)]
async fn nothing_to_write_makes_no_call() {
    let api = FakeApi::new([]);
    let deliveries = put(&api, &[], &unordered()).await;
    assert!(deliveries.all_accepted());
    assert_eq!((deliveries.calls(), api.calls().len()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_call_holds_entries_up_to_the_count_and_not_one_more() {
    for (length, calls) in [(10, 1), (11, 2), (20, 2), (21, 3)] {
        let api = FakeApi::new([]);
        let deliveries = put(&api, &entries(&"a".repeat(length)), &unordered()).await;
        assert!(deliveries.all_accepted());
        assert_eq!(deliveries.calls(), calls, "{length} entries");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_holds_bytes_up_to_the_limit_and_not_one_more() {
    for (sizes, calls) in [([50, 50], 1), ([50, 51], 2)] {
        let api = FakeApi::new([]);
        let deliveries = put(&api, &sized(&sizes), &unordered()).await;
        assert!(deliveries.all_accepted());
        assert_eq!(deliveries.calls(), calls, "{sizes:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_entry_over_its_limit_is_refused_before_any_call() {
    let api = FakeApi::new([]);
    let deliveries = put(&api, &sized(&[60, 61]), &unordered()).await;
    assert_eq!(deliveries.outcomes()[0], Outcome::Accepted);
    let Outcome::Refused(failure) = &deliveries.outcomes()[1] else {
        panic!("{deliveries:?}");
    };
    assert_eq!(
        failure.to_string(),
        "EntryTooLarge: entry has 61 bytes, the limit is 60"
    );
    assert_eq!(api.numbers(), [[0]]);
}

#[tokio::test(start_paused = true)]
async fn an_entry_that_no_call_can_hold_is_refused() {
    let mut api = FakeApi::new([]);
    api.limits.request_bytes = 30;
    let deliveries = put(&api, &sized(&[31]), &unordered()).await;
    assert!(matches!(deliveries.outcomes(), [Outcome::Refused(_)]));
    assert!(api.calls().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_failed_in_several_calls_is_sent_again_in_one() {
    let failing = Answer::RetryNumbers(vec![3, 13, 23]);
    let api = FakeApi::new([failing.clone(), failing.clone(), failing]);
    // Each call's failures wait for a time of their own.
    let mut randoms = [0.9, 0.1, 0.5].into_iter();
    let random = move || randoms.next().unwrap_or(0.0);
    let all = entries(&"a".repeat(30));
    let deliveries = put_many(&api, &all, &unordered(), Duration::from_secs(60), random).await;
    assert!(deliveries.all_accepted());
    assert_eq!(api.numbers()[3..], [[3, 13, 23]]);
    assert_eq!((deliveries.calls(), deliveries.retried()), (4, 3));
}

/// What no schedule can do better, from the entries alone: a key needs a call for each of its entries, and a call
/// holds `count` of them.
fn fewest_calls(entries: &[Entry], count: usize) -> usize {
    let mut of_key = HashMap::new();
    for entry in entries {
        *of_key.entry(entry.key()).or_insert(0) += 1;
    }
    let longest = of_key.values().copied().max().unwrap_or(0);
    longest.max(entries.len().div_ceil(count))
}

#[tokio::test(start_paused = true)]
async fn a_long_key_is_not_left_for_the_end() {
    // One call for each entry in turn would be {a,b} {c,d} {a} {a}.
    let mut api = FakeApi::new([]);
    api.limits.count = NonZeroUsize::new(2).unwrap();
    let deliveries = put(&api, &entries("bcdaaa"), &per_key()).await;
    assert_eq!((deliveries.calls(), fewest_calls(&entries("bcdaaa"), 2)), (3, 3));
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    runtime.unwrap().block_on(future)
}

proptest! {
    #[test]
    fn ordered_calls_are_the_fewest_possible(keys in "[a-f]{0,60}", count in 1..12_usize) {
        let entries = entries(&keys);
        let mut api = FakeApi::new([]);
        api.limits.count = NonZeroUsize::new(count).unwrap();
        let deliveries = block_on(put(&api, &entries, &per_key()));
        prop_assert!(deliveries.all_accepted());
        prop_assert_eq!(deliveries.calls(), fewest_calls(&entries, count));
    }

    #[test]
    fn unordered_calls_of_equal_entries_are_the_fewest_possible(
        length in 0..80_usize,
        bytes in 1..=60_usize,
        count in 1..12_usize,
    ) {
        let limits = Limits { count: NonZeroUsize::new(count).unwrap(), ..LIMITS };
        let mut api = FakeApi::new([]);
        api.limits = limits;
        let deliveries = block_on(put(&api, &sized(&vec![bytes; length]), &unordered()));
        let in_a_call = count.min(limits.request_bytes / bytes);
        prop_assert_eq!(deliveries.calls(), length.div_ceil(in_a_call));
    }

    /// Packing unequal entries perfectly is not worth its price. What holds: of any two calls, the later one's entries
    /// did not fit into the earlier one, so at most one of those that are not full by count is half empty.
    #[test]
    fn unordered_calls_of_unequal_entries_are_well_filled(
        sizes in proptest::collection::vec(1..=60_usize, 0..80),
    ) {
        let api = FakeApi::new([]);
        let deliveries = block_on(put(&api, &sized(&sizes), &unordered()));
        let bytes: usize = sizes.iter().sum();
        let bound = sizes.len() / LIMITS.count.get() + 2 * bytes / LIMITS.request_bytes + 1;
        prop_assert!(deliveries.calls() <= bound, "{} calls, bound {}", deliveries.calls(), bound);
        for call in api.calls() {
            prop_assert!(call.len() <= LIMITS.count.get());
            prop_assert!(call.iter().map(|entry| entry.bytes).sum::<usize>() <= LIMITS.request_bytes);
        }
    }
}
