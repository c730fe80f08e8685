//! ExecuteStatement and BatchExecuteStatement.

use std::sync::Arc;

use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::epoch_seconds;
use super::check;
use super::error::ApiError;
use super::request::{Batch, Execute, Submission};
use super::results::wait;
use crate::execution;
use crate::parameters;
use crate::statements::{NewStatement, Statement};
use crate::warehouse::Warehouse;

/// Runs one statement.
pub(super) async fn execute(
    warehouse: &Arc<Warehouse>,
    request: Execute,
    user: Option<String>,
) -> Result<Value, ApiError> {
    let submission = Submission {
        statements: vec![check::required(request.sql, "sql")?],
        is_batch: false,
        header_user: user,
        ..request.submission
    };
    submit(
        warehouse,
        submission,
        request.client_token,
        request.wait_time_seconds,
    )
    .await
}

/// Runs statements in one transaction.
pub(super) async fn batch(
    warehouse: &Arc<Warehouse>,
    request: Batch,
    user: Option<String>,
) -> Result<Value, ApiError> {
    match request.execution_mode.as_deref() {
        None | Some("TRANSACTION") => {}
        Some("AUTO_COMMIT") => {
            let reason = "the local warehouse runs a batch as one transaction: leave executionMode out";
            return Err(ApiError::Validation(reason.to_owned()));
        }
        Some(_) => {
            let rule = "Member must satisfy enum value set: [TRANSACTION, AUTO_COMMIT]";
            return Err(ApiError::member("executionMode", rule));
        }
    }
    let submission = Submission {
        statements: check::required(request.sqls, "sqls")?,
        is_batch: true,
        header_user: user,
        ..request.submission
    };
    submit(
        warehouse,
        submission,
        request.client_token,
        request.wait_time_seconds,
    )
    .await
}

async fn submit(
    warehouse: &Arc<Warehouse>,
    submission: Submission,
    client_token: Option<String>,
    wait_time: Option<i64>,
) -> Result<Value, ApiError> {
    check::client_token(client_token.as_deref())?;
    check::wait_time(wait_time)?;
    check::submission(&submission, &warehouse.names.workgroup)?;
    check_parameters(&submission)?;
    let id = register(warehouse, submission, client_token)?;
    wait(warehouse, id, wait_time).await;
    warehouse
        .statements()
        .read(id, |statement| answer(statement, wait_time.is_some()))
}

fn check_parameters(submission: &Submission) -> Result<(), ApiError> {
    let mismatch = parameters::mismatch(&submission.statements, &submission.parameters());
    mismatch.map_or(Ok(()), |text| Err(ApiError::Validation(text)))
}

/// The statement that the token stands for, or a new one.
fn register(
    warehouse: &Arc<Warehouse>,
    submission: Submission,
    client_token: Option<String>,
) -> Result<Uuid, ApiError> {
    let mut statements = warehouse.statements().lock();
    if warehouse.is_stopped() {
        return Err(ApiError::Stopped);
    }
    if let Some(known) = statements.by_token(client_token.as_deref(), &submission)? {
        return Ok(known);
    }
    statements.admit()?;
    let id = Uuid::new_v4();
    let target = warehouse.sessions().enter(id, &submission, &warehouse.names)?;
    let new = NewStatement {
        id,
        submission,
        target,
        client_token,
    };
    statements.insert(new);
    drop(statements);
    warehouse.spawn(execution::run(Arc::clone(warehouse), id));
    Ok(id)
}

fn answer(statement: &Statement, waited: bool) -> Value {
    let mut answer = json!({
        "Id": statement.id.to_string(),
        "CreatedAt": epoch_seconds(statement.created),
        "Database": statement.target.database,
        "DbUser": statement.target.user,
        "WorkgroupName": statement.target.workgroup,
    });
    if let Some(secret) = &statement.target.secret_arn {
        answer["SecretArn"] = secret.as_str().into();
    }
    if let Some(session) = statement.target.session {
        answer["SessionId"] = session.to_string().into();
    }
    if waited {
        answer["Status"] = statement.status.name().into();
        answer["HasResultSet"] = statement.has_result().into();
    }
    answer
}
