//! A fake Personalize that answers by a script and remembers what it was asked, and a dead-letter store in memory.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use dead_letter_store::{DeadLetterStore, StoreError};
use put_events_forwarder::call::Call;
use put_events_forwarder::personalize::{CallError, CallErrorKind, Personalize};
use stream_batch::{DeadLetter, DeadLetters};

/// Answers the first calls by its script, and takes the rest.
#[derive(Default)]
pub struct FakePersonalize {
    script: Mutex<VecDeque<Result<(), CallErrorKind>>>,
    refuses: Option<fn(&str) -> bool>,
    asked: Mutex<Vec<Asked>>,
}

/// A call that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The operation.
    pub operation: &'static str,
    /// User of the call, then the item or user ids of its entries.
    pub entries: Vec<String>,
}

impl FakePersonalize {
    /// Answers so, call by call, and then takes everything.
    pub fn answering(script: impl IntoIterator<Item = Result<(), CallErrorKind>>) -> Self {
        Self {
            script: Mutex::new(script.into_iter().collect()),
            ..Self::default()
        }
    }

    /// Refuses every call with an entry whose id satisfies `poison`.
    pub fn refusing(poison: fn(&str) -> bool) -> Self {
        Self {
            refuses: Some(poison),
            ..Self::default()
        }
    }

    /// Every call, in order.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no panic before").clone()
    }

    /// The entries of every call, in order.
    pub fn calls(&self) -> Vec<Vec<String>> {
        self.asked().into_iter().map(|asked| asked.entries).collect()
    }
}

impl Personalize for &FakePersonalize {
    async fn put(&self, call: &Call<'_>) -> Result<(), CallError> {
        let entries = entries(call);
        let poisoned = self
            .refuses
            .is_some_and(|poison| entries.iter().any(|id| poison(id)));
        self.asked.lock().expect("no panic before").push(Asked {
            operation: call.operation(),
            entries,
        });
        let scripted = self.script.lock().expect("no panic before").pop_front();
        let answer = if poisoned {
            Err(CallErrorKind::Refused)
        } else {
            scripted.unwrap_or(Ok(()))
        };
        answer.map_err(|kind| CallError {
            kind,
            reason: format!("{kind:?}"),
        })
    }
}

fn entries(call: &Call<'_>) -> Vec<String> {
    match call {
        Call::PutEvents(call) => call
            .events()
            .iter()
            .map(|event| event.item_id().expect("the tests' events have items").to_string())
            .collect(),
        Call::PutItems(items) => items.iter().map(|item| item.item_id().to_string()).collect(),
        Call::PutUsers(users) => users.iter().map(|user| user.user_id().to_string()).collect(),
    }
}

/// A dead-letter store in memory.
#[derive(Default)]
pub struct Letters {
    stored: Mutex<Vec<DeadLetter>>,
    down: AtomicBool,
}

impl Letters {
    /// A store that takes nothing.
    pub fn down() -> Self {
        Self {
            down: AtomicBool::new(true),
            ..Self::default()
        }
    }

    /// Breaks the store, or mends it.
    pub fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::Relaxed);
    }

    /// What was stored, in order, repeats included.
    pub fn stored(&self) -> Vec<DeadLetter> {
        self.stored.lock().expect("no panic before").clone()
    }
}

impl DeadLetterStore for &Letters {
    async fn put(&self, letters: &DeadLetters, _: Duration) -> Result<(), StoreError> {
        if self.down.load(Ordering::Relaxed) && !letters.is_empty() {
            return Err(StoreError {
                bucket: "letters".to_owned(),
                key: "key".to_owned(),
                last_error: None,
            });
        }
        let batch = letters.batch().into_iter();
        let letters = batch.flat_map(|batch| batch.dead_letters.iter().cloned());
        self.stored.lock().expect("no panic before").extend(letters);
        Ok(())
    }
}
