//! Answers and problems as HTTP responses.

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use aws_lambda_events::encodings::Body;
use http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ALLOW, CACHE_CONTROL, CONTENT_TYPE, ETAG,
    RETRY_AFTER, VARY,
};
use http::{HeaderName, HeaderValue, StatusCode};

use crate::answer::{Answer, matches};
use crate::problem::Problem;
use crate::route::NoRoute;

/// Seconds after which a client may try again that Personalize throttled: its quota counts by the second.
pub const RETRY_AFTER_SECONDS: &str = "1";

/// The header that says where the items come from: `X-Recommendation-Source`.
pub const SOURCE_HEADER: HeaderName = HeaderName::from_static("x-recommendation-source");

/// A page of any origin may read a response: who gets one is decided by the session token, which no browser sends of its
/// own accord.
const EVERY_RESPONSE: [(HeaderName, &str); 2] = [
    (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    (
        ACCESS_CONTROL_EXPOSE_HEADERS,
        "ETag, Retry-After, X-Recommendation-Source",
    ),
];

/// An answer.
pub fn of_answer(answer: &Answer) -> ApiGatewayProxyResponse {
    let mut response = with_body(StatusCode::OK, "application/json", answer.body());
    // The client may keep it, if it asks each time whether it still holds.
    set(&mut response, CACHE_CONTROL, "private, no-cache");
    // And another session's is another answer, also for one browser.
    set(&mut response, VARY, "Authorization");
    set(&mut response, SOURCE_HEADER, answer.source().as_str());
    response
}

/// An answer to a GET, with its entity tag. `if_none_match` is the request's header of that name: what the client has.
pub fn of_tagged_answer(answer: &Answer, if_none_match: Option<&str>) -> ApiGatewayProxyResponse {
    let etag = answer.etag();
    let mut response = of_answer(answer);
    if if_none_match.is_some_and(|tags| matches(tags, &etag)) {
        response.status_code = StatusCode::NOT_MODIFIED.as_u16().into();
        response.body = None;
        response.headers.remove(CONTENT_TYPE);
    }
    // Hexadecimal digits in quotes are a header's value.
    if let Ok(etag) = HeaderValue::try_from(etag) {
        response.headers.insert(ETAG, etag);
    }
    response
}

/// A problem.
pub fn of_problem(problem: &Problem) -> ApiGatewayProxyResponse {
    let mut response = with_body(problem.status(), "application/problem+json", problem.body());
    set(&mut response, CACHE_CONTROL, "no-store");
    if problem.status() == StatusCode::TOO_MANY_REQUESTS {
        set(&mut response, RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
    response
}

/// The problem of a request that no route takes.
pub fn of_no_route(no_route: NoRoute) -> ApiGatewayProxyResponse {
    let mut response = of_problem(&no_route.into());
    if let NoRoute::MethodNotAllowed { allow } = no_route {
        set(&mut response, ALLOW, allow);
    }
    response
}

fn with_body(status: StatusCode, content_type: &'static str, body: String) -> ApiGatewayProxyResponse {
    let mut response = ApiGatewayProxyResponse::default();
    response.status_code = status.as_u16().into();
    response.body = Some(Body::Text(body));
    set(&mut response, CONTENT_TYPE, content_type);
    for (name, value) in EVERY_RESPONSE {
        set(&mut response, name, value);
    }
    response
}

fn set(response: &mut ApiGatewayProxyResponse, name: HeaderName, value: &'static str) {
    response.headers.insert(name, HeaderValue::from_static(value));
}
