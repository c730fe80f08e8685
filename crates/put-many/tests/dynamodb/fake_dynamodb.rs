//! DynamoDB below the SDK: it keeps the requests and answers as it is told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, Region, retry::RetryConfig};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use put_many::dynamodb::{BatchWriteItem, KeySchema, Write};
use put_many::{Deliveries, Policy, put_many};
use serde_json::{Value, json};

/// What is answered to one call.
#[derive(Debug, Clone)]
pub enum Answer {
    /// The writes at these places of the call were not processed; they are listed in this order.
    Unprocessed(Vec<usize>),
    /// The answer lists these writes as not processed.
    Lists(Value),
    /// A status and an error type.
    Error(u16, &'static str),
    TimedOut,
    BrokenConnection,
}

#[derive(Debug, Clone, Default)]
pub struct FakeDynamoDb {
    answers: Arc<Mutex<VecDeque<Answer>>>,
    bodies: Arc<Mutex<Vec<Vec<u8>>>>,
}

pub fn key_schema() -> KeySchema {
    KeySchema::partition("orderId").and_sort("line")
}

impl FakeDynamoDb {
    /// Accepts everything once `answers` are used up.
    pub fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self {
            answers: Arc::new(Mutex::new(answers.into_iter().collect())),
            bodies: Arc::default(),
        }
    }

    pub fn batch_write_item(&self) -> BatchWriteItem {
        let connector = SharedHttpConnector::new(self.clone());
        let config = Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .retry_config(RetryConfig::disabled())
            .http_client(http_client_fn(move |_, _| connector.clone()))
            .build();
        BatchWriteItem::new(
            aws_sdk_dynamodb::Client::from_conf(config),
            "Orders",
            key_schema(),
        )
    }

    /// In order per key, for at most a minute, without waits.
    pub async fn put(&self, writes: &[Write]) -> Deliveries {
        let minute = Duration::from_secs(60);
        let policy = Policy::per_key(Write::key);
        put_many(&self.batch_write_item(), writes, &policy, minute, || 0.0).await
    }

    /// The JSON of each call.
    pub fn requests(&self) -> Vec<Value> {
        let bodies = self.bodies.lock().unwrap();
        bodies
            .iter()
            .map(|body| serde_json::from_slice(body).unwrap())
            .collect()
    }

    /// How many bytes each call had.
    pub fn bytes_per_call(&self) -> Vec<usize> {
        self.bodies.lock().unwrap().iter().map(Vec::len).collect()
    }

    /// How many writes each call held.
    pub fn writes_per_call(&self) -> Vec<usize> {
        self.requests()
            .iter()
            .map(|request| writes(request).len())
            .collect()
    }
}

impl HttpConnector for FakeDynamoDb {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        assert_eq!(
            request.headers().get("x-amz-target"),
            Some("DynamoDB_20120810.BatchWriteItem")
        );
        let body = request.body().bytes().unwrap().to_vec();
        let answer = self.answers.lock().unwrap().pop_front();
        let answer = answer.unwrap_or(Answer::Unprocessed(vec![]));
        let answer = match answer {
            Answer::Unprocessed(places) => {
                let request: Value = serde_json::from_slice(&body).unwrap();
                let left = places.iter().map(|place| writes(&request)[*place].clone());
                Ok(response(200, unprocessed(left.collect())))
            }
            Answer::Lists(listed) => Ok(response(200, unprocessed(listed))),
            Answer::Error(status, code) => {
                Ok(response(status, json!({ "__type": code, "message": "as told" })))
            }
            Answer::TimedOut => Err(ConnectorError::timeout("as told".into())),
            Answer::BrokenConnection => Err(ConnectorError::io("as told".into())),
        };
        self.bodies.lock().unwrap().push(body);
        HttpConnectorFuture::ready(answer)
    }
}

fn writes(request: &Value) -> &Vec<Value> {
    request["RequestItems"]["Orders"].as_array().unwrap()
}

fn unprocessed(writes: Value) -> Value {
    match writes.as_array() {
        Some(none) if none.is_empty() => json!({ "UnprocessedItems": {} }),
        _ => json!({ "UnprocessedItems": { "Orders": writes } }),
    }
}

fn response(status: u16, body: Value) -> HttpResponse {
    let response = http::Response::builder()
        .status(status)
        .header("content-type", "application/x-amz-json-1.0")
        .body(SdkBody::from(body.to_string()));
    HttpResponse::try_from(response.unwrap()).unwrap()
}
