//! What goes wrong with a call.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is answered, after so long; [`Faults::entry_fails`] decides about each write of a batch.
    Answered(Duration),
    /// The service answers with this status and error code, and does nothing.
    Fails(u16, &'static str),
    /// It never arrives.
    LostBefore,
    /// It arrives, its answer is lost.
    LostAfter,
    /// The client panics.
    Panics,
}

/// A kind of call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    BatchWriteItem,
    PutItem,
    Publish,
}

pub trait Faults: Send + Sync {
    /// What happens to the next call of this kind.
    fn call(&self, _: Operation) -> Fate {
        Fate::Answered(Duration::ZERO)
    }

    /// Whether the next write of a batch is not processed.
    fn entry_fails(&self) -> bool {
        false
    }
}

/// Nothing goes wrong.
pub struct NoFaults;

impl Faults for NoFaults {}

/// Fates of the calls of one kind, one after the other; then everything is answered.
pub struct Script {
    operation: Operation,
    fates: Mutex<VecDeque<Fate>>,
}

impl Script {
    pub fn of(operation: Operation, fates: impl IntoIterator<Item = Fate>) -> Self {
        Self {
            operation,
            fates: Mutex::new(fates.into_iter().collect()),
        }
    }
}

impl Faults for Script {
    fn call(&self, operation: Operation) -> Fate {
        let next =
            (operation == self.operation).then(|| self.fates.lock().expect("no panic before").pop_front());
        next.flatten().unwrap_or(Fate::Answered(Duration::ZERO))
    }
}

/// The same fate for every call of one kind.
pub struct Always(pub Operation, pub Fate);

impl Faults for Always {
    fn call(&self, operation: Operation) -> Fate {
        match operation == self.0 {
            true => self.1,
            false => Fate::Answered(Duration::ZERO),
        }
    }
}
