//! Why a statement is not run.

use std::fmt;

use sqlparser::tokenizer::{Location, Span};

/// A place in a statement's text. Lines and columns begin with 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) line: u64,
    pub(crate) column: u64,
}

impl From<Location> for Place {
    fn from(location: Location) -> Self {
        Self {
            line: location.line,
            column: location.column,
        }
    }
}

impl Place {
    /// Where a part begins, or this place where the tree has lost it.
    pub(crate) fn or_of(self, span: Span) -> Self {
        if span.start.line == 0 {
            self
        } else {
            span.start.into()
        }
    }
}

/// What kind of refusal it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Because {
    /// The text cannot be read.
    Syntax,
    /// A named parameter is missing, or is not used.
    Parameter,
    /// Redshift would refuse it too, whatever PostgreSQL says.
    NotRedshift,
    /// Redshift may well take it, but it is not in this crate's list.
    NotInTheList,
}

/// A statement that is not run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {}{what}", prefix(*because))]
pub struct Refusal {
    /// The form, and where there is one, what to write instead.
    pub what: String,
    /// The line, from 1.
    pub line: u64,
    /// The character of the line, from 1.
    pub column: u64,
    /// The kind.
    pub because: Because,
}

impl Refusal {
    pub(crate) fn new(because: Because, what: impl fmt::Display, place: Place) -> Self {
        Self {
            what: what.to_string(),
            line: place.line,
            column: place.column,
            because,
        }
    }

    pub(crate) fn syntax(what: impl fmt::Display, place: Place) -> Self {
        Self::new(Because::Syntax, what, place)
    }

    pub(crate) fn not_redshift(what: impl fmt::Display, place: Place) -> Self {
        Self::new(Because::NotRedshift, what, place)
    }

    pub(crate) fn not_listed(what: impl fmt::Display, place: Place) -> Self {
        Self::new(Because::NotInTheList, what, place)
    }
}

fn prefix(because: Because) -> &'static str {
    match because {
        Because::Syntax => "syntax error: ",
        Because::Parameter => "",
        Because::NotRedshift => "Redshift does not take ",
        Because::NotInTheList => "not among the allowed forms: ",
    }
}
