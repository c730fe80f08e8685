//! DescribeStatement.

use std::sync::Arc;

use serde_json::{Value, json};

use super::answer::epoch_seconds;
use super::check;
use super::error::ApiError;
use super::request::Describe;
use super::results::{no_such_statement, wait};
use crate::statements::{Part, Statement};
use crate::warehouse::Warehouse;

/// Says how far a statement is, or one statement of a batch.
pub(super) async fn describe(warehouse: &Arc<Warehouse>, request: Describe) -> Result<Value, ApiError> {
    let named = check::statement_id(request.id)?;
    check::wait_time(request.wait_time_seconds)?;
    wait(warehouse, named.id, request.wait_time_seconds).await;
    let described = warehouse
        .statements()
        .read(named.id, |statement| match named.part {
            None => Some(whole(statement)),
            Some(part) => one_of_batch(statement, part),
        })?;
    described.ok_or_else(|| no_such_statement(named))
}

fn whole(statement: &Statement) -> Value {
    let mut answer = shared(statement);
    let (rows, size) = statement.totals();
    answer["Status"] = statement.status.name().into();
    answer["CreatedAt"] = epoch_seconds(statement.created);
    answer["UpdatedAt"] = epoch_seconds(statement.updated);
    answer["Duration"] = statement.duration_nanos().into();
    answer["HasResultSet"] = statement.has_result().into();
    answer["ResultRows"] = rows.into();
    answer["ResultSize"] = size.into();
    if let Some(error) = &statement.error {
        answer["Error"] = error.as_str().into();
    }
    if let Some(name) = &statement.submission.statement_name {
        answer["StatementName"] = name.as_str().into();
    }
    if statement.submission.is_batch {
        let parts = statement.parts.iter().zip(1..);
        answer["SubStatements"] = parts
            .map(|(part, place)| sub_statement(statement, part, place))
            .collect();
    } else if let Some(part) = statement.parts.first() {
        answer["QueryString"] = part.sql.as_str().into();
        answer["RedshiftQueryId"] = part.query_id.into();
    }
    answer
}

fn one_of_batch(statement: &Statement, place: usize) -> Option<Value> {
    let part = statement.parts.get(place.checked_sub(1)?)?;
    let mut answer = sub_statement(statement, part, place);
    if let (Some(answer), Value::Object(shared)) = (answer.as_object_mut(), shared(statement)) {
        for (name, value) in shared {
            answer.entry(name).or_insert(value);
        }
    }
    Some(answer)
}

fn shared(statement: &Statement) -> Value {
    let mut answer = json!({
        "Id": statement.id.to_string(),
        "Database": statement.target.database,
        "DbUser": statement.target.user,
        "WorkgroupName": statement.target.workgroup,
        "RedshiftPid": statement.pid,
        "ResultFormat": "JSON",
    });
    if let Some(secret) = &statement.target.secret_arn {
        answer["SecretArn"] = secret.as_str().into();
    }
    if let Some(session) = statement.target.session {
        answer["SessionId"] = session.to_string().into();
    }
    if let Some(parameters) = &statement.submission.parameters {
        answer["QueryParameters"] = json!(parameters);
    }
    answer
}

fn sub_statement(statement: &Statement, part: &Part, place: usize) -> Value {
    let mut answer = json!({
        "Id": format!("{}:{place}", statement.id),
        "QueryString": part.sql,
        "Status": part.status.name(),
        "CreatedAt": epoch_seconds(part.created),
        "UpdatedAt": epoch_seconds(part.updated),
        "Duration": part.duration_nanos(),
        "HasResultSet": part.result.is_some(),
        "ResultRows": part.rows,
        "ResultSize": part.size,
        "RedshiftQueryId": part.query_id,
    });
    if let Some(error) = &part.error {
        answer["Error"] = error.as_str().into();
    }
    answer
}
