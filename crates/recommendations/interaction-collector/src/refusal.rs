//! Why a body is not taken: the field and the rule, never the value.

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{JsonType, ValidationError};

use crate::limits::PROPERTY_NAME_CHARACTERS;

/// Why a body is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The body has more bytes than API Gateway takes.
    #[error("the body is too large")]
    TooLarge,
    /// The body is not JSON, or has a number that no 64-bit float holds.
    #[error("the body is not JSON (line {line}, column {column})")]
    NotJson {
        /// Where the parser gave up, from 1.
        line: usize,
        /// Where in the line.
        column: usize,
    },
    /// A field is not what the schema wants.
    #[error("{field}: {fault}")]
    Invalid {
        /// The field's path, such as `interactions[3].impression[0]`; `the body` for the whole.
        field: String,
        /// Reads after the field's name: "missing", "more than 256 characters".
        fault: String,
    },
}

impl Refusal {
    pub(crate) fn not_an_object() -> Self {
        Self::Invalid {
            field: path_of(""),
            fault: "not an object".to_owned(),
        }
    }
}

impl From<serde_json::Error> for Refusal {
    fn from(error: serde_json::Error) -> Self {
        Self::NotJson {
            line: error.line(),
            column: error.column(),
        }
    }
}

impl From<&ValidationError<'_>> for Refusal {
    fn from(error: &ValidationError<'_>) -> Self {
        let at = error.instance_path().as_str();
        match error.kind() {
            ValidationErrorKind::Required { property } => {
                let name = property.as_str().unwrap_or_default();
                Self::Invalid {
                    field: path_of(&format!("{at}/{name}")),
                    fault: "missing".to_owned(),
                }
            }
            kind => Self::Invalid {
                field: path_of(at),
                fault: fault(at, kind),
            },
        }
    }
}

/// A JSON pointer as one writes a field. It ends before a name that the schema does not allow: who knows what is in it.
fn path_of(pointer: &str) -> String {
    let mut path = String::new();
    for segment in pointer.split('/').skip(1) {
        if segment.parse::<usize>().is_ok() {
            path.push_str(&format!("[{segment}]"));
        } else if is_plain_name(segment) {
            path.push_str(if path.is_empty() { "" } else { "." });
            path.push_str(segment);
        } else {
            break;
        }
    }
    if path.is_empty() {
        "the body".to_owned()
    } else {
        path
    }
}

fn is_plain_name(name: &str) -> bool {
    (1..=PROPERTY_NAME_CHARACTERS).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn fault(pointer: &str, kind: &ValidationErrorKind) -> String {
    match kind {
        ValidationErrorKind::Type { kind } => format!("not {}", type_name(kind)),
        ValidationErrorKind::AdditionalProperties { .. } => "a field that is not known".to_owned(),
        ValidationErrorKind::MinLength { .. } | ValidationErrorKind::MinItems { .. } => "empty".to_owned(),
        ValidationErrorKind::MaxLength { limit } => format!("more than {limit} characters"),
        ValidationErrorKind::MaxItems { limit } => format!("more than {limit} elements"),
        ValidationErrorKind::MaxProperties { limit } => format!("more than {limit} fields"),
        ValidationErrorKind::Minimum { .. } | ValidationErrorKind::Maximum { .. } => {
            "out of the range of a 32-bit float".to_owned()
        }
        _ => rule_of(pointer).to_owned(),
    }
}

/// What a pattern means, or a combination of rules.
fn rule_of(pointer: &str) -> &'static str {
    if pointer.ends_with("/sentAt") {
        "not a time as RFC 3339 writes it, with seconds and offset, from 1971 to 8999"
    } else if pointer.ends_with("/eventAttributionSource") {
        "not printable ASCII, or blank"
    } else {
        "a reserved name, a name that is not letters, digits and underscores, or a text that may grow too long"
    }
}

fn type_name(kind: &TypeKind) -> &'static str {
    match kind {
        TypeKind::Single(JsonType::Array) => "an array",
        TypeKind::Single(JsonType::Boolean) => "a boolean",
        TypeKind::Single(JsonType::Integer) => "an integer",
        TypeKind::Single(JsonType::Null) => "null",
        TypeKind::Single(JsonType::Number) => "a number",
        TypeKind::Single(JsonType::Object) => "an object",
        TypeKind::Single(JsonType::String) => "a string",
        TypeKind::Multiple(_) => "a string, a number or a boolean",
    }
}
