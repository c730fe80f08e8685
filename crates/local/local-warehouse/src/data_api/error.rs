//! What the service answers when it refuses a call.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode};
use serde_json::json;

use super::answer::json_answer;
use crate::limits::{ACTIVE_SESSIONS_MAX, ACTIVE_STATEMENTS_MAX};

/// A refusal: type, status and message.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(crate) enum ApiError {
    /// A member breaks a limit, or the members do not go together.
    #[error("{0}")]
    Validation(String),
    /// The id names nothing, or nothing that has a result.
    #[error("{message}")]
    ResourceNotFound { message: String, id: String },
    /// Too many statements are submitted or run.
    #[error("the number of active statements exceeds the limit of {ACTIVE_STATEMENTS_MAX}")]
    ActiveStatementsExceeded,
    /// Too many sessions are open.
    #[error("the number of active sessions exceeds the limit of {ACTIVE_SESSIONS_MAX}")]
    ActiveSessionsExceeded,
    /// The warehouse has been stopped.
    #[error("the warehouse has been stopped")]
    Stopped,
    /// The body is no JSON of the request's shape.
    #[error("{0}")]
    Serialization(String),
    /// No operation of the stand-in has this target.
    #[error("no operation of the local warehouse has this x-amz-target")]
    UnknownOperation,
}

impl ApiError {
    /// The refusal of one member, in the service framework's words.
    pub(crate) fn member(member: &str, rule: &str) -> Self {
        Self::Validation(format!(
            "1 validation error detected: Value at '{member}' failed to satisfy constraint: {rule}"
        ))
    }

    /// The answer as SDKs parse it: the type in `x-amzn-ErrorType` and in the body.
    pub(crate) fn into_answer(self) -> Response<Bytes> {
        let (status, error_type) = self.wire();
        let mut body = json!({ "__type": error_type, "Message": self.to_string() });
        if let Self::ResourceNotFound { id, .. } = self {
            body["ResourceId"] = id.into();
        }
        let mut answer = json_answer(status, &body);
        answer
            .headers_mut()
            .insert("x-amzn-errortype", HeaderValue::from_static(error_type));
        answer
    }

    const fn wire(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Validation(_) => (StatusCode::BAD_REQUEST, "ValidationException"),
            Self::ResourceNotFound { .. } => (StatusCode::BAD_REQUEST, "ResourceNotFoundException"),
            Self::ActiveStatementsExceeded => (StatusCode::BAD_REQUEST, "ActiveStatementsExceededException"),
            Self::ActiveSessionsExceeded => (StatusCode::BAD_REQUEST, "ActiveSessionsExceededException"),
            Self::Stopped => (StatusCode::INTERNAL_SERVER_ERROR, "InternalServerException"),
            Self::Serialization(_) => (StatusCode::BAD_REQUEST, "SerializationException"),
            Self::UnknownOperation => (StatusCode::BAD_REQUEST, "UnknownOperationException"),
        }
    }
}
