//! What the function answers to Lambda.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::SequenceNumber;

/// The partial batch response for Kinesis and DynamoDB Streams. Empty means that the whole batch is done.
///
/// Lambda reads it only with `FunctionResponseTypes: [ReportBatchItemFailures]`:
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html>,
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html>
#[must_use = "only what is returned to Lambda is reported"]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchResponse {
    /// Empty, or the one record from which Lambda is to start again.
    pub batch_item_failures: Vec<BatchItemFailure>,
}

impl BatchResponse {
    /// The answer for a batch whose lowest blocked record is `checkpoint`.
    pub fn new(checkpoint: Option<SequenceNumber>) -> Self {
        let failure = checkpoint.map(|item_identifier| BatchItemFailure { item_identifier });
        Self {
            batch_item_failures: failure.into_iter().collect(),
        }
    }
}

/// The record from which Lambda is to start again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchItemFailure {
    /// Its sequence number; a KPL sub-record goes by its parent's.
    pub item_identifier: SequenceNumber,
}

/// The answer for a batch of a time window: the state for the window's next invocation, and the same report.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html>
#[must_use = "only what is returned to Lambda is reported"]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowResponse {
    /// Carried to the window's next invocation; at most 1 MB.
    pub state: Map<String, Value>,
    /// As without a window.
    #[serde(flatten)]
    pub batch: BatchResponse,
}
