//! What a client gave, as text, with the field that it stands in: so that a refusal names the field.

use std::str::FromStr;

use crate::invalid::{Fault, Field, Invalid};

/// A text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Where it stands.
    pub field: Field,
    /// The text.
    pub text: String,
}

/// A list of texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenList {
    /// Where the list stands.
    pub field: Field,
    /// The texts, which may stand in fields of their own.
    pub texts: Vec<Given>,
}

/// Something that the client named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named<V> {
    /// Where it stands.
    pub field: Field,
    /// Its name.
    pub name: String,
    /// The value.
    pub value: V,
}

impl Given {
    /// The text as a value.
    ///
    /// # Errors
    /// It breaks a rule.
    pub fn parse<T: FromStr<Err = Fault>>(&self) -> Result<T, Invalid> {
        self.text
            .parse()
            .map_err(|fault: Fault| self.field.invalid(fault))
    }
}

impl GivenList {
    /// The texts as values.
    ///
    /// # Errors
    /// One breaks a rule.
    pub fn parse<T: FromStr<Err = Fault>>(&self) -> Result<Vec<T>, Invalid> {
        self.texts.iter().map(Given::parse).collect()
    }
}

impl<V> Named<V> {
    /// The name as a value.
    ///
    /// # Errors
    /// It breaks a rule.
    pub fn parse_name<T: FromStr<Err = Fault>>(&self) -> Result<T, Invalid> {
        self.name
            .parse()
            .map_err(|fault: Fault| self.field.invalid(fault))
    }
}
