//! A reading as items of the two tables.

use aws_sdk_dynamodb::types::AttributeValue;
use put_many::dynamodb::Item;
use telemetry::{Reading, Version};

use crate::retention::Retention;

/// Partition key of the latest state: the device. Of the history an attribute like any other.
pub const DEVICE_ID: &str = "deviceId";
/// Sort key of the latest state: the sensor on the device. Of the history an attribute like any other.
pub const SENSOR_ID: &str = "sensorId";
/// Partition key of the history: `deviceId#sensorId`. No name has a `#`.
pub const SENSOR: &str = "sensor";
/// Sort key of the history: the time with six digits after the point, `#`, and the sequence number with twenty digits.
/// As text it is in the order of the sensor's readings.
pub const AT: &str = "at";
/// When it was measured, with six digits after the point: as text in the order of time.
pub const MEASURED_AT: &str = "measuredAt";
/// The sensor's count.
pub const SEQUENCE: &str = "sequence";
/// Of the history: when DynamoDB may delete the item, in seconds since 1970.
pub const EXPIRES_AT: &str = "expiresAt";

/// Digits of the largest sequence number.
const SEQUENCE_DIGITS: usize = 20;

/// The reading as the latest state of its sensor.
pub fn latest_state(reading: &Reading) -> Item {
    let text = |value: &str| AttributeValue::S(value.to_owned());
    let attributes = [
        (DEVICE_ID, text(reading.device_id())),
        (SENSOR_ID, text(reading.sensor_id())),
        ("site", text(reading.site())),
        ("measure", text(reading.measure().as_str())),
        ("unit", text(reading.unit().code())),
        // As it was written: a value has fewer digits than DynamoDB's numbers, which lose trailing zeros only.
        ("value", AttributeValue::N(reading.value().as_str().to_owned())),
        ("quality", text(reading.quality().as_str())),
        (MEASURED_AT, text(&reading.measured_at().fixed_width())),
        (SEQUENCE, AttributeValue::N(reading.sequence().to_string())),
        ("readingId", text(&reading.reading_id())),
    ];
    attributes
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// The reading as one item of the history. The same reading has the same key, so that a repeat replaces it.
pub fn history(reading: &Reading, arrival_time_ms: Option<u64>, retention: Retention) -> Item {
    let sensor = format!("{}#{}", reading.device_id(), reading.sensor_id());
    let expires_at = retention.expires_at(reading, arrival_time_ms);
    let mut item = latest_state(reading);
    item.extend([
        (SENSOR.to_owned(), AttributeValue::S(sensor)),
        (AT.to_owned(), AttributeValue::S(at(reading.version()))),
        (EXPIRES_AT.to_owned(), AttributeValue::N(expires_at.to_string())),
    ]);
    item
}

fn at(
    Version {
        measured_at,
        sequence,
    }: Version,
) -> String {
    format!("{}#{sequence:0SEQUENCE_DIGITS$}", measured_at.fixed_width())
}

#[cfg(test)]
mod tests {
    use telemetry::MeasuredAt;

    use super::*;

    fn version(measured_at: &str, sequence: u64) -> Version {
        let measured_at: MeasuredAt = measured_at.parse().expect("a time");
        Version {
            measured_at,
            sequence,
        }
    }

    #[test]
    fn keys_of_the_history_are_as_text_in_the_order_of_versions() {
        let early = "2026-11-25T01:02:03Z";
        let versions = [
            version(early, 0),
            version(early, 9),
            version(early, 10),
            version(early, u64::MAX),
            version("2026-11-25T01:02:03.000001Z", 0),
            version("2026-11-25T01:02:03.1Z", 0),
            version("2026-11-25T01:02:04Z", 0),
        ];
        assert!(versions.is_sorted());
        let keys = versions.map(at);
        assert!(keys.is_sorted(), "{keys:?}");
        assert_eq!(keys[2], "2026-11-25T01:02:03.000000Z#00000000000000000010");
        assert!(keys.iter().all(|key| key.len() == keys[0].len()));
    }
}
