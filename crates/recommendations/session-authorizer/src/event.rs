//! What API Gateway sends: by one door callers who want a session, by the other those who have one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;

/// An event, by its door.
#[derive(Debug)]
pub enum Event {
    /// Somebody wants to call a method.
    Authorization(Authorization),
    /// Somebody wants a session.
    Request(Request),
}

/// What an authorizer of the type TOKEN is asked.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html>
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Authorization {
    /// The value of the header `Authorization`.
    pub authorization_token: String,
    /// The method to be called.
    pub method_arn: String,
}

/// What a REST API's proxy integration hands over, as much of it as is used.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html>
#[derive(Debug)]
pub struct Request {
    /// `POST`, and so on.
    pub method: String,
    /// The route, without the stage: `/sessions/member`.
    pub resource: String,
    /// The origin of the page that calls, as the browser says.
    pub origin: Option<String>,
    /// Empty when there is none; absent when it cannot be read.
    pub body: Option<Vec<u8>>,
    /// What Cognito's authorizer has verified; null where there is no such authorizer.
    pub claims: Value,
}

impl Event {
    /// Reads an event. None if it comes by neither door. A field of a request that is not what it should be counts as
    /// missing: what needs it says so.
    pub fn read(event: Value) -> Option<Self> {
        if event["type"] == "TOKEN" {
            return serde_json::from_value(event).ok().map(Self::Authorization);
        }
        let wire: WireRequest = serde_json::from_value(event).ok()?;
        Some(Self::Request(wire.into()))
    }
}

impl Authorization {
    /// The token in `Bearer …`.
    pub fn bearer_token(&self) -> Option<&str> {
        self.authorization_token.strip_prefix("Bearer ")
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireRequest {
    http_method: String,
    resource: String,
    #[serde(default)]
    headers: Value,
    #[serde(default)]
    body: Value,
    #[serde(default)]
    is_base64_encoded: Value,
    #[serde(default)]
    request_context: Value,
}

impl From<WireRequest> for Request {
    fn from(wire: WireRequest) -> Self {
        Self {
            body: wire.body(),
            origin: wire.header("origin"),
            method: wire.http_method,
            resource: wire.resource,
            claims: wire.request_context["authorizer"]["claims"].clone(),
        }
    }
}

impl WireRequest {
    fn body(&self) -> Option<Vec<u8>> {
        match &self.body {
            Value::Null => Some(Vec::new()),
            Value::String(text) if self.is_base64_encoded == true => STANDARD.decode(text).ok(),
            Value::String(text) => Some(text.clone().into_bytes()),
            _ => None,
        }
    }

    /// Names of headers come in whatever case the caller wrote.
    fn header(&self, wanted: &str) -> Option<String> {
        let headers = self.headers.as_object()?;
        let (_, value) = headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted))?;
        value.as_str().map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn request(event: Value) -> Request {
        match Event::read(event) {
            Some(Event::Request(request)) => request,
            other => panic!("{other:?}"),
        }
    }

    fn with(member: &str, value: Value) -> Request {
        let mut event = json!({ "httpMethod": "POST", "resource": "/sessions" });
        event[member] = value;
        request(event)
    }

    #[test]
    fn a_door_is_known_by_its_event() {
        let token = json!({ "type": "TOKEN", "authorizationToken": "Bearer a", "methodArn": "arn" });
        match Event::read(token) {
            Some(Event::Authorization(asked)) => {
                assert_eq!((asked.bearer_token(), &*asked.method_arn), (Some("a"), "arn"));
            }
            other => panic!("{other:?}"),
        }
        for event in [
            Value::Null,
            json!([]),
            json!({}),
            json!({ "type": "REQUEST" }),
            json!({ "type": "TOKEN" }),
            json!({ "type": "TOKEN", "authorizationToken": 1, "methodArn": "arn" }),
            json!({ "type": "TOKEN", "httpMethod": "POST", "resource": "/sessions" }),
            json!({ "httpMethod": "POST" }),
            json!({ "httpMethod": "POST", "resource": 1 }),
        ] {
            assert!(Event::read(event.clone()).is_none(), "{event}");
        }
    }

    #[test]
    fn only_a_bearer_has_a_token() {
        let token = |text: &str| Authorization {
            authorization_token: text.to_owned(),
            method_arn: String::new(),
        };
        for text in ["", "Bearer", "bearer a", "Basic a", "a", " Bearer a"] {
            assert_eq!(token(text).bearer_token(), None, "{text}");
        }
    }

    #[test]
    fn a_body_is_text_or_base64() {
        for (body, is_base64, expected) in [
            (Value::Null, json!(false), Some("")),
            (json!(""), json!(false), Some("")),
            (json!("{}"), json!(false), Some("{}")),
            (json!("{}"), Value::Null, Some("{}")),
            (json!("e30="), json!(true), Some("{}")),
            (json!("e30"), json!(true), None),
            (json!({}), json!(false), None),
            (json!(1), json!(true), None),
        ] {
            let event = json!({
                "httpMethod": "POST", "resource": "/sessions", "body": body, "isBase64Encoded": is_base64,
            });
            assert_eq!(
                request(event).body.as_deref(),
                expected.map(str::as_bytes),
                "{body}"
            );
        }
        assert_eq!(with("path", json!("/")).body, Some(Vec::new()));
    }

    #[test]
    fn what_is_malformed_is_missing() {
        for headers in [
            Value::Null,
            json!([]),
            json!({ "origin": 1 }),
            json!({ "Host": "h" }),
        ] {
            assert_eq!(with("headers", headers).origin, None);
        }
        for headers in [json!({ "origin": "o" }), json!({ "Origin": "o" })] {
            assert_eq!(with("headers", headers).origin.as_deref(), Some("o"));
        }
        for context in [
            Value::Null,
            json!(1),
            json!({ "authorizer": "a" }),
            json!({ "authorizer": { "claims": null } }),
        ] {
            assert_eq!(with("requestContext", context).claims, Value::Null);
        }
        let context = json!({ "authorizer": { "claims": { "sub": "u" } } });
        assert_eq!(with("requestContext", context).claims, json!({ "sub": "u" }));
    }
}
