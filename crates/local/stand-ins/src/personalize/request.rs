//! Reading a request's body.

use serde::de::DeserializeOwned;

use super::error::ApiError;

/// The body in its wire type, whose members are all optional: which ones must be there is checked afterwards, so that
/// a missing member and a member of the wrong type give the two different errors that the service gives.
pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    // No body is no members.
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|error| {
        // serde_json's own text may quote the value that it did not expect.
        let (line, column) = (error.line(), error.column());
        ApiError::Serialization(format!(
            "body is not of the request's shape at line {line}, column {column}"
        ))
    })
}
