//! Firehose below the SDK: it keeps the requests and answers as it is told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_firehose::config::{BehaviorVersion, Config, Credentials, Region, retry::RetryConfig};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use put_many::firehose::{PutRecordBatch, Record};
use put_many::{Deliveries, Policy, put_many};
use serde_json::{Value, json};

/// What is answered to one call.
#[derive(Debug, Clone)]
pub enum Answer {
    /// One entry of the answer for each of these: a record id for `None`, else the error code.
    Entries(Vec<Option<&'static str>>),
    /// A status and an error type.
    Error(u16, &'static str),
    TimedOut,
    BrokenConnection,
}

#[derive(Debug, Clone, Default)]
pub struct FakeFirehose {
    answers: Arc<Mutex<VecDeque<Answer>>>,
    bodies: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl FakeFirehose {
    /// Accepts everything once `answers` are used up.
    pub fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self {
            answers: Arc::new(Mutex::new(answers.into_iter().collect())),
            bodies: Arc::default(),
        }
    }

    pub fn put_record_batch(&self) -> PutRecordBatch {
        let connector = SharedHttpConnector::new(self.clone());
        let config = Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .retry_config(RetryConfig::disabled())
            .http_client(http_client_fn(move |_, _| connector.clone()))
            .build();
        PutRecordBatch::new(aws_sdk_firehose::Client::from_conf(config), "archive")
    }

    /// Without an order, for at most a minute, without waits.
    pub async fn put(&self, records: &[Record]) -> Deliveries {
        let minute = Duration::from_secs(60);
        let policy = Policy::unordered();
        put_many(&self.put_record_batch(), records, &policy, minute, || 0.0).await
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

    /// How many records each call held.
    pub fn records_per_call(&self) -> Vec<usize> {
        self.requests().iter().map(count).collect()
    }
}

impl HttpConnector for FakeFirehose {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        assert_eq!(
            request.headers().get("x-amz-target"),
            Some("Firehose_20150804.PutRecordBatch")
        );
        let body = request.body().bytes().unwrap().to_vec();
        let request: Value = serde_json::from_slice(&body).unwrap();
        self.bodies.lock().unwrap().push(body);
        let answer = self.answers.lock().unwrap().pop_front();
        let answer = answer.unwrap_or_else(|| Answer::Entries(vec![None; count(&request)]));
        HttpConnectorFuture::ready(match answer {
            Answer::Entries(codes) => Ok(response(200, entries(&codes))),
            Answer::Error(status, code) => {
                Ok(response(status, json!({ "__type": code, "message": "as told" })))
            }
            Answer::TimedOut => Err(ConnectorError::timeout("as told".into())),
            Answer::BrokenConnection => Err(ConnectorError::io("as told".into())),
        })
    }
}

fn count(request: &Value) -> usize {
    request["Records"].as_array().unwrap().len()
}

fn entries(codes: &[Option<&str>]) -> Value {
    let entry = |code: &Option<&str>| match code {
        None => json!({ "RecordId": "49" }),
        Some("") => json!({}),
        Some(code) => json!({ "ErrorCode": code, "ErrorMessage": "as told" }),
    };
    let failed = codes.iter().filter(|code| code.is_some()).count();
    let entries: Vec<_> = codes.iter().map(entry).collect();
    json!({ "Encrypted": false, "FailedPutCount": failed, "RequestResponses": entries })
}

fn response(status: u16, body: Value) -> HttpResponse {
    let response = http::Response::builder()
        .status(status)
        .header("content-type", "application/x-amz-json-1.1")
        .body(SdkBody::from(body.to_string()));
    HttpResponse::try_from(response.unwrap()).unwrap()
}
