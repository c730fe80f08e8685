//! CancelStatement.

use std::sync::Arc;

use serde_json::{Value, json};

use super::check;
use super::error::ApiError;
use super::request::Cancel;
use super::results::no_such_statement;
use crate::warehouse::Warehouse;

/// Asks a statement to stop. Whether it did in time, its status says.
pub(super) fn cancel(warehouse: &Arc<Warehouse>, request: Cancel) -> Result<Value, ApiError> {
    let named = check::statement_id(request.id)?;
    if named.part.is_some() {
        return Err(no_such_statement(named));
    }
    let status = warehouse.statements().cancel(named.id)?;
    if status.is_final() {
        return Err(ApiError::Validation(format!(
            "Could not cancel a query that is already in {} state with ID: {}",
            status.name(),
            named.id
        )));
    }
    Ok(json!({ "Status": true }))
}
