//! PutRecord and PutRecordBatch on the wire: AWS JSON 1.1.

mod answer;
mod request;

pub(crate) use self::answer::{batch_answer, record_answer};
pub(crate) use self::request::Call;

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::json;

/// What every target of the service begins with.
const TARGET_PREFIX: &str = "Firehose_20150804.";

/// An operation that is answered here.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Operation {
    PutRecord,
    PutRecordBatch,
}

impl Operation {
    /// By what `x-amz-target` says.
    pub(crate) fn of(target: &str) -> Option<Self> {
        match target.strip_prefix(TARGET_PREFIX)? {
            "PutRecord" => Some(Self::PutRecord),
            "PutRecordBatch" => Some(Self::PutRecordBatch),
            _ => None,
        }
    }
}

/// An error that the service declares for a put, or that every JSON service has.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum ApiError {
    InvalidArgument(String),
    ResourceNotFound(String),
    ServiceUnavailable(String),
    Serialization(String),
    UnknownOperation,
}

impl ApiError {
    pub(crate) fn into_answer(self) -> Response<Bytes> {
        let (status, code, message) = match self {
            Self::InvalidArgument(message) => (StatusCode::BAD_REQUEST, "InvalidArgumentException", message),
            Self::ResourceNotFound(message) => {
                (StatusCode::BAD_REQUEST, "ResourceNotFoundException", message)
            }
            Self::ServiceUnavailable(message) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "ServiceUnavailableException",
                message,
            ),
            Self::Serialization(message) => (StatusCode::BAD_REQUEST, "SerializationException", message),
            Self::UnknownOperation => (
                StatusCode::BAD_REQUEST,
                "UnknownOperationException",
                String::new(),
            ),
        };
        answer::json_answer(status, &json!({ "__type": code, "message": message }))
    }
}
