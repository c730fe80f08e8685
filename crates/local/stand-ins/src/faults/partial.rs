//! Failures of single entries within an answer of 200.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderValue, Response, StatusCode};
use serde_json::{Map, Value, json};

use super::{Call, Decision};

/// A request with several entries of which some are to fail: these are left out of what is forwarded, so that they
/// are really not applied, and [`Split::merge`] puts their failures into the answer, each in its place.
#[derive(Debug)]
pub struct Split {
    forwarded: Bytes,
    failures: Failures,
}

#[derive(Debug)]
enum Failures {
    /// By position in the request: the answer has one row per entry.
    Rows {
        shape: &'static RowShape,
        failed: Vec<bool>,
    },
    /// By table: the answer gives back what was not done.
    Writes(Map<String, Value>),
}

/// The names in a positional answer.
#[derive(Debug)]
struct RowShape {
    rows: &'static str,
    failed_count: &'static str,
    error_code: &'static str,
    error_message: &'static str,
}

/// <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html>
const PUT_RECORDS: RowShape = RowShape {
    rows: "Records",
    failed_count: "FailedRecordCount",
    error_code: "ProvisionedThroughputExceededException",
    error_message: "Rate exceeded for shard, on purpose.",
};

/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html>
const PUT_RECORD_BATCH: RowShape = RowShape {
    rows: "RequestResponses",
    failed_count: "FailedPutCount",
    error_code: "ServiceUnavailableException",
    error_message: "Slow down, on purpose.",
};

impl Split {
    /// The body to send in place of the request's; its length is another.
    #[must_use]
    pub fn forwarded(&self) -> Bytes {
        self.forwarded.clone()
    }

    /// The answer to the whole request, from the answer to what was forwarded. An answer that is no success, or does
    /// not fit what was forwarded, is given as it is.
    #[must_use]
    pub fn merge(self, answer: Response<Bytes>) -> Response<Bytes> {
        if !answer.status().is_success() {
            return answer;
        }
        let (mut head, body) = answer.into_parts();
        let merged = serde_json::from_slice(&body)
            .ok()
            .and_then(|it| self.failures.merge_into(it));
        let Some(merged) = merged else {
            return Response::from_parts(head, body);
        };
        head.headers.remove(CONTENT_LENGTH);
        Response::from_parts(head, to_bytes(merged))
    }
}

/// Whether the operation's answer tells of single entries, in a form known here.
pub(super) fn can_split(call: Call<'_>) -> bool {
    matches!(
        (call.service, call.operation),
        ("kinesis", "PutRecords") | ("firehose", "PutRecordBatch") | ("dynamodb", "BatchWriteItem")
    )
}

/// Lets each entry fail with a chance of `fraction`, and one at least; `draw(entry)` is in `[0, 1)`. When all fail
/// there is nothing to forward and the answer is complete. `None` for a request without entries: it is the service's
/// to refuse.
pub(super) fn split(
    call: Call<'_>,
    body: &[u8],
    fraction: f64,
    draw: impl Fn(u64) -> f64,
) -> Option<Decision> {
    let mut request: Map<String, Value> = serde_json::from_slice(body).ok()?;
    let choose = |count| choose(count, fraction, &draw);
    let (failures, rest) = match (call.service, call.operation) {
        ("kinesis", "PutRecords") => split_rows(&mut request, &PUT_RECORDS, choose)?,
        ("firehose", "PutRecordBatch") => split_rows(&mut request, &PUT_RECORD_BATCH, choose)?,
        ("dynamodb", "BatchWriteItem") => split_writes(&mut request, choose)?,
        _ => return None,
    };
    if rest > 0 {
        return Some(Decision::SplitThenMerge(Split {
            forwarded: to_bytes(request),
            failures,
        }));
    }
    failures
        .merge_into(Map::new())
        .map(|answer| Decision::Answer(complete_answer(call, answer)))
}

/// Takes the failing ones out of `Records`; gives them, and how many are left.
fn split_rows(
    request: &mut Map<String, Value>,
    shape: &'static RowShape,
    choose: impl Fn(usize) -> Option<Vec<bool>>,
) -> Option<(Failures, usize)> {
    let records = request.get_mut("Records")?.as_array_mut()?;
    let failed = choose(records.len())?;
    let mut fails = failed.iter();
    records.retain(|_| fails.next() == Some(&false));
    let rest = records.len();
    Some((Failures::Rows { shape, failed }, rest))
}

