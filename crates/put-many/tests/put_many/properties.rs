//! Whatever an API does, nothing is lost and nothing overtakes.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::time::Duration;

use proptest::prelude::*;
use put_many::{BatchApi, CallError, Cause, Deliveries, Limits, Outcome, Verdict, put_many};

use crate::fake_api::{Entry, LIMITS, failure, per_key, unordered, verdict};

/// What the API does next. One is drawn for each call, and one for each entry of a call that succeeds.
#[derive(Debug, Clone, Copy)]
enum Fault {
    None,
    Entry(char),
    Call(CallFault),
}

#[derive(Debug, Clone, Copy)]
enum CallFault {
    BeforeTheCommit,
    AfterTheCommit,
    Fatal,
    ShortAnswer,
    LongAnswer,
    Slow,
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        6 => Just(Fault::None),
        4 => Just(Fault::Entry('r')),
        1 => Just(Fault::Entry('x')),
        2 => Just(Fault::Call(CallFault::BeforeTheCommit)),
        2 => Just(Fault::Call(CallFault::AfterTheCommit)),
        1 => Just(Fault::Call(CallFault::Slow)),
        1 => prop_oneof![
            Just(Fault::Call(CallFault::Fatal)),
            Just(Fault::Call(CallFault::ShortAnswer)),
            Just(Fault::Call(CallFault::LongAnswer)),
        ],
    ]
}

/// An API that stores what it accepts, and fails as it is told.
struct Store {
    faults: Mutex<std::vec::IntoIter<Fault>>,
    stored: Mutex<Vec<Entry>>,
    calls: Mutex<Vec<Vec<Entry>>>,
}

impl Store {
    fn next(&self) -> Fault {
        self.faults.lock().unwrap().next().unwrap_or(Fault::None)
    }

    fn store(&self, entry: &Entry) -> Verdict {
        let letter = match self.next() {
            Fault::Entry(letter) => letter,
            _ => '+',
        };
        if letter == '+' {
            self.stored.lock().unwrap().push(entry.clone());
        }
        verdict(letter)
    }
}

impl BatchApi for Store {
    type Entry = Entry;

    fn limits(&self) -> Limits {
        Limits {
            count: NonZeroUsize::new(4).unwrap(),
            ..LIMITS
        }
    }

    fn entry_bytes(&self, entry: &Entry) -> usize {
        entry.bytes
    }

    async fn send(&self, entries: &[&Entry]) -> Result<Vec<Verdict>, CallError> {
        self.calls
            .lock()
            .unwrap()
            .push(entries.iter().map(|entry| (*entry).clone()).collect());
        let fault = self.next();
        let retryable = Err(CallError::Retryable(failure("Unavailable")));
        if let Fault::Call(CallFault::BeforeTheCommit) = fault {
            return retryable;
        }
        if let Fault::Call(CallFault::Slow) = fault {
            tokio::time::sleep(Duration::from_millis(700)).await;
        }
        let mut verdicts: Vec<_> = entries.iter().map(|entry| self.store(entry)).collect();
        match fault {
            Fault::Call(CallFault::AfterTheCommit) => return retryable,
            Fault::Call(CallFault::Fatal) => return Err(CallError::Fatal(failure("AccessDenied"))),
            Fault::Call(CallFault::ShortAnswer) => drop(verdicts.pop()),
            Fault::Call(CallFault::LongAnswer) => verdicts.push(Verdict::Accepted),
            _ => {}
        }
        Ok(verdicts)
    }
}

fn entry() -> impl Strategy<Value = (char, usize)> {
    (
        proptest::char::range('a', 'e'),
        prop_oneof![9 => 1..=50_usize, 1 => Just(61)],
    )
}

fn numbered(entries: Vec<(char, usize)>) -> Vec<Entry> {
    let entries = entries.into_iter().enumerate();
    entries
        .map(|(number, (key, bytes))| Entry {
            key: key.to_string(),
            number,
            bytes,
        })
        .collect()
}

fn run(entries: &[Entry], faults: Vec<Fault>, ordered: bool, random: f64) -> (Store, Deliveries) {
    let store = Store {
        faults: Mutex::new(faults.into_iter()),
        stored: Mutex::default(),
        calls: Mutex::default(),
    };
    let policy = if ordered { per_key() } else { unordered() };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    let deadline = Duration::from_secs(3);
    let deliveries = runtime.block_on(put_many(&store, entries, &policy, deadline, || random));
    (store, deliveries)
}

