//! HTTP answers.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;

/// A JSON answer.
pub(crate) fn json_answer(status: StatusCode, body: &serde_json::Value) -> Response<Bytes> {
    with_body(status, "application/json", body.to_string())
}

/// One JSON object a line.
pub(crate) fn ndjson_answer<T: Serialize>(rows: impl Iterator<Item = T>) -> Response<Bytes> {
    let mut body = String::new();
    // A row holds text and numbers only, which serialise without fail.
    for row in rows.filter_map(|row| serde_json::to_string(&row).ok()) {
        body.push_str(&row);
        body.push('\n');
    }
    with_body(StatusCode::OK, "application/x-ndjson", body)
}

/// The answer of an operation that has no output: 200, nothing in it.
pub(crate) fn empty_answer() -> Response<Bytes> {
    Response::new(Bytes::new())
}

fn with_body(status: StatusCode, content_type: &'static str, body: String) -> Response<Bytes> {
    let mut answer = Response::new(Bytes::from(body));
    *answer.status_mut() = status;
    answer
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    answer
}
