//! A history of changes as it comes onto the stream: by the forwarder's own conversion, or as the table's own destination
//! writes it.

use std::collections::BTreeMap;

use dynamodb_stream_forwarder::rules::Rules;
use orders::generator::History;
use orders::model::{Change, Item, OrderKey, OrderLine, key_of, to_item};
use serde_json::{Map, Value, json};
use stream_batch::dynamodb;

/// When the first change was made, in seconds since 1970.
const START: u64 = 1_767_225_600;

/// Changes in one second. A DynamoDB stream tells the second only, so the sequence number decides within it.
const CHANGES_PER_SECOND: usize = 50;

/// So that sequence numbers become longer on the way, in the midst of a second: text order is not theirs.
const FIRST_SEQUENCE: usize = 99_925;

/// Changes in one event of the function.
const BATCH: usize = 1_000;

/// How changes come onto the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Capture {
    /// `dynamodb-stream-forwarder` puts them there.
    Forwarder,
    /// The table's own Kinesis destination does.
    Native,
    /// Each comes both ways, as while one is replaced by the other.
    Both,
}

/// What happened to an item, in DynamoDB's JSON.
#[derive(Debug, Clone)]
pub(crate) struct Captured {
    name: &'static str,
    keys: Value,
    old: Option<Value>,
    new: Option<Value>,
}

impl Captured {
    /// A change of this name, of this item; `line` is what the item is after it.
    pub(crate) fn new(name: &'static str, key: &OrderKey, line: Option<&OrderLine>) -> Self {
        Self {
            name,
            keys: dynamodb_json(&key_of(key)),
            old: None,
            new: line.map(|line| dynamodb_json(&to_item(line))),
        }
    }
}

/// The records of each change of a history, in its order.
pub(crate) fn records(history: &History, capture: Capture) -> Vec<Vec<Vec<u8>>> {
    let captured = captured(&history.changes);
    let natively = captured.iter().enumerate().map(|(place, change)| {
        let record = native(change, micros(place), &format!("native-{place}"));
        record.to_string().into_bytes()
    });
    let forwarded = forwarded(&captured).into_iter();
    match capture {
        Capture::Forwarder => forwarded.map(|one| vec![one]).collect(),
        Capture::Native => natively.map(|one| vec![one]).collect(),
        Capture::Both => forwarded
            .zip(natively)
            .map(|(one, other)| vec![one, other])
            .collect(),
    }
}

/// The changes with what was there before them.
fn captured(changes: &[Change]) -> Vec<Captured> {
    let mut items: BTreeMap<&OrderKey, Value> = BTreeMap::new();
    let captured = changes.iter().map(|change| {
        let new = change.line.as_ref().map(|line| dynamodb_json(&to_item(line)));
        let old = items.remove(&change.key);
        items.extend(new.clone().map(|new| (&change.key, new)));
        let name = match (&old, &new) {
            (None, _) => "INSERT",
            (Some(_), Some(_)) => "MODIFY",
            (Some(_), None) => "REMOVE",
        };
        let keys = dynamodb_json(&key_of(&change.key));
        Captured { name, keys, old, new }
    });
    captured.collect()
}

/// Microseconds since 1970 of the change at this place.
fn micros(place: usize) -> u64 {
    let step = 1_000_000 / CHANGES_PER_SECOND as u64;
    START * 1_000_000 + place as u64 * step
}

/// A record of the table's own Kinesis destination.
pub(crate) fn native(change: &Captured, micros: u64, id: &str) -> Value {
    let mut dynamodb = images(change);
    dynamodb["ApproximateCreationDateTime"] = json!(micros);
    dynamodb["ApproximateCreationDateTimePrecision"] = json!("MICROSECOND");
    json!({
        "awsRegion": "us-east-1", "eventID": id, "eventName": change.name, "userIdentity": null,
        "recordFormat": "application/json", "tableName": "Orders", "dynamodb": dynamodb, "eventSource": "aws:dynamodb",
    })
}

/// What the function puts onto the stream.
pub(crate) fn forwarded(changes: &[Captured]) -> Vec<Vec<u8>> {
    let batches = changes.chunks(BATCH).enumerate();
    batches
        .flat_map(|(number, batch)| forward(number * BATCH, batch))
        .collect()
}

/// What the function makes of one event.
fn forward(first: usize, changes: &[Captured]) -> Vec<Vec<u8>> {
    let records = changes.iter().zip(first..).map(|(change, place)| {
        let mut dynamodb = images(change);
        dynamodb["ApproximateCreationDateTime"] = json!(micros(place) / 1_000_000);
        // Padded, as an emulator pads them.
        dynamodb["SequenceNumber"] = json!(format!("{:021}", FIRST_SEQUENCE + place));
        json!({
            "eventID": format!("forwarded-{place}"), "eventName": change.name, "eventSource": "aws:dynamodb",
            "eventSourceARN": "arn:aws:dynamodb:us-east-1:000000000000:table/Orders/stream/2026-01-01T00:00:00.000",
            "dynamodb": dynamodb,
        })
    });
    let event = json!({ "Records": records.collect::<Vec<_>>() }).to_string();
    let rules = Rules::default();
    let batch = dynamodb::decode(event.as_bytes()).unwrap();
    let batch = batch.try_map(|record, change| rules.plan(record, &change));
    assert!(batch.rejected().is_empty(), "all changes are forwarded");
    let items = batch.items().iter();
    items
        .map(|item| item.value.record().unwrap().data().to_vec())
        .collect()
}

fn images(change: &Captured) -> Value {
    let mut images = json!({ "Keys": change.keys, "SizeBytes": 99 });
    for (name, image) in [("OldImage", &change.old), ("NewImage", &change.new)] {
        if let Some(image) = image {
            images[name] = image.clone();
        }
    }
    images
}

/// An item in DynamoDB's JSON: an order line has texts, numbers, NULLs and sets of texts.
fn dynamodb_json(item: &Item) -> Value {
    let attributes = item.iter().map(|(name, value)| {
        let value = if let Ok(text) = value.as_s() {
            json!({ "S": text })
        } else if let Ok(digits) = value.as_n() {
            json!({ "N": digits })
        } else if let Ok(texts) = value.as_ss() {
            json!({ "SS": texts })
        } else {
            assert!(value.is_null(), "{name}");
            json!({ "NULL": true })
        };
        (name.clone(), value)
    });
    Value::Object(attributes.collect::<Map<_, _>>())
}
