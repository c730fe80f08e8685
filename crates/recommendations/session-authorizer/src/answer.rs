//! What goes back to API Gateway.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::claims::Claims;
use crate::policy::Permission;
use crate::problem::Problem;

/// An answer, by the door of its event.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// The caller may come in.
    Permission(Permission),
    /// What somebody who wanted a session gets.
    Response(Response),
}

/// A response of a REST API's proxy integration.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html>
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    status_code: u16,
    headers: BTreeMap<&'static str, String>,
    body: String,
    is_base64_encoded: bool,
}

impl Response {
    /// A session was made, and this is its token.
    pub fn session(token: &str, claims: &Claims) -> Self {
        let mut body = json!({
            "token": token,
            "sessionId": claims.session.as_str(),
            "expiresAt": date(claims.expires_at),
        });
        if let Some(member) = &claims.member {
            body["userId"] = json!(member.user_id());
        }
        Self::new(201, "application/json", body.to_string())
    }

    /// None was made.
    pub fn problem(problem: &Problem) -> Self {
        let body = json!(problem).to_string();
        let response = Self::new(problem.status(), Problem::CONTENT_TYPE, body);
        if problem.status() == 401 {
            return response.with([("WWW-Authenticate", "Bearer".to_owned())]);
        }
        response
    }

    /// The response with more headers.
    #[must_use]
    pub fn with(mut self, headers: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        self.headers.extend(headers);
        self
    }

    fn new(status_code: u16, content_type: &str, body: String) -> Self {
        Self {
            status_code,
            headers: BTreeMap::from([
                ("Cache-Control", "no-store".to_owned()),
                ("Content-Type", content_type.to_owned()),
            ]),
            body,
            is_base64_encoded: false,
        }
    }
}

/// `2026-01-31T12:00:00Z`. What lies beyond the year 9999 has no such date.
fn date(unix_seconds: u64) -> String {
    let seconds = i64::try_from(unix_seconds).ok();
    let date = seconds.and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
    date.and_then(|date| date.format(&Rfc3339).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_has_seconds_and_a_zone() {
        assert_eq!(date(1_769_860_800), "2026-01-31T12:00:00Z");
        assert_eq!(date(0), "1970-01-01T00:00:00Z");
        assert_eq!(date(u64::MAX), "");
    }
}
