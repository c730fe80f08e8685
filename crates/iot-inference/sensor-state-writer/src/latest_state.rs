//! The table of each sensor's latest state. Newer wins, by a condition; a late reading never overwrites.

use std::collections::HashMap;
use std::num::NonZeroUsize;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use put_many::dynamodb::{BYTES_PER_ITEM, Item};
use put_many::{BatchApi, CallError, Failure, Limits, Verdict};
use telemetry::Reading;

use crate::item::{MEASURED_AT, SEQUENCE, latest_state};

/// There is no state, or an older one. The names stand for attributes: some that others may add are reserved words.
pub const CONDITION: &str = "attribute_not_exists(#measuredAt) OR #measuredAt < :measuredAt OR \
                             (#measuredAt = :measuredAt AND #sequence < :sequence)";

/// The error code that says that the table has a newer reading.
pub const NOT_NEWER: &str = "ConditionalCheckFailedException";

/// PutItem with [`CONDITION`] on one table, as a batch API of one entry a call. Accepted: the reading is the sensor's
/// latest state, now or since an earlier call whose answer was lost. Refused with [`NOT_NEWER`]: a newer one is.
#[derive(Debug, Clone)]
pub struct PutIfNewer {
    client: Client,
    table_name: String,
}

impl PutIfNewer {
    /// Writes to the table of this name.
    pub fn new(client: Client, table_name: impl Into<String>) -> Self {
        Self {
            client,
            table_name: table_name.into(),
        }
    }

    async fn put(&self, reading: &Reading) -> Result<Verdict, CallError> {
        let item = latest_state(reading);
        let put = self
            .client
            .put_item()
            .table_name(&self.table_name)
            .condition_expression(CONDITION)
            .set_expression_attribute_names(Some(names()))
            .set_expression_attribute_values(Some(values(&item)))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .set_item(Some(item));
        match put.send().await {
            Ok(_) => Ok(Verdict::Accepted),
            Err(error) => failed(&error, reading),
        }
    }
}

impl BatchApi for PutIfNewer {
    type Entry = Reading;

    fn limits(&self) -> Limits {
        Limits {
            count: NonZeroUsize::MIN,
            request_bytes: BYTES_PER_ITEM,
            entry_bytes: BYTES_PER_ITEM,
        }
    }

    fn entry_bytes(&self, reading: &Reading) -> usize {
        reading.to_json().len()
    }

    async fn send(&self, readings: &[&Reading]) -> Result<Vec<Verdict>, CallError> {
        let mut verdicts = Vec::with_capacity(readings.len());
        for reading in readings {
            verdicts.push(self.put(reading).await?);
        }
        Ok(verdicts)
    }
}

fn names() -> HashMap<String, String> {
    let names = [("#measuredAt", MEASURED_AT), ("#sequence", SEQUENCE)];
    names
        .into_iter()
        .map(|(name, attribute)| (name.to_owned(), attribute.to_owned()))
        .collect()
}

fn values(item: &Item) -> HashMap<String, AttributeValue> {
    let values = [(":measuredAt", MEASURED_AT), (":sequence", SEQUENCE)];
    values
        .into_iter()
        .filter_map(|(name, attribute)| Some((name.to_owned(), item.get(attribute)?.clone())))
        .collect()
}

fn failed(error: &SdkError<PutItemError>, reading: &Reading) -> Result<Verdict, CallError> {
    let SdkError::ServiceError(service) = error else {
        return Err(no_answer(error));
    };
    let failure = failure(service.err());
    if let PutItemError::ConditionalCheckFailedException(conflict) = service.err() {
        return Ok(match conflict.item().is_some_and(|stored| is(reading, stored)) {
            true => Verdict::Accepted,
            false => Verdict::Refused(failure),
        });
    }
    match failure.code.as_str() {
        "ValidationException" => Ok(Verdict::Refused(failure)),
        code if is_retryable(code, service.raw().status().as_u16()) => Err(CallError::Retryable(failure)),
        _ => Err(CallError::Fatal(failure)),
    }
}

/// Whether the table has this very reading.
fn is(reading: &Reading, stored: &Item) -> bool {
    let ours = latest_state(reading);
    let same = |name: &str| stored.get(name).is_some() && stored.get(name) == ours.get(name);
    same(MEASURED_AT) && same(SEQUENCE)
}

fn no_answer(error: &SdkError<PutItemError>) -> CallError {
    match error {
        SdkError::ConstructionFailure(_) => CallError::Fatal(Failure::new(
            "ConstructionFailure",
            "the request could not be built",
        )),
        SdkError::TimeoutError(_) => CallError::Retryable(Failure::new("Timeout", "no answer in time")),
        _ => CallError::Retryable(Failure::new("NoAnswer", error.to_string())),
    }
}

fn failure(error: &PutItemError) -> Failure {
    let code = error.code().unwrap_or("UnknownError");
    Failure::new(code, error.message().unwrap_or("no explanation"))
}

/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>
fn is_retryable(code: &str, status: u16) -> bool {
    let passing = [
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "ReplicatedWriteConflictException",
        "RequestLimitExceeded",
        "ThrottlingException",
        "TransactionConflictException",
    ];
    status >= 500 || status == 429 || passing.contains(&code)
}
