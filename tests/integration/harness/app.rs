//! The app: a client of both doors, as a browser or a phone is one.

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};

use super::Pipeline;

/// An answer of a door.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: http::HeaderMap,
    /// Its body: null where there is none.
    pub body: Value,
}

/// Somebody who uses the app, with the session that was issued to them.
#[derive(Clone, Debug)]
pub struct App {
    collector: String,
    recommendation_api: String,
    /// What proves who calls.
    pub token: String,
    /// The session that the token is for.
    pub session_id: String,
}

impl Answer {
    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The ids of the items of an answer with recommendations.
    pub fn items(&self) -> Vec<&str> {
        let items = self.body["items"].as_array().into_iter().flatten();
        items.filter_map(|item| item["itemId"].as_str()).collect()
    }

    /// Whose recommendations they are.
    pub fn source(&self) -> &str {
        self.body["source"].as_str().unwrap_or_default()
    }
}

impl App {
    /// A visitor who has not signed in.
    pub async fn visitor(pipeline: &Pipeline) -> Self {
        let doors = pipeline.cloud.doors().expect("the stack has doors");
        let mut app = Self {
            collector: doors.collector.clone(),
            recommendation_api: doors.recommendation_api.clone(),
            token: String::new(),
            session_id: String::new(),
        };
        let issued = app.session("sessions", None, None).await;
        assert_eq!(issued.status, StatusCode::CREATED, "{issued:?}");
        app.take(&issued);
        app
    }

    /// The same person signed in: the session goes on, and is a member's.
    pub async fn signed_in(&self, access_token: &str) -> Self {
        let mut member = self.clone();
        let issued = self
            .session(
                "sessions/member",
                Some(access_token),
                Some(json!({ "token": self.token })),
            )
            .await;
        assert_eq!(issued.status, StatusCode::CREATED, "{issued:?}");
        member.take(&issued);
        member
    }

    /// Asks for a session.
    pub async fn session(&self, route: &str, access_token: Option<&str>, body: Option<Value>) -> Answer {
        let url = format!("{}{route}", self.recommendation_api);
        call(Method::POST, &url, access_token, body).await
    }

    /// The same app with another token.
    pub fn with_token(&self, token: impl Into<String>) -> Self {
        Self {
            token: token.into(),
            ..self.clone()
        }
    }

    /// Posts to the collector.
    pub async fn collect(&self, route: &str, body: Value) -> Answer {
        let url = format!("{}{route}", self.collector);
        call(Method::POST, &url, Some(&self.token), Some(body)).await
    }

    /// Sends one interaction, and holds that it was taken.
    pub async fn click(&self, event_id: &str, item: &str) {
        let answer = self.collect("interactions", interaction(event_id, item)).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
    }

    /// Gets from the recommendation API.
    pub async fn get(&self, route: &str) -> Answer {
        let url = format!("{}{route}", self.recommendation_api);
        call(Method::GET, &url, Some(&self.token), None).await
    }

    /// Gets what is not known yet by its tag.
    pub async fn get_if_none_match(&self, route: &str, tag: &str) -> Answer {
        let url = format!("{}{route}", self.recommendation_api);
        let request = Request::get(&url)
            .header("authorization", format!("Bearer {}", self.token))
            .header("if-none-match", tag);
        send(&url, request, Bytes::new()).await
    }

    /// Posts to the recommendation API.
    pub async fn post(&self, route: &str, body: Value) -> Answer {
        let url = format!("{}{route}", self.recommendation_api);
        call(Method::POST, &url, Some(&self.token), Some(body)).await
    }

    fn take(&mut self, issued: &Answer) {
        let text = |field: &str| {
            let text = issued.body[field].as_str();
            text.unwrap_or_else(|| panic!("a session has {field}")).to_owned()
        };
        self.token = text("token");
        self.session_id = text("sessionId");
    }
}

/// An interaction as the app sends it.
pub fn interaction(event_id: &str, item: &str) -> Value {
    json!({ "eventId": event_id, "eventType": "click", "itemId": item, "sentAt": "2026-01-31T12:00:00Z" })
}

/// One request with a token, over a connection of its own.
pub async fn call(method: Method, url: &str, token: Option<&str>, body: Option<Value>) -> Answer {
    let mut request = Request::builder().method(method);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let content = body.map(|body| Bytes::from(body.to_string()));
    if content.is_some() {
        request = request.header("content-type", "application/json");
    }
    send(url, request, content.unwrap_or_default()).await
}

/// Sends what was begun in `request`.
pub async fn send(url: &str, request: http::request::Builder, content: Bytes) -> Answer {
    let rest = url.strip_prefix("http://").expect("the doors are http");
    let (authority, path) = rest.split_once('/').expect("a URL has a path");
    let request = request
        .uri(format!("/{path}"))
        .header("host", authority)
        .body(Full::new(content))
        .expect("a sound request");
    let stream = tokio::net::TcpStream::connect(authority)
        .await
        .expect("the endpoint listens");
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .expect("it speaks HTTP");
    tokio::spawn(connection);
    let answer = sender.send_request(request).await.expect("it answers");
    let (head, body) = answer.into_parts();
    let body = body.collect().await.expect("the answer is whole").to_bytes();
    let body = if body.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(&body)
            .unwrap_or_else(|error| panic!("{url}: {error}: {}", String::from_utf8_lossy(&body)))
    };
    Answer {
        status: head.status,
        headers: head.headers,
        body,
    }
}
