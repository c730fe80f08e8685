//! Kinesis Data Streams' PutRecords.
//! <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html>

use std::fmt;
use std::num::NonZeroUsize;

use aws_sdk_kinesis::Client;
use aws_sdk_kinesis::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_kinesis::operation::put_records::PutRecordsError;
use aws_sdk_kinesis::primitives::Blob;
use aws_sdk_kinesis::types::{PutRecordsRequestEntry, PutRecordsResultEntry};

use crate::api::{BatchApi, CallError, Failure, Limits, Verdict};

/// Records in a call.
/// <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html>
pub const RECORDS_PER_CALL: NonZeroUsize = NonZeroUsize::MIN.saturating_add(499);

/// Bytes of a call, partition keys included.
/// <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html>
pub const BYTES_PER_CALL: usize = 10 * MEBIBYTE;

/// Bytes of a record, data and partition key together, unless the stream allows more.
/// <https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html>
pub const BYTES_PER_RECORD: usize = MEBIBYTE;

/// The most that a stream can be set to allow for a record.
/// <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateMaxRecordSize.html>
pub const BYTES_PER_RECORD_AT_MOST: usize = 10 * MEBIBYTE;

/// Characters of a partition key, at least one.
/// <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecordsRequestEntry.html>
pub const PARTITION_KEY_CHARACTERS: usize = 256;

const MEBIBYTE: usize = 1024 * 1024;

/// A record for a stream.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    partition_key: String,
    data: Vec<u8>,
}

impl Record {
    /// A record whose partition key Kinesis takes.
    ///
    /// # Errors
    /// The partition key is empty or longer than [`PARTITION_KEY_CHARACTERS`].
    pub fn new(
        partition_key: impl Into<String>,
        data: impl Into<Vec<u8>>,
    ) -> Result<Self, PartitionKeyError> {
        let partition_key = partition_key.into();
        match partition_key.chars().count() {
            1..=PARTITION_KEY_CHARACTERS => Ok(Self {
                partition_key,
                data: data.into(),
            }),
            characters => Err(PartitionKeyError { characters }),
        }
    }

    /// The key that Kinesis chooses the shard by. Order is kept within it: see [`Order::PerKey`](crate::Order).
    pub fn partition_key(&self) -> &str {
        &self.partition_key
    }

    /// The payload.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    fn bytes(&self) -> usize {
        self.partition_key.len() + self.data.len()
    }
}

/// Sizes only: a payload never reaches a log, by way of a debug format either.
impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("partition_key", &self.partition_key)
            .field("data.bytes", &self.data.len())
            .finish()
    }
}

/// A partition key that Kinesis does not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionKeyError {
    characters: usize,
}

impl fmt::Display for PartitionKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { characters } = self;
        write!(
            f,
            "partition key has {characters} characters, expected 1 to {PARTITION_KEY_CHARACTERS}"
        )
    }
}

impl std::error::Error for PartitionKeyError {}

/// PutRecords on one stream.
#[derive(Debug, Clone)]
pub struct PutRecords {
    client: Client,
    stream_name: String,
    record_bytes: usize,
}

impl PutRecords {
    /// Writes to the stream of this name, with records of at most [`BYTES_PER_RECORD`].
    pub fn new(client: Client, stream_name: impl Into<String>) -> Self {
        Self {
            client,
            stream_name: stream_name.into(),
            record_bytes: BYTES_PER_RECORD,
        }
    }

    /// For a stream whose `MaxRecordSizeInKiB` was changed. More than [`BYTES_PER_RECORD_AT_MOST`] counts as that.
    #[must_use]
    pub fn with_record_bytes(mut self, record_bytes: usize) -> Self {
        self.record_bytes = record_bytes.min(BYTES_PER_RECORD_AT_MOST);
        self
    }
}

impl BatchApi for PutRecords {
    type Entry = Record;

    fn limits(&self) -> Limits {
        Limits {
            count: RECORDS_PER_CALL,
            request_bytes: BYTES_PER_CALL,
            entry_bytes: self.record_bytes,
        }
    }

    fn entry_bytes(&self, record: &Record) -> usize {
        record.bytes()
    }

    async fn send(&self, records: &[&Record]) -> Result<Vec<Verdict>, CallError> {
        let entries = records
            .iter()
            .map(|record| request_entry(record))
            .collect::<Result<_, _>>()
            .map_err(|error| CallError::Fatal(Failure::new("BuildError", error.to_string())))?;
        let call = self.client.put_records().stream_name(&self.stream_name);
        match call.set_records(Some(entries)).send().await {
            Ok(answer) => Ok(answer.records().iter().map(verdict).collect()),
            Err(error) => Err(call_error(&error)),
        }
    }
}

fn request_entry(record: &Record) -> Result<PutRecordsRequestEntry, aws_sdk_kinesis::error::BuildError> {
    PutRecordsRequestEntry::builder()
        .partition_key(&record.partition_key)
        .data(Blob::new(record.data.as_slice()))
        .build()
}

/// Only a sequence number says that a record is stored. Kinesis names two errors for a record, both of which a repeat
/// can cure, so any other code is repeated too.
fn verdict(entry: &PutRecordsResultEntry) -> Verdict {
    match (entry.error_code(), entry.sequence_number()) {
        (None, Some(_)) => Verdict::Accepted,
        (code, _) => Verdict::Retry(Failure::new(
            code.unwrap_or("NoSequenceNumber"),
            entry.error_message().unwrap_or("no explanation"),
        )),
    }
}

fn call_error(error: &SdkError<PutRecordsError>) -> CallError {
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

fn failure(error: &PutRecordsError) -> Failure {
    let code = error.code().unwrap_or("UnknownError");
    Failure::new(code, error.message().unwrap_or("no explanation"))
}

/// Throttling has several names, and what fails on the service's side is worth a repeat whatever it is called.
fn is_retryable(code: &str, status: u16) -> bool {
    let throttled = [
        "KMSThrottlingException",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
    ];
    status >= 500 || status == 429 || throttled.contains(&code)
}
