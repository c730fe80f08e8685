//! Why a request is refused: which field, where it stands, and the rule that it breaks.

use std::borrow::Cow;
use std::fmt;

/// The rule that a value breaks: "empty", "300 characters, the limit is 256". Holds no value of the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault(Cow<'static, str>);

impl Fault {
    /// `text` reads after the field's name.
    pub fn new(text: impl Into<Cow<'static, str>>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a field stands in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Among the query parameters.
    Query,
    /// In the path.
    Path,
    /// In the body.
    Body,
}

impl Place {
    /// The place as a problem names it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Path => "path",
            Self::Body => "body",
        }
    }
}

/// A field of a request, by the name that the client wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    place: Place,
    name: String,
}

impl Field {
    /// A query parameter.
    pub fn query(name: impl Into<String>) -> Self {
        Self::at(Place::Query, name)
    }

    /// A part of the path.
    pub fn path(name: impl Into<String>) -> Self {
        Self::at(Place::Path, name)
    }

    /// A member of the body; the empty name is the body itself.
    pub fn body(name: impl Into<String>) -> Self {
        Self::at(Place::Body, name)
    }

    fn at(place: Place, name: impl Into<String>) -> Self {
        let name = name.into();
        Self { place, name }
    }

    /// The element at `index` of the field, which is a list.
    pub fn element(&self, index: usize) -> Self {
        Self::at(self.place, format!("{}[{index}]", self.name))
    }

    /// The refusal of the field for this fault.
    pub fn invalid(&self, fault: impl Into<Fault>) -> Invalid {
        Invalid {
            field: self.clone(),
            fault: fault.into(),
        }
    }
}

impl From<&'static str> for Fault {
    fn from(text: &'static str) -> Self {
        Self(text.into())
    }
}

impl From<String> for Fault {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

/// A field and the rule that it breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    field: Field,
    fault: Fault,
}

impl Invalid {
    /// Where the field stands.
    pub fn place(&self) -> Place {
        self.field.place
    }

    /// The field's name as the client wrote it, such as `filter.GENRE` or `items[3]`.
    pub fn field(&self) -> &str {
        &self.field.name
    }

    /// The rule.
    pub fn fault(&self) -> &Fault {
        &self.fault
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} field {}: {}",
            self.field.place.as_str(),
            self.field.name,
            self.fault
        )
    }
}

impl std::error::Error for Invalid {}
