//! Answers and problems as HTTP responses.

use std::collections::BTreeMap;

use http::StatusCode;

use crate::answer::{Answer, matches};
use crate::event::ProxyResponse;
use crate::problem::Problem;
use crate::route::NoRoute;

/// Seconds after which a client may try again that Personalize throttled: its quota counts by the second.
pub const RETRY_AFTER: &str = "1";

/// The header that says where the items come from.
pub const SOURCE_HEADER: &str = "X-Recommendation-Source";

/// A page of any origin may read a response: who gets one is decided by the session token, which no browser sends of its
/// own accord.
const EVERY_RESPONSE: [(&str, &str); 2] = [
    ("Access-Control-Allow-Origin", "*"),
    (
        "Access-Control-Expose-Headers",
        "ETag, Retry-After, X-Recommendation-Source",
    ),
];

/// An answer.
pub fn of_answer(answer: &Answer) -> ProxyResponse {
    let mut response = with_body(StatusCode::OK, "application/json", answer.body());
    response.headers.extend([
        // The client may keep it, if it asks each time whether it still holds.
        ("Cache-Control", "private, no-cache".to_owned()),
        // And another session's is another answer, also for one browser.
        ("Vary", "Authorization".to_owned()),
        (SOURCE_HEADER, answer.source().as_str().to_owned()),
    ]);
    response
}

/// An answer to a GET, with its entity tag. `if_none_match` is the request's header of that name: what the client has.
pub fn of_tagged_answer(answer: &Answer, if_none_match: Option<&str>) -> ProxyResponse {
    let etag = answer.etag();
    let mut response = of_answer(answer);
    if if_none_match.is_some_and(|tags| matches(tags, &etag)) {
        response.status_code = StatusCode::NOT_MODIFIED.as_u16();
        response.body.clear();
        response.headers.remove("Content-Type");
    }
    response.headers.insert("ETag", etag);
    response
}

/// A problem.
pub fn of_problem(problem: &Problem) -> ProxyResponse {
    let mut response = with_body(problem.status(), "application/problem+json", problem.body());
    response.headers.insert("Cache-Control", "no-store".to_owned());
    if problem.status() == StatusCode::TOO_MANY_REQUESTS {
        response.headers.insert("Retry-After", RETRY_AFTER.to_owned());
    }
    response
}

/// The problem of a request that no route takes.
pub fn of_no_route(no_route: NoRoute) -> ProxyResponse {
    let mut response = of_problem(&no_route.into());
    if let NoRoute::MethodNotAllowed { allow } = no_route {
        response.headers.insert("Allow", allow.to_owned());
    }
    response
}

fn with_body(status: StatusCode, content_type: &str, body: String) -> ProxyResponse {
    let mut headers = BTreeMap::from(EVERY_RESPONSE.map(|(name, value)| (name, value.to_owned())));
    headers.insert("Content-Type", content_type.to_owned());
    ProxyResponse {
        status_code: status.as_u16(),
        headers,
        body,
        is_base64_encoded: false,
    }
}
