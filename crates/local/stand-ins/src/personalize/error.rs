//! What the service answers when it refuses a call.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::json;

use super::answer::json_answer;

/// A refusal: type, status and message, in the words that clients match on.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(crate) enum ApiError {
    /// A member breaks a limit or does not fit the resource.
    #[error("{0}")]
    InvalidInput(String),
    /// The ARN names nothing.
    #[error("{0}")]
    ResourceNotFound(String),
    /// The dataset is busy; the same call may succeed later.
    #[error("{0}")]
    ResourceInUse(String),
    /// The body is no JSON of the request's shape.
    #[error("{0}")]
    Serialization(String),
    /// No operation has this method and path.
    #[error("no operation at this method and path")]
    UnknownOperation,
}

impl ApiError {
    /// The answer as SDKs parse it: the type in `x-amzn-ErrorType`, the message in the body.
    pub(crate) fn into_answer(self) -> Response<Bytes> {
        let (status, error_type) = self.wire();
        let body = json!({ "message": self.to_string() });
        let mut answer = json_answer(status, &body);
        answer
            .headers_mut()
            .insert("x-amzn-errortype", http::HeaderValue::from_static(error_type));
        answer
    }

    const fn wire(&self) -> (StatusCode, &'static str) {
        match self {
            Self::InvalidInput(_) => (StatusCode::BAD_REQUEST, "InvalidInputException"),
            Self::ResourceNotFound(_) => (StatusCode::NOT_FOUND, "ResourceNotFoundException"),
            Self::ResourceInUse(_) => (StatusCode::CONFLICT, "ResourceInUseException"),
            Self::Serialization(_) => (StatusCode::BAD_REQUEST, "SerializationException"),
            Self::UnknownOperation => (StatusCode::NOT_FOUND, "UnknownOperationException"),
        }
    }
}
