//! The endpoint's own paths: what happened, and the faults in force.

use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use local_firehose::LocalFirehose;
use serde::Serialize;

use super::Services;

impl Services {
    /// The answer of a path that begins with `/_`, or `None` when the request is a service's or the emulator's.
    pub(super) async fn own(&self, request: &Request<Bytes>) -> Option<Response<Bytes>> {
        let path = request.uri().path();
        match path {
            "/_faults" => Some(self.faults.handle(request.method(), request.body())),
            "/_state/requests" => Some(json(StatusCode::OK, &self.requests.counts())),
            "/_state/violations" => Some(json(StatusCode::OK, &self.requests.violations())),
            "/_state/firehose" => {
                let state = self.firehose.get().map(LocalFirehose::state);
                Some(json(StatusCode::OK, &state.unwrap_or_default()))
            }
            _ if path.starts_with("/_state/warehouse") => {
                let answer = match self.warehouse.get() {
                    Some(warehouse) => warehouse.state(path).await,
                    None => None,
                };
                Some(answer.unwrap_or_else(no_such_path))
            }
            _ if path.starts_with("/_state/") => {
                Some(self.personalize.state(path).unwrap_or_else(no_such_path))
            }
            _ => None,
        }
    }
}

fn no_such_path() -> Response<Bytes> {
    let paths = [
        "/_state/personalize",
        "/_state/personalize/interactions",
        "/_state/personalize/items",
        "/_state/personalize/users",
        "/_state/personalize/recommendations",
        "/_state/warehouse",
        "/_state/firehose",
        "/_state/requests",
        "/_state/violations",
        "/_faults",
    ];
    json(
        StatusCode::NOT_FOUND,
        &serde_json::json!({ "message": "no such path", "paths": paths }),
    )
}

fn json(status: StatusCode, body: &impl Serialize) -> Response<Bytes> {
    // What is shown holds strings and numbers only, which always serialise.
    let body = serde_json::to_vec(body).unwrap_or_default();
    let mut answer = Response::new(Bytes::from(body));
    *answer.status_mut() = status;
    answer.headers_mut().insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("application/json"),
    );
    answer
}
