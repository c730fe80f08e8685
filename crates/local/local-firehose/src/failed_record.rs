//! A record that could not be delivered as data, and the line of JSON that is written in its place.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Value, json};
use time::OffsetDateTime;

/// A record as it came.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Record {
    pub(crate) data: Bytes,
    pub(crate) arrived: OffsetDateTime,
}

/// `!{firehose:error-output-type}`: <https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html>
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum ErrorType {
    /// No partition keys, or no prefix that can be made of them.
    ProcessingFailed,
    /// Does not fit the table.
    FormatConversionFailed,
    /// <https://docs.aws.amazon.com/firehose/latest/dev/buffering.html>
    ActivePartitionExceeded,
}

impl ErrorType {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::ProcessingFailed => "processing-failed",
            Self::FormatConversionFailed => "format-conversion-failed",
            Self::ActivePartitionExceeded => "activePartitionExceeded",
        }
    }
}

/// Why a record could not be delivered. The message names fields, never a value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Failure {
    pub(crate) kind: ErrorType,
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn metadata_extraction(message: impl Into<String>) -> Self {
        Self {
            kind: ErrorType::ProcessingFailed,
            code: "DynamicPartitioning.MetadataExtractionFailed",
            message: message.into(),
        }
    }

    pub(crate) fn prefix(message: impl Into<String>) -> Self {
        Self {
            kind: ErrorType::ProcessingFailed,
            code: "DynamicPartitioning.S3PrefixEvaluationFailed",
            message: message.into(),
        }
    }

    pub(crate) fn active_partitions(limit: usize) -> Self {
        Self {
            kind: ErrorType::ActivePartitionExceeded,
            code: "DynamicPartitioning.ActivePartitionLimitExceeded",
            message: format!("{limit} partitions are active already"),
        }
    }

    pub(crate) fn conversion(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            kind: ErrorType::FormatConversionFailed,
            code,
            message: message.into(),
        }
    }
}

/// The line. A failed conversion has another form than a failed preparation:
/// <https://docs.aws.amazon.com/firehose/latest/dev/record-format-conversion-error-handling.html>,
/// <https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html>
pub(crate) fn line(
    record: &Record,
    failure: &Failure,
    ended: OffsetDateTime,
    table: Option<&Value>,
) -> String {
    let arrived = milliseconds(record.arrived);
    let ended = milliseconds(ended);
    let data = STANDARD.encode(&record.data);
    let document = match failure.kind {
        ErrorType::FormatConversionFailed => json!({
            "attemptsMade": 1,
            "arrivalTimestamp": arrived,
            "ErrorCode": failure.code,
            "ErrorMessage": failure.message,
            "attemptEndingTimestamp": ended,
            "rawData": data,
            "sequenceNumber": null,
            "subSequenceNumber": null,
            "dataCatalogTable": table,
        }),
        ErrorType::ProcessingFailed | ErrorType::ActivePartitionExceeded => json!({
            "attemptsMade": 1,
            "arrivalTimestamp": arrived,
            "errorCode": failure.code,
            "errorMessage": failure.message,
            "attemptEndingTimestamp": ended,
            "rawData": data,
        }),
    };
    format!("{document}\n")
}

fn milliseconds(at: OffsetDateTime) -> i128 {
    at.unix_timestamp_nanos() / 1_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_the_record_and_the_reason() {
        let at = OffsetDateTime::from_unix_timestamp_nanos(1_795_568_524_500_000_000).unwrap();
        let record = Record {
            data: Bytes::from_static(b"\xff"),
            arrived: at,
        };
        let line = line(
            &record,
            &Failure::metadata_extraction("key site: is null"),
            at,
            None,
        );
        assert!(line.ends_with("}\n"));
        let line: Value = serde_json::from_str(&line).unwrap();
        let expected = json!({
            "attemptsMade": 1, "arrivalTimestamp": 1_795_568_524_500_i64, "attemptEndingTimestamp": 1_795_568_524_500_i64,
            "errorCode": "DynamicPartitioning.MetadataExtractionFailed", "errorMessage": "key site: is null",
            "rawData": "/w==",
        });
        assert_eq!(line, expected);
    }

    #[test]
    fn a_line_of_a_failed_conversion_names_the_table() {
        let record = Record {
            data: Bytes::new(),
            arrived: OffsetDateTime::UNIX_EPOCH,
        };
        let failure = Failure::conversion("DataFormatConversion.MalformedData", "no object");
        let table = json!({ "tableName": "lines" });
        let line = line(&record, &failure, record.arrived, Some(&table));
        let line: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line["dataCatalogTable"]["tableName"], "lines");
        assert_eq!(line["ErrorCode"], "DataFormatConversion.MalformedData");
    }
}
