//! Firehose below the real SDK client: it checks requests as the service does, keeps what it accepts, and fails as told.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_firehose::Client;
use aws_sdk_firehose::config::retry::RetryConfig;
use aws_sdk_firehose::config::{BehaviorVersion, Config, Credentials, Region};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use put_many::firehose::{BYTES_PER_CALL, BYTES_PER_RECORD, PutRecordBatch, RECORDS_PER_CALL};
use serde_json::{Value, json};

pub const STREAM: &str = "readings-archive";

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

#[derive(Clone)]
pub struct Firehose {
    faults: Arc<dyn Faults>,
    object: Arc<Mutex<Vec<u8>>>,
    calls: Arc<Mutex<Vec<usize>>>,
}

impl Firehose {
    pub fn new(faults: impl Faults + 'static) -> Self {
        Self {
            faults: Arc::new(faults),
            object: Arc::default(),
            calls: Arc::default(),
        }
    }

    /// The edge as production builds it, over this service.
    pub fn put_record_batch(&self) -> PutRecordBatch {
        let wire = SharedHttpConnector::new(self.clone());
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::for_tests())
            .retry_config(RetryConfig::disabled())
            .http_client(http_client_fn(move |_, _| wire.clone()))
            .build();
        PutRecordBatch::new(Client::from_conf(config), STREAM)
    }

    /// What Firehose writes to S3: the records one after the other, with nothing in between.
    pub fn object(&self) -> String {
        let object = self.object.lock().expect("no panic before").clone();
        String::from_utf8(object).expect("text")
    }

    /// The lines of the archive, repeats included.
    pub fn lines(&self) -> Vec<String> {
        self.object().lines().map(str::to_owned).collect()
    }

    /// The `readingId` of each line of the archive.
    pub fn reading_ids(&self) -> Vec<String> {
        let id = |line: &String| {
            let line: Value = serde_json::from_str(line).expect("a line is JSON");
            line["readingId"].as_str().expect("text").to_owned()
        };
        self.lines().iter().map(id).collect()
    }

    /// How many records each call had.
    pub fn calls(&self) -> Vec<usize> {
        self.calls.lock().expect("no panic before").clone()
    }

    fn put(&self, records: Vec<Vec<u8>>) -> Value {
        let put = |record: Vec<u8>| match self.faults.entry() {
            Some(code) => json!({"ErrorCode": code, "ErrorMessage": "as told"}),
            None => {
                let mut object = self.object.lock().expect("no panic before");
                object.extend(record);
                json!({"RecordId": object.len().to_string()})
            }
        };
        let responses: Vec<_> = records.into_iter().map(put).collect();
        let failed = responses
            .iter()
            .filter(|response| response.get("ErrorCode").is_some())
            .count();
        json!({"Encrypted": false, "FailedPutCount": failed, "RequestResponses": responses})
    }
}

/// The records of a request; panics where Firehose would refuse it.
fn records(body: &[u8]) -> Vec<Vec<u8>> {
    assert!(body.len() <= BYTES_PER_CALL, "a request of {} bytes", body.len());
    let request: Value = serde_json::from_slice(body).expect("JSON");
    assert_eq!(request["DeliveryStreamName"], STREAM);
    let records = request["Records"].as_array().expect("records").iter();
    let records: Vec<_> = records
        .map(|record| {
            STANDARD
                .decode(record["Data"].as_str().expect("data"))
                .expect("base64")
        })
        .collect();
    let count = records.len();
    assert!((1..=RECORDS_PER_CALL.get()).contains(&count), "{count} records");
    assert!(
        records.iter().all(|record| record.len() <= BYTES_PER_RECORD),
        "a record's size"
    );
    records
}

impl fmt::Debug for Firehose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Firehose")
    }
}

impl HttpConnector for Firehose {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        assert_eq!(
            request.headers().get("x-amz-target"),
            Some("Firehose_20150804.PutRecordBatch")
        );
        let records = records(request.body().bytes().expect("in memory"));
        self.calls.lock().expect("no panic before").push(records.len());
        let (firehose, fate) = (self.clone(), self.faults.call());
        HttpConnectorFuture::new(async move {
            match fate {
                Fate::Fails(status, code) => {
                    Ok(response(status, &json!({"__type": code, "message": "as told"})))
                }
                Fate::LostBefore => Err(ConnectorError::timeout("lost".into())),
                Fate::Panics => panic!("the client panics on purpose"),
                Fate::LostAfter => {
                    firehose.put(records);
                    Err(ConnectorError::io("reset".into()))
                }
                Fate::Answered(time) => {
                    tokio::time::sleep(time / 2).await;
                    let answer = firehose.put(records);
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
