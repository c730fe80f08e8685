//! A change as the table's own Kinesis destination writes it.
//!
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/kds_using-shards-and-metrics.html>

use serde_json::{Value, json};

/// Gives each change a time in microseconds, later than the one before. The stream tells seconds only, and the order
/// within one.
#[derive(Debug, Default)]
pub(super) struct Clock {
    last: u64,
}

impl Clock {
    fn at(&mut self, seconds: f64) -> u64 {
        // Seconds since 1970 are positive and far from 2^53.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let told = seconds.max(0.0) as u64 * 1_000_000;
        self.last = told.max(self.last + 1);
        self.last
    }
}

/// The destination's record of a change that the DynamoDB stream told of. It has no sequence number.
pub(super) fn captured(mut change: Value, table_name: &str, clock: &mut Clock) -> Value {
    let mut part = |pointer: &str| change.pointer_mut(pointer).map(Value::take);
    let seconds = part("/dynamodb/ApproximateCreationDateTime").and_then(|seconds| seconds.as_f64());
    let mut dynamodb = json!({
        "ApproximateCreationDateTime": clock.at(seconds.unwrap_or_default()),
        "ApproximateCreationDateTimePrecision": "MICROSECOND",
    });
    for name in ["Keys", "NewImage", "OldImage", "SizeBytes"] {
        if let Some(value) = part(&format!("/dynamodb/{name}")) {
            dynamodb[name] = value;
        }
    }
    json!({
        "awsRegion": part("/awsRegion"),
        "eventID": part("/eventID"),
        "eventName": part("/eventName"),
        "userIdentity": part("/userIdentity"),
        "recordFormat": "application/json",
        "tableName": table_name,
        "dynamodb": dynamodb,
        "eventSource": "aws:dynamodb",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(seconds: u64) -> Value {
        json!({
            "eventID": "e-1",
            "eventName": "MODIFY",
            "awsRegion": "us-east-1",
            "dynamodb": {
                "ApproximateCreationDateTime": seconds,
                "Keys": { "id": { "S": "1" } },
                "NewImage": { "id": { "S": "1" }, "n": { "N": "12345678901234567890123456789012345678" } },
                "SequenceNumber": "100",
                "SizeBytes": 20,
            },
        })
    }

    #[test]
    fn a_record_is_the_destinations() {
        let record = captured(change(1_700_000_000), "Orders", &mut Clock::default());
        assert_eq!(
            record,
            json!({
                "awsRegion": "us-east-1",
                "eventID": "e-1",
                "eventName": "MODIFY",
                "userIdentity": null,
                "recordFormat": "application/json",
                "tableName": "Orders",
                "dynamodb": {
                    "ApproximateCreationDateTime": 1_700_000_000_000_000_u64,
                    "ApproximateCreationDateTimePrecision": "MICROSECOND",
                    "Keys": { "id": { "S": "1" } },
                    "NewImage": { "id": { "S": "1" }, "n": { "N": "12345678901234567890123456789012345678" } },
                    "SizeBytes": 20,
                },
                "eventSource": "aws:dynamodb",
            })
        );
    }

    #[test]
    fn changes_of_one_second_follow_each_other() {
        let mut clock = Clock::default();
        let times = [7, 7, 7, 6, 8].map(|seconds| {
            let record = captured(change(seconds), "Orders", &mut clock);
            record["dynamodb"]["ApproximateCreationDateTime"].as_u64()
        });
        assert_eq!(
            times,
            [7_000_000, 7_000_001, 7_000_002, 7_000_003, 8_000_000].map(Some)
        );
    }
}
