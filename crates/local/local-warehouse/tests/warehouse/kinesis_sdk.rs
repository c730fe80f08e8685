//! Kinesis by its SDK: what is asked, and what the answers and errors become.

use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use aws_sdk_kinesis::Client;
use aws_sdk_kinesis::config::{BehaviorVersion, Config, Credentials, Region, retry::RetryConfig};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use local_warehouse::{Position, ReadError, Streams};
use serde_json::{Value, json};

/// Answers by target, and keeps what was asked.
#[derive(Clone, Debug)]
struct Fake {
    answer: fn(&str, &Value) -> (u16, Value),
    asked: Arc<Mutex<Vec<Value>>>,
}

impl HttpConnector for Fake {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap();
        let operation = target.strip_prefix("Kinesis_20131202.").unwrap().to_owned();
        let body: Value = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        let (status, answer) = (self.answer)(&operation, &body);
        self.asked.lock().unwrap().push(body);
        let answer = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(answer.to_string()));
        HttpConnectorFuture::ready(Ok(answer))
    }
}

fn client(answer: fn(&str, &Value) -> (u16, Value)) -> (Client, Fake) {
    let fake = Fake {
        answer,
        asked: Arc::default(),
    };
    let connector = SharedHttpConnector::new(fake.clone());
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::for_tests())
        .retry_config(RetryConfig::disabled())
        .http_client(http_client_fn(move |_, _| connector.clone()))
        .build();
    (Client::from_conf(config), fake)
}

fn error(code: &str) -> (u16, Value) {
    (400, json!({ "__type": code, "message": "no" }))
}

#[tokio::test]
async fn shards_are_listed_page_by_page() {
    let (client, fake) = client(|_, body| match body.get("NextToken") {
        None => (200, json!({ "Shards": [shard("a", None)], "NextToken": "more" })),
        Some(_) => (200, json!({ "Shards": [shard("b", Some("a"))] })),
    });
    let shards = client.shards("orders").await.unwrap();
    let shards: Vec<_> = shards
        .iter()
        .map(|shard| (shard.id.as_str(), shard.parents.clone()))
        .collect();
    assert_eq!(shards, [("a", vec![]), ("b", vec!["a".to_owned()])]);
    let asked = fake.asked.lock().unwrap();
    assert_eq!(
        *asked,
        [json!({ "StreamName": "orders" }), json!({ "NextToken": "more" })]
    );
}

fn shard(id: &str, parent: Option<&str>) -> Value {
    let mut shard = json!({
        "ShardId": id,
        "HashKeyRange": { "StartingHashKey": "0", "EndingHashKey": "1" },
        "SequenceNumberRange": { "StartingSequenceNumber": "1" },
    });
    if let Some(parent) = parent {
        shard["ParentShardId"] = parent.into();
    }
    shard
}

#[tokio::test]
async fn an_iterator_begins_at_the_horizon_or_behind_a_record() {
    let (client, fake) = client(|_, _| (200, json!({ "ShardIterator": "it" })));
    let behind = Position::After("49".to_owned());
    assert_eq!(
        client.iterator("orders", "a", &Position::TrimHorizon).await,
        Ok("it".to_owned())
    );
    assert_eq!(client.iterator("orders", "a", &behind).await, Ok("it".to_owned()));
    let asked = fake.asked.lock().unwrap();
    let shared = json!({ "StreamName": "orders", "ShardId": "a", "ShardIteratorType": "TRIM_HORIZON" });
    assert_eq!(asked[0], shared);
    assert_eq!(asked[1]["ShardIteratorType"], "AFTER_SEQUENCE_NUMBER");
    assert_eq!(asked[1]["StartingSequenceNumber"], "49");
}

#[tokio::test]
async fn records_come_with_their_time_and_bytes() {
    let (client, fake) = client(|_, _| {
        let record = json!({
            "SequenceNumber": "50", "ApproximateArrivalTimestamp": 1_732_490_000.123, "Data": "e30=", "PartitionKey": "k",
        });
        (
            200,
            json!({ "Records": [record], "NextShardIterator": "next", "MillisBehindLatest": 7 }),
        )
    });
    let page = client.records("orders", "it").await.unwrap();
    let record = &page.records[0];
    assert_eq!(
        (
            record.sequence_number.as_str(),
            record.partition_key.as_str(),
            &record.data[..]
        ),
        ("50", "k", &b"{}"[..])
    );
    assert_eq!(
        record.arrival,
        UNIX_EPOCH + Duration::from_millis(1_732_490_000_123)
    );
    assert_eq!(
        (page.next.as_deref(), page.millis_behind_latest),
        (Some("next"), 7)
    );
    assert_eq!(
        fake.asked.lock().unwrap()[0],
        json!({ "ShardIterator": "it", "Limit": 10_000 })
    );
}

#[tokio::test]
async fn errors_are_told_apart() {
    let (client, _) = client(
        |operation, body| match (operation, body["ShardIterator"].as_str()) {
            ("ListShards", _) => error("ResourceNotFoundException"),
            (_, Some("old")) => error("ExpiredIteratorException"),
            (_, Some("many")) => error("ProvisionedThroughputExceededException"),
            _ => error("AccessDeniedException"),
        },
    );
    assert_eq!(client.shards("orders").await, Err(ReadError::NotFound));
    assert_eq!(
        client.records("orders", "old").await.unwrap_err(),
        ReadError::Expired
    );
    let throttled = client.records("orders", "many").await.unwrap_err();
    assert!(matches!(throttled, ReadError::Throttled(text) if text.contains("no")));
    let failed = client.records("orders", "other").await.unwrap_err();
    assert_eq!(failed, ReadError::Failed("AccessDeniedException: no".to_owned()));
}
