//! What is wrong with the text of one statement.

use std::fmt;

use crate::limits::STATEMENT_BYTES;

/// The fault of a statement's text; reads after "statement 3: ".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SizeFault {
    Empty,
    TooLong(usize),
}

impl fmt::Display for SizeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("empty"),
            Self::TooLong(bytes) => write!(f, "{bytes} bytes, the limit is {STATEMENT_BYTES}"),
        }
    }
}

pub(crate) fn check(sql: &str) -> Result<(), SizeFault> {
    if sql.trim().is_empty() {
        return Err(SizeFault::Empty);
    }
    if sql.len() > STATEMENT_BYTES {
        return Err(SizeFault::TooLong(sql.len()));
    }
    Ok(())
}
