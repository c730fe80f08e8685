//! Why a record can never be delivered.

use std::fmt;

use stream_batch::Rejection;

/// The field of a record that breaks a rule, and the rule. Holds no value of the record: the reason is logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    field: String,
    fault: String,
}

impl Invalid {
    /// `fault` reads after the field's name: "missing", "300 characters, the limit is 256".
    pub fn new(field: impl Into<String>, fault: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            fault: fault.into(),
        }
    }

    /// A field that must be there and is not.
    pub fn missing(field: &str) -> Self {
        Self::new(field, "missing")
    }

    /// The same fault of the element at `index` of the field, which is a list.
    pub fn at(self, index: usize) -> Self {
        Self::new(format!("{}[{index}]", self.field), self.fault)
    }

    /// The field's path as the producer wrote it, such as `impression[3]`.
    pub fn field(&self) -> &str {
        &self.field
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "field {}: {}", self.field, self.fault)
    }
}

impl std::error::Error for Invalid {}

impl From<Invalid> for Rejection {
    fn from(invalid: Invalid) -> Self {
        Self::invalid(invalid.to_string())
    }
}
