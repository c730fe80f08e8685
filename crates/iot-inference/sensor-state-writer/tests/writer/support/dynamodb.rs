//! DynamoDB below the real SDK client: two tables, requests checked as the service does, failures as told.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, Region};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use put_many::dynamodb::{BatchWriteItem, WRITES_PER_CALL};
use sensor_state_writer::Sinks;
use sensor_state_writer::history::history_table;
use sensor_state_writer::latest_state::PutIfNewer;
use sensor_state_writer::publish_reading::PublishReading;
use serde_json::{Value, json};

use super::appsync::AppSync;
use super::faults::{Fate, Faults, Operation};

pub const LATEST_TABLE: &str = "latest";
pub const HISTORY_TABLE: &str = "history";

/// The one condition that this DynamoDB understands.
const NEWER: &str = "attribute_not_exists(#measuredAt) OR #measuredAt < :measuredAt OR (#measuredAt = :measuredAt AND \
                     #sequence < :sequence)";

/// Two parts of a key.
pub type Key = (String, String);

#[derive(Default)]
struct Tables {
    latest: BTreeMap<Key, Value>,
    history: BTreeMap<Key, Value>,
    /// Every state that a sensor came to have.
    states: Vec<Value>,
    /// How many writes each call had.
    calls: Vec<(Operation, usize)>,
}

#[derive(Clone)]
pub struct DynamoDb {
    faults: Arc<dyn Faults>,
    tables: Arc<Mutex<Tables>>,
}

impl DynamoDb {
    pub fn new(faults: impl Faults + 'static) -> Self {
        Self {
            faults: Arc::new(faults),
            tables: Arc::default(),
        }
    }

    /// The edges as production builds them, over this service and `appsync`.
    pub fn sinks(&self, appsync: Option<&AppSync>) -> Sinks<BatchWriteItem, PutIfNewer, PublishReading> {
        let wire = SharedHttpConnector::new(self.clone());
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::for_tests())
            .retry_config(RetryConfig::disabled())
            .http_client(http_client_fn(move |_, _| wire.clone()))
            .build();
        let client = Client::from_conf(config);
        Sinks {
            history: history_table(client.clone(), HISTORY_TABLE),
            latest_state: PutIfNewer::new(client, LATEST_TABLE),
            subscribers: appsync.map(AppSync::publish_reading),
        }
    }

    /// The latest state by device and sensor.
    pub fn latest(&self) -> BTreeMap<Key, Value> {
        self.tables.lock().expect("no panic before").latest.clone()
    }

    /// The items of the history by their keys.
    pub fn history(&self) -> BTreeMap<Key, Value> {
        self.tables.lock().expect("no panic before").history.clone()
    }

    /// Every state that a sensor came to have, one after the other.
    pub fn states(&self) -> Vec<Value> {
        self.tables.lock().expect("no panic before").states.clone()
    }

    /// The `readingId` of each sensor's latest state.
    pub fn latest_ids(&self) -> Vec<String> {
        self.latest().values().map(reading_id).collect()
    }

    /// The `readingId` of each item of the history.
    pub fn history_ids(&self) -> Vec<String> {
        self.history().values().map(reading_id).collect()
    }

    /// How many writes each call of this kind had.
    pub fn calls(&self, operation: Operation) -> Vec<usize> {
        let tables = self.tables.lock().expect("no panic before");
        let calls = tables.calls.iter().filter(|(kind, _)| *kind == operation);
        calls.map(|(_, writes)| *writes).collect()
    }

    fn batch_write(&self, request: &Value) -> (u16, Value) {
        let mut unprocessed = Vec::new();
        for write in writes(request) {
            if self.faults.entry_fails() {
                unprocessed.push(write.clone());
                continue;
            }
            let item = &write["PutRequest"]["Item"];
            let mut tables = self.tables.lock().expect("no panic before");
            tables.history.insert(history_key(item), item.clone());
        }
        let unprocessed = match unprocessed.is_empty() {
            true => json!({}),
            false => json!({ HISTORY_TABLE: unprocessed }),
        };
        (200, json!({ "UnprocessedItems": unprocessed }))
    }

    fn put(&self, request: &Value) -> (u16, Value) {
        assert_eq!(request["TableName"], LATEST_TABLE);
        let item = &request["Item"];
        let key = (text(&item["deviceId"]), text(&item["sensorId"]));
        let mut tables = self.tables.lock().expect("no panic before");
        let old = tables.latest.get(&key);
        if old.is_some_and(|old| !may_replace(request, old)) {
            let message = "The conditional request failed";
            let mut error = json!({"__type": "ConditionalCheckFailedException", "message": message});
            if request["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD" {
                error["Item"] = old.cloned().unwrap_or_default();
            }
            return (400, error);
        }
        tables.states.push(item.clone());
        tables.latest.insert(key, item.clone());
        (200, json!({}))
    }

    fn answer(&self, operation: Operation, request: &Value) -> HttpResponse {
        let (status, body) = match operation {
            Operation::BatchWriteItem => self.batch_write(request),
            _ => self.put(request),
        };
        response(status, &body)
    }
}

