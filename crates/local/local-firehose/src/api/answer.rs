//! What a put is answered with.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use crate::object_name::uuid;

pub(crate) fn record_answer(encrypted: bool) -> Response<Bytes> {
    json_answer(
        StatusCode::OK,
        &json!({ "RecordId": record_id(), "Encrypted": encrypted }),
    )
}

/// As many entries as there were records, in their order. None fails: faults are put in by the caller.
pub(crate) fn batch_answer(records: usize, encrypted: bool) -> Response<Bytes> {
    let entries: Vec<_> = (0..records).map(|_| json!({ "RecordId": record_id() })).collect();
    let body = json!({ "FailedPutCount": 0, "Encrypted": encrypted, "RequestResponses": entries });
    json_answer(StatusCode::OK, &body)
}

/// Unique, and nothing else is promised of it.
fn record_id() -> String {
    format!("{}{}", uuid(), uuid()).replace('-', "")
}

pub(super) fn json_answer(status: StatusCode, body: &Value) -> Response<Bytes> {
    let mut answer = Response::new(Bytes::from(body.to_string()));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/x-amz-json-1.1"),
    );
    if let Ok(id) = HeaderValue::from_str(&uuid()) {
        headers.insert(HeaderName::from_static("x-amzn-requestid"), id);
    }
    answer
}
