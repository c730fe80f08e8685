//! A dead-letter store in memory.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use dead_letter_store::{DeadLetterStore, StoreError};
use stream_batch::{DeadLetter, DeadLetters};

/// Keeps what it is given, or nothing while it is down.
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
