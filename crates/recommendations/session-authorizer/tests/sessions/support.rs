//! A handler, and events as API Gateway sends them.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use session_authorizer::claims::Claims;
use session_authorizer::member::Member;
use session_authorizer::session_id::SessionId;
use session_authorizer::token::SessionKey;
use session_authorizer::{Config, Handler};
use telemetry_emf::Metrics;

/// 2026-01-31T12:00:00Z, and the only moment there is.
pub const NOW: u64 = 1_769_860_800;
pub const KEY: &str = "0123456789abcdef0123456789abcdef";
/// What the handler's random bits make.
pub const FRESH: &str = "2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a";
/// A session that was there before.
pub const BEFORE: &str = "07070707070707070707070707070707";
pub const ADA: &str = "3f2504e0-4f89-11d3-9a0c-0305e82c3301";
pub const METHOD_ARN: &str = "arn:aws:execute-api:us-east-1:000000000000:api1/prod/GET/recommendations";

pub fn key() -> SessionKey {
    KEY.parse().expect("a key")
}

pub fn handler(variables: &[(&str, &str)]) -> Handler {
    handler_and_metrics(variables).0
}

/// A handler, and the lines of metrics that it writes.
pub fn handler_and_metrics(variables: &[(&str, &str)]) -> (Handler, Output) {
    let least = [("SESSION_KEY", KEY), ("AWS_LAMBDA_FUNCTION_NAME", "sessions")];
    let variables = [&least[..], variables].concat();
    let find = |name: &str| variables.iter().find(|(variable, _)| *variable == name);
    let config = Config::read(&|name| find(name).map(|(_, value)| (*value).to_owned())).expect("complete");
    let output = Output::default();
    let metrics = Metrics::to(config.metrics.clone(), output.clone());
    (Handler::new(config, metrics, now, || Ok([0x2a; 16])), output)
}

pub fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(NOW)
}

/// A token under our key, of the session [`BEFORE`].
pub fn token(user: Option<&str>, expires_at: u64) -> String {
    key().issue(&Claims {
        session: SessionId::parse(BEFORE).expect("a session"),
        member: user.map(|user| Member::new(user, "openid").expect("a member")),
        issued_at: NOW - 10,
        expires_at,
    })
}

/// What the authorizer is asked for this header.
pub fn authorization(header: &str) -> Value {
    json!({ "type": "TOKEN", "authorizationToken": header, "methodArn": METHOD_ARN })
}

/// `POST /sessions`.
pub fn visit() -> Value {
    json!({
        "resource": "/sessions", "path": "/sessions", "httpMethod": "POST",
        "headers": { "Host": "api.example" }, "multiValueHeaders": { "Host": ["api.example"] },
        "queryStringParameters": null, "pathParameters": null, "stageVariables": null,
        "requestContext": { "stage": "prod", "identity": { "sourceIp": "192.0.2.1" } },
        "body": null, "isBase64Encoded": false,
    })
}

/// `POST /sessions/member` by Ada, for whom Cognito vouches until two hours from now.
pub fn sign_in(body: Value) -> Value {
    let mut event = visit();
    event["resource"] = json!("/sessions/member");
    event["body"] = body;
    event["requestContext"]["authorizer"] = json!({ "claims": {
        "sub": ADA, "scope": "openid recommendations/users.read", "token_use": "access",
        "exp": "Sat Jan 31 14:00:00 UTC 2026", "iat": "Sat Jan 31 12:00:00 UTC 2026",
    } });
    event
}

pub fn with_token(token: &str) -> Value {
    sign_in(json!(json!({ "token": token }).to_string()))
}

/// The answer's status, headers and body.
pub fn respond(handler: &Handler, event: Value) -> (u64, Value, Value) {
    let response = json!(handler.answer(event).expect("an answer"));
    assert_eq!(response["isBase64Encoded"], false);
    let body = response["body"].as_str().expect("text");
    (
        response["statusCode"].as_u64().expect("a status"),
        response["headers"].clone(),
        serde_json::from_str(body).expect("JSON"),
    )
}

/// Text that somebody writes.
#[derive(Clone, Default)]
pub struct Output(Arc<Mutex<Vec<u8>>>);

impl Output {
    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("not poisoned").clone()).expect("text")
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("not poisoned").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
