//! Kinesis below the real SDK client: it checks requests as the service does, keeps what it accepts, and fails as told.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_kinesis::Client;
use aws_sdk_kinesis::config::retry::RetryConfig;
use aws_sdk_kinesis::config::{BehaviorVersion, Config, Credentials, Region};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use put_many::kinesis::{BYTES_PER_CALL, PARTITION_KEY_CHARACTERS, PutRecords, RECORDS_PER_CALL};
use serde_json::{Value, json};

pub const STREAM: &str = "order-changes";

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is answered, after so long; [`Faults::entry`] decides about each record.
    Answered(Duration),
    /// The service answers with this status and error code, and does nothing.
    Fails(u16, &'static str),
    /// It never arrives.
    LostBefore,
    /// It arrives, its answer is lost.
    LostAfter,
    /// The client panics.
    Panics,
}

/// What goes wrong.
pub trait Faults: Send + Sync {
    /// What happens to the next call.
    fn call(&self) -> Fate {
        Fate::Answered(Duration::ZERO)
    }

    /// The error code with which the next record of a call fails.
    fn entry(&self) -> Option<&'static str> {
        None
    }
}

/// Nothing goes wrong.
pub struct NoFaults;

impl Faults for NoFaults {}

/// A record on the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub partition_key: String,
    pub data: Vec<u8>,
}

impl Stored {
    /// The record's data as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.data).expect("JSON")
    }
}

#[derive(Clone)]
pub struct Kinesis {
    faults: Arc<dyn Faults>,
    stored: Arc<Mutex<Vec<Stored>>>,
    calls: Arc<Mutex<Vec<usize>>>,
}

impl Kinesis {
    pub fn new(faults: impl Faults + 'static) -> Self {
        Self {
            faults: Arc::new(faults),
            stored: Arc::default(),
            calls: Arc::default(),
        }
    }

    /// The edge as production builds it, over this service.
    pub fn put_records(&self) -> PutRecords {
        let wire = SharedHttpConnector::new(self.clone());
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::for_tests())
            .retry_config(RetryConfig::disabled())
            .http_client(http_client_fn(move |_, _| wire.clone()))
            .build();
        PutRecords::new(Client::from_conf(config), STREAM)
    }

    /// What is on the stream, in order, repeats included.
    pub fn stored(&self) -> Vec<Stored> {
        self.stored.lock().expect("no panic before").clone()
    }

    /// How many records each call had.
    pub fn calls(&self) -> Vec<usize> {
        self.calls.lock().expect("no panic before").clone()
    }

    fn put(&self, request: &Value) -> Value {
        let put = |entry| match self.faults.entry() {
            Some(code) => json!({"ErrorCode": code, "ErrorMessage": "as told"}),
            None => {
                let mut stored = self.stored.lock().expect("no panic before");
                stored.push(entry);
                json!({"SequenceNumber": stored.len().to_string(), "ShardId": "shardId-000000000000"})
            }
        };
        let records: Vec<_> = entries(request).into_iter().map(put).collect();
        let failed = records
            .iter()
            .filter(|record| record.get("ErrorCode").is_some())
            .count();
        json!({"FailedRecordCount": failed, "Records": records})
    }
}

/// The records of a request; panics where Kinesis would refuse it.
fn entries(request: &Value) -> Vec<Stored> {
    assert_eq!(request["StreamName"], STREAM);
    let entry = |entry: &Value| Stored {
        partition_key: entry["PartitionKey"].as_str().expect("a key").to_owned(),
        data: STANDARD
            .decode(entry["Data"].as_str().expect("data"))
            .expect("base64"),
    };
    let entries: Vec<_> = request["Records"]
        .as_array()
        .expect("records")
        .iter()
        .map(entry)
        .collect();
    assert!(
        (1..=RECORDS_PER_CALL.get()).contains(&entries.len()),
        "{} records",
        entries.len()
    );
    let key_is_taken =
        |entry: &Stored| (1..=PARTITION_KEY_CHARACTERS).contains(&entry.partition_key.chars().count());
    assert!(entries.iter().all(key_is_taken), "a partition key's length");
    let bytes = |entry: &Stored| entry.partition_key.len() + entry.data.len();
    assert!(
        entries.iter().map(bytes).sum::<usize>() <= BYTES_PER_CALL,
        "a request's size"
    );
    entries
}

impl fmt::Debug for Kinesis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kinesis")
    }
}

impl HttpConnector for Kinesis {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        assert_eq!(
            request.headers().get("x-amz-target"),
            Some("Kinesis_20131202.PutRecords")
        );
        let body = request.body().bytes().expect("in memory");
        let request: Value = serde_json::from_slice(body).expect("JSON");
        let count = entries(&request).len();
        self.calls.lock().expect("no panic before").push(count);
        let (kinesis, fate) = (self.clone(), self.faults.call());
        HttpConnectorFuture::new(async move {
            match fate {
                Fate::Fails(status, code) => {
                    Ok(response(status, &json!({"__type": code, "message": "as told"})))
                }
                Fate::LostBefore => Err(ConnectorError::timeout("lost".into())),
                Fate::Panics => panic!("the client panics on purpose"),
                Fate::LostAfter => {
                    kinesis.put(&request);
                    Err(ConnectorError::io("reset".into()))
                }
                Fate::Answered(time) => {
                    tokio::time::sleep(time / 2).await;
                    let answer = kinesis.put(&request);
                    tokio::time::sleep(time / 2).await;
                    Ok(response(200, &answer))
                }
            }
        })
    }
}

fn response(status: u16, body: &Value) -> HttpResponse {
    let response = http::Response::builder()
        .status(status)
        .header("content-type", "application/x-amz-json-1.1")
        .body(SdkBody::from(body.to_string()));
    HttpResponse::try_from(response.expect("a response")).expect("a response")
}
