//! Which deployment, or which run of the command, applies the files.

use std::str::FromStr;

/// The id of a deployment's request. It is part of the client tokens, so that a process that goes on with the same request
/// finds what the one before it left running; and it stands in the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(String);

/// Characters of a request id: what the history has room for.
pub const REQUEST_ID_CHARACTERS: usize = 200;

/// A text is no request id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a request id has 1 to {REQUEST_ID_CHARACTERS} letters, digits, hyphens and underscores")]
pub struct NotARequestId;

impl RequestId {
    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// It becomes part of a statement's text, hence its few characters. CloudFormation's are UUIDs.
impl FromStr for RequestId {
    type Err = NotARequestId;

    fn from_str(text: &str) -> Result<Self, NotARequestId> {
        let valid = text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        if valid && (1..=REQUEST_ID_CHARACTERS).contains(&text.len()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotARequestId)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_fits_into_the_history() {
        for (text, valid) in [
            ("9a3c1f3e-33c0-4a4f-8bc4-1c2d3e4f5a6b".to_owned(), true),
            ("x".repeat(REQUEST_ID_CHARACTERS), true),
            ("x".repeat(REQUEST_ID_CHARACTERS + 1), false),
            (String::new(), false),
            ("a'b".to_owned(), false),
        ] {
            assert_eq!(text.parse::<RequestId>().is_ok(), valid, "{text}");
        }
    }
}
