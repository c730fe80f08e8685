//! The latest state and the history in DynamoDB.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::DisplayErrorContext;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, Select};

use crate::stored_reading::StoredReading;
use crate::truth::SensorKey;

/// Items that one BatchGetItem call returns, at most.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html>
pub const ITEMS_PER_CALL: usize = 100;

/// A table cannot be read, or has what is no reading.
#[derive(Debug, thiserror::Error)]
#[error("table {table}: {reason}")]
pub struct StateError {
    table: String,
    reason: String,
}

/// All items of a table, of the latest state or of the history, by consistent reads. Expired ones are among them until
/// DynamoDB deletes them.
///
/// # Errors
/// A call failed, or an item is no reading.
pub async fn readings(client: &Client, table: &str) -> Result<Vec<StoredReading>, StateError> {
    let (mut readings, mut start) = (Vec::new(), None);
    loop {
        let call = client.scan().table_name(table).consistent_read(true);
        let page = Box::pin(call.set_exclusive_start_key(start).send())
            .await
            .map_err(|error| failed(table, &error))?;
        for item in page.items() {
            readings.push(read(table, item)?);
        }
        start = page.last_evaluated_key;
        if start.is_none() {
            return Ok(readings);
        }
    }
}

/// How many items a table has.
///
/// # Errors
/// A call failed.
pub async fn count(client: &Client, table: &str) -> Result<usize, StateError> {
    let (mut items, mut start) = (0, None);
    loop {
        let call = client
            .scan()
            .table_name(table)
            .consistent_read(true)
            .select(Select::Count);
        let page = Box::pin(call.set_exclusive_start_key(start).send())
            .await
            .map_err(|error| failed(table, &error))?;
        items += usize::try_from(page.count).unwrap_or_default();
        start = page.last_evaluated_key;
        if start.is_none() {
            return Ok(items);
        }
    }
}

/// The latest state of some sensors, [`ITEMS_PER_CALL`] at most, in no order. What DynamoDB leaves out for lack of
/// throughput is left out.
///
/// # Errors
/// A call failed, or an item is no reading.
pub async fn latest_of(
    client: &Client,
    table: &str,
    sensors: &[SensorKey],
) -> Result<Vec<StoredReading>, StateError> {
    if sensors.is_empty() {
        return Ok(Vec::new());
    }
    let keys = sensors.iter().take(ITEMS_PER_CALL).map(|(device, sensor)| {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        HashMap::from([
            ("deviceId".to_owned(), text(device)),
            ("sensorId".to_owned(), text(sensor)),
        ])
    });
    let wanted = KeysAndAttributes::builder()
        .set_keys(Some(keys.collect()))
        .build();
    let wanted = wanted.map_err(|error| failed(table, &error))?;
    let call = client.batch_get_item().request_items(table, wanted);
    let answer = Box::pin(call.send())
        .await
        .map_err(|error| failed(table, &error))?;
    let items = answer.responses.and_then(|mut tables| tables.remove(table));
    items
        .unwrap_or_default()
        .iter()
        .map(|item| read(table, item))
        .collect()
}

fn read(table: &str, item: &HashMap<String, AttributeValue>) -> Result<StoredReading, StateError> {
    let attributes = item.iter().filter_map(|(name, value)| match value {
        AttributeValue::S(text) | AttributeValue::N(text) => Some((name.as_str(), text.as_str())),
        _ => None,
    });
    StoredReading::of(&attributes.collect()).map_err(|reason| StateError {
        table: table.to_owned(),
        reason,
    })
}

fn failed(table: &str, error: &dyn std::error::Error) -> StateError {
    StateError {
        table: table.to_owned(),
        reason: DisplayErrorContext(error).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_of_the_latest_state_is_read() {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let mut item = HashMap::from([
            ("deviceId".to_owned(), text("d-1")),
            ("sensorId".to_owned(), text("temperature-1")),
            ("readingId".to_owned(), text("d-1/temperature-1/3")),
            ("measuredAt".to_owned(), text("2026-11-25T01:00:03.100000Z")),
            ("sequence".to_owned(), AttributeValue::N("3".to_owned())),
            ("value".to_owned(), AttributeValue::N("21.5".to_owned())),
            ("unit".to_owned(), text("Cel")),
            ("quality".to_owned(), text("good")),
        ]);
        assert_eq!(read("latest", &item).unwrap().value, "21.5");
        item.insert("value".to_owned(), AttributeValue::Null(true));
        let error = read("latest", &item).unwrap_err().to_string();
        assert_eq!(error, "table latest: attribute value: missing");
    }
}
