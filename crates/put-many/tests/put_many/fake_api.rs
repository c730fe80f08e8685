//! An API whose answers are written down beforehand, and which keeps what it was sent.

use std::collections::VecDeque;
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::Mutex;
use std::time::Duration;

use put_many::{Backoff, BatchApi, CallError, Deliveries, Failure, Limits, Policy, Verdict, put_many};

/// Ten entries or 100 bytes a call, 60 bytes an entry.
pub const LIMITS: Limits = Limits {
    count: NonZeroUsize::new(10).unwrap(),
    request_bytes: 100,
    entry_bytes: 60,
};

pub const ATTEMPTS: u32 = 4;

pub const BACKOFF: Backoff = Backoff {
    base: Duration::from_millis(100),
    cap: Duration::from_secs(1),
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub key: String,
    pub number: usize,
    pub bytes: usize,
}

impl Entry {
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// One byte an entry, keys as in `text`: `"aab"` is two entries of `a` and one of `b`.
pub fn entries(text: &str) -> Vec<Entry> {
    let keys = text.chars().enumerate();
    keys.map(|(number, key)| Entry {
        key: key.to_string(),
        number,
        bytes: 1,
    })
    .collect()
}

/// What the API does with one call.
#[derive(Debug, Clone)]
pub enum Answer {
    /// A letter an entry: `+` accepted, `r` retry, `x` refused. Its length is the answer's length.
    Verdicts(&'static str),
    /// As above for the entries with these numbers, accepted for all others.
    RetryNumbers(Vec<usize>),
    Fails(CallError),
    NeverComes,
}

pub struct FakeApi {
    pub limits: Limits,
    answers: Mutex<VecDeque<Answer>>,
    calls: Mutex<Vec<Vec<Entry>>>,
}

impl FakeApi {
    /// Accepts everything once `answers` are used up.
    pub fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self {
            limits: LIMITS,
            answers: Mutex::new(answers.into_iter().collect()),
            calls: Mutex::default(),
        }
    }

    pub fn calls(&self) -> Vec<Vec<Entry>> {
        self.calls.lock().unwrap().clone()
    }

    /// The numbers of the entries in each call.
    pub fn numbers(&self) -> Vec<Vec<usize>> {
        let numbers = |call: &Vec<Entry>| call.iter().map(|entry| entry.number).collect();
        self.calls().iter().map(numbers).collect()
    }
}

impl BatchApi for FakeApi {
    type Entry = Entry;

    fn limits(&self) -> Limits {
        self.limits
    }

    fn entry_bytes(&self, entry: &Entry) -> usize {
        entry.bytes
    }

    async fn send(&self, entries: &[&Entry]) -> Result<Vec<Verdict>, CallError> {
        let sent: Vec<Entry> = entries.iter().map(|entry| (*entry).clone()).collect();
        self.calls.lock().unwrap().push(sent);
        let answer = self.answers.lock().unwrap().pop_front();
        match answer {
            None => Ok(vec![Verdict::Accepted; entries.len()]),
            Some(Answer::Verdicts(letters)) => Ok(letters.chars().map(verdict).collect()),
            Some(Answer::RetryNumbers(numbers)) => Ok(entries
                .iter()
                .map(|entry| verdict(if numbers.contains(&entry.number) { 'r' } else { '+' }))
                .collect()),
            Some(Answer::Fails(error)) => Err(error),
            Some(Answer::NeverComes) => std::future::pending().await,
        }
    }
}

pub fn verdict(letter: char) -> Verdict {
    match letter {
        '+' => Verdict::Accepted,
        'r' => Verdict::Retry(failure("Busy")),
        _ => Verdict::Refused(failure("Malformed")),
    }
}

pub fn failure(code: &str) -> Failure {
    Failure::new(code, "as told")
}

pub fn unordered() -> Policy<Entry> {
    with_test_limits(Policy::unordered())
}

pub fn per_key() -> Policy<Entry> {
    with_test_limits(Policy::per_key(Entry::key))
}

fn with_test_limits(policy: Policy<Entry>) -> Policy<Entry> {
    Policy {
        attempts: NonZeroU32::new(ATTEMPTS).unwrap(),
        backoff: BACKOFF,
        ..policy
    }
}

/// A minute, and the longest wait that the jitter allows.
pub async fn put(api: &FakeApi, entries: &[Entry], policy: &Policy<Entry>) -> Deliveries {
    put_many(api, entries, policy, Duration::from_secs(60), || 1.0).await
}
