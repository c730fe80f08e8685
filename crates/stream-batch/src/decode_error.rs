//! Why a whole event is refused.

/// The event cannot be taken apart into records that can be told apart, so no part of it can be acknowledged.
///
/// Return it to Lambda: the whole batch comes again, and in the end goes to the mapping's on-failure destination.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DecodeError(pub(crate) String);
