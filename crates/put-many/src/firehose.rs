//! Amazon Data Firehose's PutRecordBatch.
//! <https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html>

use std::fmt;
use std::num::NonZeroUsize;

use aws_sdk_firehose::Client;
use aws_sdk_firehose::error::{BuildError, ProvideErrorMetadata, SdkError};
use aws_sdk_firehose::operation::put_record_batch::PutRecordBatchError;
use aws_sdk_firehose::primitives::Blob;
use aws_sdk_firehose::types::{PutRecordBatchResponseEntry, Record as WireRecord};

use crate::api::{BatchApi, CallError, Failure, Limits, Verdict};

/// Records in a call.
/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html>
pub const RECORDS_PER_CALL: NonZeroUsize = NonZeroUsize::MIN.saturating_add(499);

/// Bytes of a call, 4 MiB. Counted here as it goes over the wire, base64 and JSON included: the documentation does not
/// say which it means, and a call that is refused as a whole would be refused each time.
/// <https://docs.aws.amazon.com/firehose/latest/dev/limits.html>
pub const BYTES_PER_CALL: usize = 4 * 1024 * 1024;

/// Bytes of a record, before base64.
/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_Record.html>
pub const BYTES_PER_RECORD: usize = 1_024_000;

/// What JSON puts around the records of a call, besides the stream's name.
const CALL_ENVELOPE: usize = r#"{"DeliveryStreamName":"","Records":[]}"#.len();

/// What JSON puts around a record's data, the comma to the next one included.
const RECORD_ENVELOPE: usize = r#"{"Data":""},"#.len();

/// A record for a Firehose stream.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    data: Vec<u8>,
}

impl Record {
    /// A record that Firehose takes. Firehose writes records one after the other with nothing in between: what ends
    /// them, such as a line feed, is part of the data.
    ///
    /// # Errors
    /// The data is larger than [`BYTES_PER_RECORD`]: Firehose would refuse the whole call.
    pub fn new(data: impl Into<Vec<u8>>) -> Result<Self, RecordTooLarge> {
        let data = data.into();
        match data.len() {
            0..=BYTES_PER_RECORD => Ok(Self { data }),
            bytes => Err(RecordTooLarge { bytes }),
        }
    }

    /// The payload.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    fn wire_bytes(&self) -> usize {
        self.data.len().div_ceil(3) * 4 + RECORD_ENVELOPE
    }
}

/// Sizes only: a payload never reaches a log, by way of a debug format either.
impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("data.bytes", &self.data.len())
            .finish()
    }
}

/// Data that does not fit into a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordTooLarge {
    bytes: usize,
}

impl fmt::Display for RecordTooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "record has {} bytes, the limit is {BYTES_PER_RECORD}",
            self.bytes
        )
    }
}

impl std::error::Error for RecordTooLarge {}

/// PutRecordBatch on one Firehose stream, whose source is direct PUT.
#[derive(Debug, Clone)]
pub struct PutRecordBatch {
    client: Client,
    delivery_stream_name: String,
}

impl PutRecordBatch {
    /// Writes to the Firehose stream of this name.
    pub fn new(client: Client, delivery_stream_name: impl Into<String>) -> Self {
        Self {
            client,
            delivery_stream_name: delivery_stream_name.into(),
        }
    }
}

impl BatchApi for PutRecordBatch {
    type Entry = Record;

    fn limits(&self) -> Limits {
        let left = BYTES_PER_CALL.saturating_sub(CALL_ENVELOPE + self.delivery_stream_name.len());
        Limits {
            count: RECORDS_PER_CALL,
            request_bytes: left,
            // A record is held to its own limit when it is made.
            entry_bytes: left,
        }
    }

    fn entry_bytes(&self, record: &Record) -> usize {
        record.wire_bytes()
    }

    async fn send(&self, records: &[&Record]) -> Result<Vec<Verdict>, CallError> {
        let records = records
            .iter()
            .map(|record| wire_record(record))
            .collect::<Result<_, _>>()
            .map_err(|error| CallError::Fatal(Failure::new("BuildError", error.to_string())))?;
        let call = self.client.put_record_batch();
        let call = call.delivery_stream_name(&self.delivery_stream_name);
        match call.set_records(Some(records)).send().await {
            Ok(answer) => Ok(answer.request_responses().iter().map(verdict).collect()),
            Err(error) => Err(call_error(&error)),
        }
    }
}

fn wire_record(record: &Record) -> Result<WireRecord, BuildError> {
    WireRecord::builder()
        .data(Blob::new(record.data.as_slice()))
        .build()
}

/// Only a record id says that a record is stored. Firehose names two errors for a record, both of which a repeat can
/// cure, so any other code is repeated too.
fn verdict(entry: &PutRecordBatchResponseEntry) -> Verdict {
    match (entry.error_code(), entry.record_id()) {
        (None, Some(_)) => Verdict::Accepted,
        (code, _) => Verdict::Retry(Failure::new(
            code.unwrap_or("NoRecordId"),
            entry.error_message().unwrap_or("no explanation"),
        )),
    }
}

fn call_error(error: &SdkError<PutRecordBatchError>) -> CallError {
    match error {
        SdkError::ServiceError(service) => {
            let failure = failure(service.err());
            if is_retryable(&failure.code, service.raw().status().as_u16()) {
                CallError::Retryable(failure)
            } else {
                CallError::Fatal(failure)
            }
        }
        SdkError::ConstructionFailure(_) => CallError::Fatal(Failure::new(
            "ConstructionFailure",
            "the request could not be built",
        )),
        SdkError::TimeoutError(_) => CallError::Retryable(Failure::new("Timeout", "no answer in time")),
        _ => CallError::Retryable(Failure::new("NoAnswer", error.to_string())),
    }
}

fn failure(error: &PutRecordBatchError) -> Failure {
    let code = error.code().unwrap_or("UnknownError");
    Failure::new(code, error.message().unwrap_or("no explanation"))
}

/// Throttling has several names, and what fails on the service's side is worth a repeat whatever it is called.
fn is_retryable(code: &str, status: u16) -> bool {
    let passing = [
        "LimitExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailableException",
        "ThrottlingException",
    ];
    status >= 500 || status == 429 || passing.contains(&code)
}
