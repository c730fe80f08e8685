//! What a function's answer means for its batch.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html> and, in the same words,
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html>.

use serde_json::Value;

use crate::record::SequenceNumber;

/// What a function's answer means for its batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Every record is done.
    Success,
    /// These records failed: positions in the batch, in the answer's order.
    Failed(Vec<usize>),
    /// The whole batch failed.
    WholeBatchFailed,
}

/// Reads the answer of a function whose mapping has `ReportBatchItemFailures`.
///
/// Success: an empty or null list, an empty or null answer. Failure of the whole batch: an identifier that is empty,
/// null, or under a bad key. The documentation does not say what an identifier means that is not in the batch, nor an
/// answer of another JSON type: both are taken as the failure of the whole batch, which loses nothing.
pub fn read_report(answer: &[u8], batch: &[&SequenceNumber]) -> Answer {
    if answer.iter().all(u8::is_ascii_whitespace) {
        return Answer::Success;
    }
    match serde_json::from_slice::<Value>(answer) {
        Ok(Value::Null) => Answer::Success,
        Ok(Value::String(text)) if text.is_empty() => Answer::Success,
        Ok(Value::Object(members)) => match members.get("batchItemFailures") {
            None | Some(Value::Null) => Answer::Success,
            Some(Value::Array(items)) => read_items(items, batch),
            Some(_) => Answer::WholeBatchFailed,
        },
        _ => Answer::WholeBatchFailed,
    }
}

fn read_items(items: &[Value], batch: &[&SequenceNumber]) -> Answer {
    let position = |item: &Value| {
        let identifier = item.get("itemIdentifier")?.as_str()?;
        batch.iter().position(|record| record.as_str() == identifier)
    };
    match items.iter().map(position).collect::<Option<Vec<_>>>() {
        Some(positions) if positions.is_empty() => Answer::Success,
        Some(positions) => Answer::Failed(positions),
        None => Answer::WholeBatchFailed,
    }
}

/// The state that a function with a tumbling window returns: it must.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html#streams-tumbling-processing>
pub(crate) fn read_state(answer: &[u8]) -> Option<Value> {
    let mut answer: Value = serde_json::from_slice(answer).ok()?;
    answer.get_mut("state").map(Value::take)
}
