//! DynamoDB's BatchWriteItem on one table.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html>

mod key;
mod number;
mod size;
mod write;

use std::collections::{HashMap, HashSet};
use std::num::NonZeroUsize;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::batch_write_item::BatchWriteItemError;
use aws_sdk_dynamodb::types::{AttributeValue, WriteRequest};

pub use key::KeySchema;
pub use write::{Write, WriteError};

use crate::api::{BatchApi, CallError, Failure, Limits, Verdict};

/// An item or a key: attribute values by name.
pub type Item = HashMap<String, AttributeValue>;

/// Puts and deletes in a call.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html>
pub const WRITES_PER_CALL: NonZeroUsize = NonZeroUsize::MIN.saturating_add(24);

/// Bytes of a call, as it goes over the wire.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html>
pub const BYTES_PER_CALL: usize = 16 * 1024 * 1024;

/// Bytes of an item as it is stored: names and values, without what JSON puts around them.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-items>
pub const BYTES_PER_ITEM: usize = 400 * 1024;

/// Bytes of a partition key's value, at least one.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-partition-sort-keys>
pub const PARTITION_KEY_BYTES: usize = 2048;

/// Bytes of a sort key's value, at least one.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-partition-sort-keys>
pub const SORT_KEY_BYTES: usize = 1024;

/// BatchWriteItem on one table.
///
/// A call with two writes of one key is refused as a whole, so this is for [`Policy::per_key`](crate::Policy::per_key)
/// with [`Write::key`].
#[derive(Debug, Clone)]
pub struct BatchWriteItem {
    client: Client,
    table_name: String,
    key_schema: KeySchema,
}

impl BatchWriteItem {
    /// Writes to the table of this name and key.
    pub fn new(client: Client, table_name: impl Into<String>, key_schema: KeySchema) -> Self {
        Self {
            client,
            table_name: table_name.into(),
            key_schema,
        }
    }

    /// One verdict for each of `writes`. The answer lists what was not processed, in no order, so that only its key
    /// tells which write it is.
    fn verdicts(&self, writes: &[&Write], unprocessed: &[WriteRequest]) -> Result<Vec<Verdict>, CallError> {
        let keys: Result<HashSet<_>, _> = unprocessed
            .iter()
            .map(|request| self.key_schema.key_of_request(request))
            .collect();
        let keys = keys.map_err(|_| unknown_write())?;
        let verdict = |write: &&Write| match keys.contains(write.key()) {
            true => Verdict::Retry(Failure::new("UnprocessedItem", "the table did not take it yet")),
            false => Verdict::Accepted,
        };
        let verdicts: Vec<_> = writes.iter().map(verdict).collect();
        let found = verdicts.iter().filter(|verdict| **verdict != Verdict::Accepted);
        // A key that was not sent hides one that was: which of the writes it is about is not known.
        if found.count() == unprocessed.len() {
            Ok(verdicts)
        } else {
            Err(unknown_write())
        }
    }
}

impl BatchApi for BatchWriteItem {
    type Entry = Write;

    fn limits(&self) -> Limits {
        // The limit is for the whole body; an item that is stored in few bytes can be long on the wire.
        let left = BYTES_PER_CALL.saturating_sub(size::envelope(&self.table_name));
        Limits {
            count: WRITES_PER_CALL,
            request_bytes: left,
            entry_bytes: left,
        }
    }

    fn entry_bytes(&self, write: &Write) -> usize {
        write.wire_bytes()
    }

    async fn send(&self, writes: &[&Write]) -> Result<Vec<Verdict>, CallError> {
        let requests = writes.iter().map(|write| write.request()).collect();
        let call = self.client.batch_write_item();
        match call.request_items(&self.table_name, requests).send().await {
            Ok(answer) => {
                let unprocessed = answer.unprocessed_items.unwrap_or_default();
                let unprocessed: Vec<_> = unprocessed.into_values().flatten().collect();
                self.verdicts(writes, &unprocessed)
            }
            Err(error) => Err(call_error(&error)),
        }
    }
}

fn unknown_write() -> CallError {
    CallError::Fatal(Failure::new(
        "UnknownUnprocessedItem",
        "the answer lists a write that was not sent",
    ))
}

fn call_error(error: &SdkError<BatchWriteItemError>) -> CallError {
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

fn failure(error: &BatchWriteItemError) -> Failure {
    let code = error.code().unwrap_or("UnknownError");
    Failure::new(code, error.message().unwrap_or("no explanation"))
}

/// Throttling has several names, and what fails on the service's side is worth a repeat whatever it is called.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>
fn is_retryable(code: &str, status: u16) -> bool {
    let passing = [
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "ReplicatedWriteConflictException",
        "RequestLimitExceeded",
        "ThrottlingException",
    ];
    status >= 500 || status == 429 || passing.contains(&code)
}