fn by_key(entries: &[Entry]) -> HashMap<&str, Vec<&Entry>> {
    let mut keys = HashMap::<_, Vec<_>>::new();
    for entry in entries {
        keys.entry(entry.key()).or_default().push(entry);
    }
    keys
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn nothing_is_lost(
        entries in proptest::collection::vec(entry(), 0..40).prop_map(numbered),
        faults in proptest::collection::vec(fault(), 0..120),
        ordered: bool,
        random in 0.0..1.0_f64,
    ) {
        let (store, deliveries) = run(&entries, faults, ordered, random);
        prop_assert_eq!(deliveries.outcomes().len(), entries.len());
        let stored = store.stored.into_inner().unwrap();
        for (entry, outcome) in entries.iter().zip(deliveries.outcomes()) {
            match outcome {
                Outcome::Accepted => prop_assert!(stored.contains(entry), "{entry:?} is not stored"),
                Outcome::Refused(_) => {}
                Outcome::Undelivered(entry) => prop_assert!(
                    entry.attempts > 0 || entry.last_error.is_none(), "an error without an attempt"
                ),
            }
        }
    }

    #[test]
    fn first_occurrences_are_in_order_within_a_key(
        entries in proptest::collection::vec(entry(), 0..40).prop_map(numbered),
        faults in proptest::collection::vec(fault(), 0..120),
        random in 0.0..1.0_f64,
    ) {
        let (store, _deliveries) = run(&entries, faults, true, random);
        let stored = store.stored.into_inner().unwrap();
        for (key, stored) in by_key(&stored) {
            let mut first: Vec<_> = stored.iter().map(|entry| entry.number).collect();
            let mut seen = std::collections::HashSet::new();
            first.retain(|number| seen.insert(*number));
            prop_assert!(first.is_sorted(), "key {key}: {first:?}");
        }
    }

    #[test]
    fn nothing_of_a_key_is_sent_behind_an_undelivered_entry(
        entries in proptest::collection::vec(entry(), 0..40).prop_map(numbered),
        faults in proptest::collection::vec(fault(), 0..120),
        random in 0.0..1.0_f64,
    ) {
        let (store, deliveries) = run(&entries, faults, true, random);
        let sent: Vec<_> = store.calls.into_inner().unwrap().concat();
        for (_, of_key) in by_key(&entries) {
            let undelivered = |entry: &&&Entry| {
                matches!(deliveries.outcomes()[entry.number], Outcome::Undelivered(_))
            };
            let Some(first) = of_key.iter().find(undelivered) else { continue };
            for later in of_key.iter().filter(|entry| entry.number > first.number) {
                prop_assert!(!sent.contains(later), "{later:?} overtook {first:?}");
            }
        }
    }

    #[test]
    fn every_call_keeps_the_limits_and_its_keys_apart(
        entries in proptest::collection::vec(entry(), 0..40).prop_map(numbered),
        faults in proptest::collection::vec(fault(), 0..120),
        random in 0.0..1.0_f64,
    ) {
        let (store, _deliveries) = run(&entries, faults, true, random);
        let limits = store.limits();
        for call in store.calls.into_inner().unwrap() {
            prop_assert!((1..=limits.count.get()).contains(&call.len()));
            prop_assert!(call.iter().map(|entry| entry.bytes).sum::<usize>() <= limits.request_bytes);
            prop_assert_eq!(by_key(&call).len(), call.len(), "two entries of a key in {:?}", call);
        }
    }

    #[test]
    fn a_wrong_length_accepts_nothing_of_its_call(
        entries in proptest::collection::vec(entry(), 1..40).prop_map(numbered),
        short: bool,
        ordered: bool,
    ) {
        let fault = if short { CallFault::ShortAnswer } else { CallFault::LongAnswer };
        let (store, deliveries) = run(&entries, vec![Fault::Call(fault)], ordered, 0.5);
        for entry in store.calls.into_inner().unwrap().concat() {
            let outcome = &deliveries.outcomes()[entry.number];
            prop_assert!(matches!(outcome, Outcome::Undelivered(entry) if entry.cause == Cause::CallFailed));
        }
    }
}
