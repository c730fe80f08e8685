//! What is answered instead of recommendations: problem details.
//! <https://www.rfc-editor.org/rfc/rfc9457>

use http::StatusCode;
use serde::{Serialize, Serializer};

use crate::invalid::Invalid;
use crate::request::Refusal;
use crate::route::NoRoute;

/// A problem. It quotes no value of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    #[serde(serialize_with = "number")]
    status: StatusCode,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(rename = "in", skip_serializing_if = "Option::is_none")]
    place: Option<&'static str>,
}

impl Problem {
    /// A problem of this status; `detail` says what went wrong this time.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or_default(),
            status,
            detail: detail.into(),
            field: None,
            place: None,
        }
    }

    /// API Gateway sent what is no request of its own.
    pub fn malformed() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "a request that cannot be read")
    }

    /// The deployment has no source for the route.
    pub fn not_configured() -> Self {
        Self::new(StatusCode::NOT_FOUND, "no source is configured for this path")
    }

    /// Nobody said who calls.
    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "no session")
    }

    /// Personalize throttles.
    pub fn throttled() -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too many requests at the moment")
    }

    /// Personalize refuses what the checks let through. It names no field that a client would know.
    pub fn refused() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "the request asks for something that is not available",
        )
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The problem as JSON.
    pub fn body(&self) -> String {
        // Texts and a number serialise without fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

fn number<S: Serializer>(status: &StatusCode, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u16(status.as_u16())
}

impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Self {
        let detail = invalid.fault().to_string();
        Self {
            // The body as a whole has no name.
            field: Some(invalid.field().to_owned()).filter(|name| !name.is_empty()),
            place: Some(invalid.place().as_str()),
            ..Self::new(StatusCode::BAD_REQUEST, detail)
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Invalid(invalid) => invalid.into(),
            Refusal::Forbidden(_) => Self::new(StatusCode::FORBIDDEN, "recommendations of another user"),
        }
    }
}

impl From<NoRoute> for Problem {
    fn from(no_route: NoRoute) -> Self {
        match no_route {
            NoRoute::NotFound => Self::new(StatusCode::NOT_FOUND, "nothing is at this path"),
            NoRoute::MethodNotAllowed { .. } => {
                Self::new(StatusCode::METHOD_NOT_ALLOWED, "the path has no such method")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::invalid::Field;

    #[test]
    fn a_problem_names_the_field_and_where_it_stands() {
        let problem = Problem::from(Field::query("numResults").invalid("empty"));
        let body: Value = serde_json::from_str(&problem.body()).expect("JSON");
        let expected = json!({
            "type": "about:blank",
            "title": "Bad Request",
            "status": 400,
            "detail": "empty",
            "field": "numResults",
            "in": "query",
        });
        assert_eq!(body, expected);
    }

    #[test]
    fn a_problem_without_a_field_says_nothing_of_one() {
        let body = Problem::throttled().body();
        let expected = r#"{"type":"about:blank","title":"Too Many Requests","status":429,"detail":"too many requests at the moment"}"#;
        assert_eq!(body, expected);
    }
}
