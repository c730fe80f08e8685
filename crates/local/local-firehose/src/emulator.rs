//! What is asked of the emulator: a stream's description, a table's columns, an object's place.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

use crate::configuration::TableName;

/// How long one answer may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// The emulator at its address.
#[derive(Clone, Debug)]
pub(crate) struct Emulator {
    authority: String,
    client: Client<HttpConnector, Full<Bytes>>,
}

/// No answer that says yes or no.
#[derive(Debug, thiserror::Error)]
#[error("the emulator did not answer {0}")]
pub(crate) struct NoAnswer(&'static str);

impl Emulator {
    pub(crate) fn at(authority: &str) -> Self {
        let mut builder = Client::builder(TokioExecutor::new());
        // One that the emulator closes while idle would fail the next call, and open ones would hold up its end.
        builder.pool_max_idle_per_host(0);
        Self {
            authority: authority.to_owned(),
            client: builder.build_http(),
        }
    }

    /// The description of a stream; `None` when there is no such stream.
    pub(crate) async fn describe_delivery_stream(&self, name: &str) -> Result<Option<Value>, NoAnswer> {
        let body = json!({ "DeliveryStreamName": name });
        let target = ("firehose", "Firehose_20150804.DescribeDeliveryStream");
        let answer = self.ask(target, "ResourceNotFoundException", &body).await?;
        Ok(answer.and_then(|mut answer| member(&mut answer, "DeliveryStreamDescription")))
    }

    /// A Glue table; `None` when there is no such table.
    pub(crate) async fn get_table(&self, table: &TableName) -> Result<Option<Value>, NoAnswer> {
        let body = json!({ "DatabaseName": table.database, "Name": table.table });
        let answer = self
            .ask(("glue", "AWSGlue.GetTable"), "EntityNotFoundException", &body)
            .await?;
        Ok(answer.and_then(|mut answer| member(&mut answer, "Table")))
    }

    /// Writes an object, and says whether it is there.
    pub(crate) async fn put_object(&self, bucket: &str, key: &str, body: Bytes) -> Result<(), NoAnswer> {
        const OPERATION: &str = "PutObject";
        let uri = format!("http://{}/{bucket}/{}", self.authority, encoded(key));
        let request = Request::put(uri)
            .header(header::AUTHORIZATION, authorization("s3"))
            .header(header::CONTENT_TYPE, "application/octet-stream")
            .header("x-amz-content-sha256", "UNSIGNED-PAYLOAD")
            .body(Full::new(body));
        match self.send(request, OPERATION).await? {
            (status, _) if status.is_success() => Ok(()),
            _ => Err(NoAnswer(OPERATION)),
        }
    }

    async fn ask(
        &self,
        (service, target): (&str, &'static str),
        missing: &str,
        body: &Value,
    ) -> Result<Option<Value>, NoAnswer> {
        let request = Request::post(format!("http://{}/", self.authority))
            .header(header::AUTHORIZATION, authorization(service))
            .header(header::CONTENT_TYPE, "application/x-amz-json-1.1")
            .header("x-amz-target", target)
            .body(Full::new(Bytes::from(body.to_string())));
        let (status, body) = self.send(request, target).await?;
        let answer: Value = serde_json::from_slice(&body).map_err(|_| NoAnswer(target))?;
        if status.is_success() {
            return Ok(Some(answer));
        }
        match answer.get("__type").and_then(Value::as_str) {
            Some(code) if code.ends_with(missing) => Ok(None),
            _ => Err(NoAnswer(target)),
        }
    }

    async fn send(
        &self,
        request: http::Result<Request<Full<Bytes>>>,
        operation: &'static str,
    ) -> Result<(StatusCode, Bytes), NoAnswer> {
        let request = request.map_err(|_| NoAnswer(operation))?;
        let answer = async {
            let answer = self.client.request(request).await.ok()?;
            let status = answer.status();
            let body = answer.into_body().collect().await.ok()?;
            Some((status, body.to_bytes()))
        };
        let answer = tokio::time::timeout(ANSWER_TIMEOUT, answer).await;
        answer.ok().flatten().ok_or(NoAnswer(operation))
    }
}

fn member(answer: &mut Value, name: &str) -> Option<Value> {
    answer.get_mut(name).map(Value::take)
}

/// Nobody checks the signature; the emulator finds the service, the account and the region by it.
fn authorization(service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
    )
}

/// A key in a path: everything but letters, digits, `-`, `.`, `_`, `~` and `/` by its bytes.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>
fn encoded(key: &str) -> String {
    let mut encoded = String::with_capacity(key.len());
    for byte in key.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_encoded_but_for_its_slashes() {
        assert_eq!(
            encoded("r/day=2026/ä b~1.parquet"),
            "r/day%3D2026/%C3%A4%20b~1.parquet"
        );
    }
}