/// Takes the failing ones out of `RequestItems`, and tables of which nothing is left; gives them, and how many are
/// left.
fn split_writes(
    request: &mut Map<String, Value>,
    choose: impl Fn(usize) -> Option<Vec<bool>>,
) -> Option<(Failures, usize)> {
    let tables = request.get_mut("RequestItems")?.as_object_mut()?;
    let count = tables.values().filter_map(Value::as_array).map(Vec::len).sum();
    let mut fails = choose(count)?.into_iter();
    let mut failed = Map::new();
    for (table, writes) in tables.iter_mut() {
        let Some(all) = writes.as_array_mut() else {
            continue;
        };
        let (failing, rest) = all
            .drain(..)
            .partition::<Vec<_>, _>(|_| fails.next() == Some(true));
        *all = rest;
        if !failing.is_empty() {
            failed.insert(table.clone(), Value::Array(failing));
        }
    }
    tables.retain(|_, writes| writes.as_array().is_none_or(|writes| !writes.is_empty()));
    let rest = tables.len();
    Some((Failures::Writes(failed), rest))
}

/// Which of `count` entries fail, or `None` when there are none.
fn choose(count: usize, fraction: f64, draw: impl Fn(u64) -> f64) -> Option<Vec<bool>> {
    let mut failed: Vec<bool> = (0..count as u64).map(|entry| draw(entry) < fraction).collect();
    if !failed.contains(&true) {
        let one = (draw(count as u64) * count as f64) as usize;
        *failed.get_mut(one)? = true;
    }
    Some(failed)
}

impl Failures {
    /// Puts the failures into an answer's body, or gives `None` when the body does not fit.
    fn merge_into(self, answer: Map<String, Value>) -> Option<Map<String, Value>> {
        match self {
            Self::Rows { shape, failed } => merge_rows(answer, shape, &failed),
            Self::Writes(failed) => merge_writes(answer, failed),
        }
    }
}

fn merge_rows(
    mut answer: Map<String, Value>,
    shape: &RowShape,
    failed: &[bool],
) -> Option<Map<String, Value>> {
    let answered = match answer.remove(shape.rows).unwrap_or_else(|| json!([])) {
        Value::Array(rows) => rows,
        _ => return None,
    };
    if answered.len() != failed.iter().filter(|failed| !**failed).count() {
        return None;
    }
    let mut answered = answered.into_iter();
    let failure = json!({ "ErrorCode": shape.error_code, "ErrorMessage": shape.error_message });
    let rows: Vec<Value> = failed
        .iter()
        .filter_map(|failed| {
            if *failed {
                Some(failure.clone())
            } else {
                answered.next()
            }
        })
        .collect();
    // The service's own failures are among the rows too.
    let count = rows
        .iter()
        .filter(|row| row.get("ErrorCode").is_some_and(Value::is_string))
        .count();
    answer.insert(shape.failed_count.to_owned(), json!(count));
    answer.insert(shape.rows.to_owned(), Value::Array(rows));
    Some(answer)
}

fn merge_writes(mut answer: Map<String, Value>, failed: Map<String, Value>) -> Option<Map<String, Value>> {
    let unprocessed = answer
        .entry("UnprocessedItems")
        .or_insert_with(|| json!({}))
        .as_object_mut()?;
    for (table, writes) in failed {
        let Value::Array(mut writes) = writes else {
            continue;
        };
        unprocessed
            .entry(table)
            .or_insert_with(|| json!([]))
            .as_array_mut()?
            .append(&mut writes);
    }
    Some(answer)
}

fn complete_answer(call: Call<'_>, body: Map<String, Value>) -> Response<Bytes> {
    let version = if call.service == "dynamodb" {
        "application/x-amz-json-1.0"
    } else {
        "application/x-amz-json-1.1"
    };
    let mut answer = Response::new(to_bytes(body));
    *answer.status_mut() = StatusCode::OK;
    answer
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(version));
    answer
}

fn to_bytes(body: Map<String, Value>) -> Bytes {
    Bytes::from(Value::Object(body).to_string())
}
