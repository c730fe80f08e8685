//! What a filter asks of an item's column.

/// A column's value is, or is not, one of these.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Condition {
    /// The column's name in the schema.
    pub(super) column: String,
    /// `NOT IN`.
    pub(super) negated: bool,
    pub(super) values: Values,
}

/// What stands in the brackets.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Values {
    Literal(Vec<String>),
    /// To be given by the request, under this name.
    Parameter(String),
}

impl Values {
    pub(super) fn parameter(&self) -> Option<&str> {
        match self {
            Self::Literal(_) => None,
            Self::Parameter(name) => Some(name),
        }
    }
}