/// A put without a condition always may.
fn may_replace(request: &Value, old: &Value) -> bool {
    let Some(condition) = request["ConditionExpression"].as_str() else {
        return true;
    };
    assert_eq!(condition, NEWER);
    let names = json!({"#measuredAt": "measuredAt", "#sequence": "sequence"});
    assert_eq!(request["ExpressionAttributeNames"], names);
    let new = &request["ExpressionAttributeValues"];
    version(&old["measuredAt"], &old["sequence"]) < version(&new[":measuredAt"], &new[":sequence"])
}

/// What a state is compared by.
pub fn version(measured_at: &Value, sequence: &Value) -> (String, u64) {
    let sequence = sequence["N"].as_str().expect("a number");
    (text(measured_at), sequence.parse().expect("a number"))
}

fn text(value: &Value) -> String {
    value["S"].as_str().expect("text").to_owned()
}

fn reading_id(item: &Value) -> String {
    text(&item["readingId"])
}

fn history_key(item: &Value) -> Key {
    (text(&item["sensor"]), text(&item["at"]))
}

/// The writes of a request; panics where DynamoDB would refuse it.
fn writes(request: &Value) -> &Vec<Value> {
    let tables = request["RequestItems"].as_object().expect("an object");
    assert_eq!(tables.len(), 1);
    let writes = tables[HISTORY_TABLE].as_array().expect("writes");
    let count = writes.len();
    assert!((1..=WRITES_PER_CALL.get()).contains(&count), "{count} writes");
    let keys = writes
        .iter()
        .map(|write| history_key(&write["PutRequest"]["Item"]));
    assert_eq!(keys.collect::<BTreeSet<_>>().len(), count, "a key comes twice");
    writes
}

impl fmt::Debug for DynamoDb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DynamoDb")
    }
}

impl HttpConnector for DynamoDb {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let operation = match request.headers().get("x-amz-target") {
            Some("DynamoDB_20120810.BatchWriteItem") => Operation::BatchWriteItem,
            Some("DynamoDB_20120810.PutItem") => Operation::PutItem,
            other => panic!("a call of {other:?}"),
        };
        let body = request.body().bytes().expect("in memory");
        let request: Value = serde_json::from_slice(body).expect("JSON");
        let count = match operation {
            Operation::BatchWriteItem => writes(&request).len(),
            _ => 1,
        };
        let mut tables = self.tables.lock().expect("no panic before");
        tables.calls.push((operation, count));
        drop(tables);
        let (dynamodb, fate) = (self.clone(), self.faults.call(operation));
        HttpConnectorFuture::new(async move {
            match fate {
                Fate::Fails(status, code) => {
                    Ok(response(status, &json!({"__type": code, "message": "as told"})))
                }
                Fate::LostBefore => Err(ConnectorError::timeout("lost".into())),
                Fate::Panics => panic!("the client panics on purpose"),
                Fate::LostAfter => {
                    dynamodb.answer(operation, &request);
                    Err(ConnectorError::io("reset".into()))
                }
                Fate::Answered(time) => {
                    tokio::time::sleep(time / 2).await;
                    let answer = dynamodb.answer(operation, &request);
                    tokio::time::sleep(time / 2).await;
                    Ok(answer)
                }
            }
        })
    }
}

fn response(status: u16, body: &Value) -> HttpResponse {
    let response = http::Response::builder()
        .status(status)
        .header("content-type", "application/x-amz-json-1.0")
        .body(SdkBody::from(body.to_string()));
    HttpResponse::try_from(response.expect("a response")).expect("a response")
}
