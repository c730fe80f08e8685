//! How hard to try, and in what order.

use std::fmt;
use std::num::NonZeroU32;

use crate::backoff::Backoff;

/// How often an entry is sent, how long is waited in between, and what order is kept.
#[derive(Debug)]
pub struct Policy<E> {
    /// What order is kept.
    pub order: Order<E>,
    /// How often an entry is sent at most, the first time included. Also how many calls in a row may fail as a whole
    /// before the API counts as down.
    pub attempts: NonZeroU32,
    /// The wait before an entry is sent again.
    pub backoff: Backoff,
}

/// Eight attempts over the default backoff wait six seconds on average.
const DEFAULT_ATTEMPTS: NonZeroU32 = NonZeroU32::MIN.saturating_add(7);

impl<E> Policy<E> {
    /// Default attempts and backoff, and no order between entries.
    pub fn unordered() -> Self {
        Self::with(Order::Unordered)
    }

    /// Default attempts and backoff; the entries of one key stay in order.
    pub fn per_key(key: fn(&E) -> &str) -> Self {
        Self::with(Order::PerKey(key))
    }

    fn with(order: Order<E>) -> Self {
        Self {
            order,
            attempts: DEFAULT_ATTEMPTS,
            backoff: Backoff::default(),
        }
    }
}

/// What order is kept between the entries of one `put_many`.
pub enum Order<E> {
    /// None: a call is filled with whatever is left.
    Unordered,
    /// A call holds at most one entry of a key, and the next of the key is sent only when the one before is accepted
    /// or refused. The order in which keys appear does not matter.
    PerKey(fn(&E) -> &str),
}

impl<E> fmt::Debug for Order<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unordered => "Unordered",
            Self::PerKey(_) => "PerKey",
        })
    }
}
