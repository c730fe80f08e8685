//! Why something is no reading.

use std::fmt;

/// Why something is no reading: which field, and which rule it breaks. It holds nothing of the payload.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Invalid {
    fault: Fault,
    field: Option<&'static str>,
    rule: String,
}

/// What kind of fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Not JSON, or no JSON object, or a field is there twice.
    Malformed,
    /// There is no schema version, or this build does not know it.
    SchemaVersion,
    /// A field is missing or breaks its rule.
    Rule,
}

impl Invalid {
    /// What kind of fault it is.
    pub fn fault(&self) -> Fault {
        self.fault
    }

    /// The field's name in the JSON; none if the whole is no JSON object.
    pub fn field(&self) -> Option<&'static str> {
        self.field
    }

    /// The rule that is broken: a lower-case fragment.
    pub fn rule(&self) -> &str {
        &self.rule
    }

    pub(crate) fn malformed(field: Option<&'static str>, rule: impl Into<String>) -> Self {
        Self {
            fault: Fault::Malformed,
            field,
            rule: rule.into(),
        }
    }

    pub(crate) fn rule_of(field: &'static str, rule: impl Into<String>) -> Self {
        Self {
            fault: Fault::Rule,
            field: Some(field),
            rule: rule.into(),
        }
    }

    pub(crate) fn schema_version(rule: impl Into<String>) -> Self {
        Self {
            fault: Fault::SchemaVersion,
            field: Some("schemaVersion"),
            rule: rule.into(),
        }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field {
            Some(field) => write!(f, "field {field}: {}", self.rule),
            None => f.write_str(&self.rule),
        }
    }
}
