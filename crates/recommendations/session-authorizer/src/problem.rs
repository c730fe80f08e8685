//! Why somebody gets no session.

use serde::Serialize;

/// Problem details. <https://www.rfc-editor.org/rfc/rfc9457>
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'static str>,
    #[serde(rename = "in", skip_serializing_if = "Option::is_none")]
    place: Option<&'static str>,
}

impl Problem {
    /// The media type of problem details.
    pub const CONTENT_TYPE: &str = "application/problem+json";

    /// The body is not what it should be.
    pub const BODY: Self = Self {
        place: Some("body"),
        ..Self::new(
            400,
            "Bad Request",
            "the body must be absent, or {\"token\":\"…\"}",
        )
    };

    /// The token in the body is not one of ours. Why is not told: it would help forgers only.
    pub const TOKEN: Self = Self {
        field: Some("token"),
        place: Some("body"),
        ..Self::new(400, "Bad Request", "the token is not a session token")
    };

    /// Nobody vouches for the caller.
    pub const NOT_A_MEMBER: Self = Self::new(401, "Unauthorized", "a Cognito access token is needed");

    /// The session is another member's.
    pub const OF_ANOTHER_MEMBER: Self = Self {
        field: Some("token"),
        place: Some("body"),
        ..Self::new(403, "Forbidden", "the session is another member's")
    };

    /// Nothing is here.
    pub const NO_ROUTE: Self = Self::new(404, "Not Found", "no such route");

    const fn new(status: u16, title: &'static str, detail: &'static str) -> Self {
        Self {
            r#type: "about:blank",
            title,
            status,
            detail,
            field: None,
            place: None,
        }
    }

    /// The HTTP status.
    pub const fn status(&self) -> u16 {
        self.status
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_problem_names_the_field_where_there_is_one() {
        let token = json!({
            "type": "about:blank", "title": "Bad Request", "status": 400,
            "detail": "the token is not a session token", "field": "token", "in": "body",
        });
        assert_eq!(json!(Problem::TOKEN), token);
        let member = json!({
            "type": "about:blank", "title": "Unauthorized", "status": 401,
            "detail": "a Cognito access token is needed",
        });
        assert_eq!(json!(Problem::NOT_A_MEMBER), member);
    }
}
