//! The local cloud's own calls of the emulator: not recorded, not checked, without faults.

use bytes::Bytes;
use http::{Method, Request};
use http_body_util::{BodyExt, Full};
use serde_json::Value;

use super::{Services, forward};

impl Services {
    /// An operation of a service with the JSON protocol, `target` being what `x-amz-target` says. The answer's body;
    /// `None` when there is none that says yes.
    pub(crate) async fn ask(&self, service: &str, target: &str, body: &Value) -> Option<Value> {
        let request = signed(service, &Method::POST, "/")
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", target);
        self.call(request, body.to_string()).await
    }

    /// An operation of a service with the REST protocol. Likewise.
    pub(crate) async fn ask_path(
        &self,
        service: &str,
        (method, path): (&Method, &str),
        body: &Value,
    ) -> Option<Value> {
        let request = signed(service, method, path).header("content-type", "application/json");
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        self.call(request, body).await
    }

    /// A text that the emulator itself has to give.
    pub(crate) async fn text(&self, path: &str) -> Option<String> {
        let body = self.send(Request::get(path), String::new()).await?;
        String::from_utf8(body.into()).ok()
    }

    async fn call(&self, request: http::request::Builder, body: String) -> Option<Value> {
        let body = self.send(request, body).await?;
        if body.is_empty() {
            return Some(Value::Null);
        }
        serde_json::from_slice(&body).ok()
    }

    async fn send(&self, request: http::request::Builder, body: String) -> Option<Bytes> {
        let request = request.body(Full::new(Bytes::from(body))).ok()?;
        let answer = forward::send(self.emulator.get()?, request).await.ok()?;
        if !answer.status().is_success() {
            return None;
        }
        Some(answer.into_body().collect().await.ok()?.to_bytes())
    }
}

/// Nobody checks the signature; the emulator finds the service by it.
fn signed(service: &str, method: &Method, path: &str) -> http::request::Builder {
    let signature = format!(
        "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
    );
    Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", signature)
}
