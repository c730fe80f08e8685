//! A put, held to the limits of a call before anything is stored of it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::Deserialize;

use super::{ApiError, Operation};
use crate::limits::{BYTES_PER_CALL, BYTES_PER_RECORD, RECORDS_PER_CALL, STREAM_NAME_CHARACTERS};

/// What a call asks for.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Call {
    pub(crate) stream: String,
    pub(crate) records: Vec<Bytes>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutRecord {
    delivery_stream_name: Option<String>,
    record: Option<Record>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutRecordBatch {
    delivery_stream_name: Option<String>,
    records: Option<Vec<Record>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Record {
    data: Option<String>,
}

impl Call {
    pub(crate) fn parse(operation: Operation, body: &[u8]) -> Result<Self, ApiError> {
        if body.len() > BYTES_PER_CALL {
            return Err(invalid(format!(
                "the call has {} bytes, the limit is {BYTES_PER_CALL}",
                body.len()
            )));
        }
        let (stream, records) = match operation {
            Operation::PutRecord => {
                let call: PutRecord = read(body)?;
                let record = call.record.ok_or_else(|| invalid("Record: is missing"))?;
                (call.delivery_stream_name, vec![record])
            }
            Operation::PutRecordBatch => {
                let call: PutRecordBatch = read(body)?;
                let records = call.records.ok_or_else(|| invalid("Records: is missing"))?;
                (call.delivery_stream_name, records)
            }
        };
        let stream = stream_name(stream)?;
        if records.is_empty() || records.len() > RECORDS_PER_CALL {
            return Err(invalid(format!(
                "Records: has {} entries, must have from 1 to {RECORDS_PER_CALL}",
                records.len()
            )));
        }
        let records = records.into_iter().enumerate().map(data);
        Ok(Self {
            stream,
            records: records.collect::<Result<_, _>>()?,
        })
    }
}

fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, ApiError> {
    serde_json::from_slice(body).map_err(|error| {
        // Its text would name values.
        let (line, column) = (error.line(), error.column());
        ApiError::Serialization(format!("the body cannot be read at line {line}, column {column}"))
    })
}

fn stream_name(name: Option<String>) -> Result<String, ApiError> {
    let name = name.ok_or_else(|| invalid("DeliveryStreamName: is missing"))?;
    let allowed = |character: char| character.is_ascii_alphanumeric() || "_.-".contains(character);
    if name.is_empty() || name.len() > STREAM_NAME_CHARACTERS || !name.chars().all(allowed) {
        return Err(invalid(format!(
            "DeliveryStreamName: must have 1 to {STREAM_NAME_CHARACTERS} letters, digits, '_', '.' or '-'"
        )));
    }
    Ok(name)
}

fn data((index, record): (usize, Record)) -> Result<Bytes, ApiError> {
    let data = record
        .data
        .ok_or_else(|| invalid(format!("record {index}: Data: is missing")))?;
    let data = STANDARD
        .decode(data)
        .map_err(|_| ApiError::Serialization(format!("record {index}: Data: is not base64")))?;
    if data.len() > BYTES_PER_RECORD {
        return Err(invalid(format!(
            "record {index}: Data: has {} bytes, the limit is {BYTES_PER_RECORD}",
            data.len()
        )));
    }
    Ok(Bytes::from(data))
}

fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::InvalidArgument(message.into())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn batch(records: &[Value]) -> Result<Call, ApiError> {
        let body = json!({ "DeliveryStreamName": "readings", "Records": records });
        Call::parse(Operation::PutRecordBatch, body.to_string().as_bytes())
    }

    fn record(bytes: usize) -> Value {
        json!({ "Data": STANDARD.encode(vec![b'x'; bytes]) })
    }

    fn refused(call: Result<Call, ApiError>, by: &str) {
        match call {
            Err(ApiError::InvalidArgument(message) | ApiError::Serialization(message)) => {
                assert!(message.contains(by), "{message}");
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_call_has_1_to_500_records() {
        assert_eq!(batch(&vec![record(1); 1]).unwrap().records.len(), 1);
        assert_eq!(
            batch(&vec![record(1); RECORDS_PER_CALL]).unwrap().records.len(),
            500
        );
        refused(batch(&[]), "has 0 entries");
        refused(batch(&vec![record(1); RECORDS_PER_CALL + 1]), "has 501 entries");
    }

    #[test]
    fn a_record_has_up_to_1_024_000_bytes_and_may_have_none() {
        assert_eq!(batch(&[record(0)]).unwrap().records, [Bytes::new()]);
        assert_eq!(
            batch(&[record(BYTES_PER_RECORD)]).unwrap().records[0].len(),
            1_024_000
        );
        refused(
            batch(&[record(0), record(BYTES_PER_RECORD + 1)]),
            "record 1: Data: has 1024001",
        );
    }

    #[test]
    fn a_call_has_up_to_4_mib_as_it_comes() {
        let envelope = json!({ "DeliveryStreamName": "readings", "Records": [record(0), record(0)] });
        let blanks = |total: usize| {
            let body = envelope.to_string();
            format!("{body}{}", " ".repeat(total - body.len()))
        };
        let parse = |body: String| Call::parse(Operation::PutRecordBatch, body.as_bytes());
        assert!(parse(blanks(BYTES_PER_CALL)).is_ok());
        refused(parse(blanks(BYTES_PER_CALL + 1)), "the call has 4194305 bytes");
    }

    #[test]
    fn a_name_has_up_to_64_characters() {
        let named = |name: &str| {
            let body = json!({ "DeliveryStreamName": name, "Record": record(1) });
            Call::parse(Operation::PutRecord, body.to_string().as_bytes())
        };
        assert!(named(&"n".repeat(STREAM_NAME_CHARACTERS)).is_ok());
        assert!(named("a_b.C-9").is_ok());
        for name in ["", "a/b", &"n".repeat(STREAM_NAME_CHARACTERS + 1)] {
            refused(named(name), "DeliveryStreamName");
        }
    }

    #[test]
    fn what_is_missing_or_of_another_type_is_named_without_its_value() {
        let parse = |body: Value| Call::parse(Operation::PutRecord, body.to_string().as_bytes());
        refused(
            parse(json!({ "Record": record(1) })),
            "DeliveryStreamName: is missing",
        );
        refused(parse(json!({ "DeliveryStreamName": "s" })), "Record: is missing");
        refused(
            parse(json!({ "DeliveryStreamName": "s", "Record": {} })),
            "Data: is missing",
        );
        let wrong = parse(json!({ "DeliveryStreamName": "s", "Record": { "Data": "se/cret!" } }));
        assert!(!format!("{wrong:?}").contains("cret"));
        refused(wrong, "is not base64");
        refused(
            parse(json!({ "DeliveryStreamName": "s", "Record": 5 })),
            "cannot be read",
        );
        refused(Call::parse(Operation::PutRecord, b"nothing"), "cannot be read");
    }
}
