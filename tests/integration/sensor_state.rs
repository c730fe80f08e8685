//! The state of sensors as those see it who ask: the GraphQL API of the deployed stack.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::harness::app::{Answer, send};
use crate::harness::{IotInference, succeeds, truth};

const DEVICE: &str = "d-000001";
const SENSOR: &str = "vibration-1";

/// What a query answers, signed as whoever IAM lets in.
async fn ask(iot: &IotInference, query: &str) -> Value {
    let answer = request(iot, Some(SIGNATURE), query).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.body
}

async fn request(iot: &IotInference, signature: Option<&str>, query: &str) -> Answer {
    let mut request = Request::post("/").header("content-type", "application/json");
    if let Some(signature) = signature {
        request = request.header("authorization", signature);
    }
    let body = json!({ "query": query }).to_string();
    send(iot.output("GraphqlUrl"), request, Bytes::from(body)).await
}

/// Nobody checks it here; the emulator finds the service by it.
const SIGNATURE: &str = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/appsync/aws4_request, \
                         SignedHeaders=host, Signature=0";

fn ids(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().expect("a page has items");
    items
        .iter()
        .map(|item| {
            item["readingId"]
                .as_str()
                .expect("a reading has an id")
                .to_owned()
        })
        .collect()
}

/// All ids of a field, page by page.
async fn all_ids(iot: &IotInference, field: &str, arguments: &str) -> Vec<String> {
    let (mut all, mut token) = (Vec::new(), Value::Null);
    loop {
        let next = match &token {
            Value::Null => String::new(),
            token => format!(", nextToken: {token}"),
        };
        let query = format!("{{ {field}({arguments}{next}) {{ items {{ readingId }} nextToken }} }}");
        let answer = ask(iot, &query).await;
        assert_eq!(answer["errors"], Value::Null, "{answer}");
        let page = &answer["data"][field];
        all.extend(ids(page));
        token = page["nextToken"].clone();
        if token.is_null() {
            return all;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_answers_with_what_the_fleet_measured() {
    let iot = IotInference::start().await;
    let file = iot.file("truth.jsonl");
    let mut device = iot.device("fleet --devices 6 --readings 600 --faults late,duplicate --seed 5");
    succeeds(device.arg("--truth").arg(&file)).await;
    let truth = truth(&file);
    iot.adds_up(&truth).await;

    let mut of_sensor: Vec<_> = truth
        .readings()
        .values()
        .map(|sent| &sent.what)
        .filter(|sent| sent.sensor == (DEVICE.to_owned(), SENSOR.to_owned()))
        .collect();
    of_sensor.sort_by_key(|sent| sent.version);
    let expected: Vec<String> = of_sensor.iter().map(|sent| sent.reading_id()).collect();
    assert!(expected.len() > 30, "{}", expected.len());
    let sensor = format!("deviceId: \"{DEVICE}\", sensorId: \"{SENSOR}\"");

    let query = format!("{{ latestReading({sensor}) {{ readingId sequence unit value measuredAt }} }}");
    let latest = ask(&iot, &query).await["data"]["latestReading"].clone();
    let newest = of_sensor.last().expect("readings");
    assert_eq!(latest["readingId"], json!(newest.reading_id()));
    assert_eq!(latest["sequence"], json!(newest.version.sequence.to_string()));
    assert_eq!(
        latest["measuredAt"],
        json!(newest.version.measured_at.fixed_width())
    );

    assert_eq!(
        all_ids(&iot, "history", &format!("{sensor}, limit: 7")).await,
        expected
    );
    let newest_first = all_ids(
        &iot,
        "history",
        &format!("{sensor}, newestFirst: true, limit: 1000"),
    )
    .await;
    assert_eq!(newest_first, expected.iter().rev().cloned().collect::<Vec<_>>());
    let (from, to) = (of_sensor[3].version.measured_at, of_sensor[9].version.measured_at);
    let range = format!(
        "{sensor}, from: \"{}\", to: \"{}\"",
        from.fixed_width(),
        to.fixed_width()
    );
    assert_eq!(all_ids(&iot, "history", &range).await, expected[3..=9]);

    let of_device = all_ids(
        &iot,
        "latestOfDevice",
        &format!("deviceId: \"{DEVICE}\", limit: 1"),
    )
    .await;
    assert_eq!(of_device.len(), 3, "a machine has three sensors");
    assert!(of_device.contains(&newest.reading_id()));
    iot.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_argument_is_named_and_a_stranger_refused() {
    let iot = IotInference::start().await;
    let wrong = [
        ("latestOfSite(site: \"a#b\") { items { readingId } }", "site: "),
        (
            "latestOfDevice(deviceId: \"d.1\") { items { readingId } }",
            "deviceId: ",
        ),
        (
            "history(deviceId: \"d\", sensorId: \"s\", limit: 1001) { items { readingId } }",
            "limit: ",
        ),
        (
            "history(deviceId: \"d\", sensorId: \"s\", from: \"2026-02-30T00:00:00Z\") { items { readingId } }",
            "from: ",
        ),
    ];
    for (field, named) in wrong {
        let answer = ask(&iot, &format!("{{ {field} }}")).await;
        let message = answer["errors"][0]["message"].as_str().expect("an error");
        assert!(message.starts_with(named), "{field}: {message}");
    }
    let query = "{ latestReading(deviceId: \"d\", sensorId: \"s\") { readingId } }";
    let answer = request(&iot, None, query).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    iot.cloud.stop().await;
}
