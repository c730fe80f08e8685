//! GetStatementResult.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use super::check::{self, StatementId};
use super::error::ApiError;
use super::request::Results;
use super::{metadata, page};
use crate::limits::RESULT_PAGE_ROWS;
use crate::result_set::ResultSet;
use crate::statements::{Statement, Status};
use crate::warehouse::Warehouse;

/// Gives a page of rows.
pub(super) async fn results(warehouse: &Arc<Warehouse>, request: Results) -> Result<Value, ApiError> {
    let named = check::statement_id(request.id)?;
    check::wait_time(request.wait_time_seconds)?;
    wait(warehouse, named.id, request.wait_time_seconds).await;
    let result = warehouse
        .statements()
        .read(named.id, |statement| find(statement, named))??;
    let listing = listing(named);
    let start = page::offset(request.next_token.as_deref(), &listing)?;
    if start > result.rows.len() {
        return Err(ApiError::Validation(
            "NextToken is not one of this listing.".to_owned(),
        ));
    }
    let end = result.rows.len().min(start + RESULT_PAGE_ROWS);
    let records: Vec<Value> = result.rows[start..end]
        .iter()
        .map(|row| row.iter().map(metadata::field).collect())
        .collect();
    let mut answer = json!({
        "Records": records,
        "ColumnMetadata": result.columns.iter().map(metadata::column).collect::<Vec<_>>(),
        "TotalNumRows": result.rows.len(),
    });
    if end < result.rows.len() {
        answer["NextToken"] = page::token(&listing, end).into();
    }
    Ok(answer)
}

/// Waits for a statement's end, at most so many seconds.
pub(super) async fn wait(warehouse: &Warehouse, id: Uuid, seconds: Option<i64>) {
    let seconds = seconds.and_then(|seconds| u64::try_from(seconds).ok());
    let ended = warehouse.statements().ended(id);
    if let (Some(seconds), Some(ended)) = (seconds, ended) {
        // Being late is answered like being in time: with the state that there is.
        let _ = tokio::time::timeout(Duration::from_secs(seconds), ended).await;
    }
}

/// What the service says of an id that it does not know.
pub(super) fn no_such_statement(named: StatementId) -> ApiError {
    ApiError::ResourceNotFound {
        message: "Query does not exist.".to_owned(),
        id: listing(named),
    }
}

fn find(statement: &Statement, named: StatementId) -> Result<Arc<ResultSet>, ApiError> {
    let place = match (named.part, statement.submission.is_batch) {
        (None, true) => {
            let reason =
                "the id of a batch has no result: ask for one statement of it, by the id with its number";
            return Err(ApiError::Validation(reason.to_owned()));
        }
        (place, _) => place.unwrap_or(1),
    };
    let part = place.checked_sub(1).and_then(|place| statement.parts.get(place));
    let part = part.ok_or_else(|| no_such_statement(named))?;
    match (&part.result, statement.status) {
        (Some(result), Status::Finished) => Ok(Arc::clone(result)),
        _ => Err(ApiError::ResourceNotFound {
            message: "Query does not have result. Please check query status with DescribeStatement."
                .to_owned(),
            id: listing(named),
        }),
    }
}

fn listing(named: StatementId) -> String {
    match named.part {
        None => named.id.to_string(),
        Some(part) => format!("{}:{part}", named.id),
    }
}
