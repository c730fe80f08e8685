//! ListStatements.

use std::sync::Arc;

use serde_json::{Value, json};

use super::answer::epoch_seconds;
use super::error::ApiError;
use super::request::List;
use super::{check, page};
use crate::limits::LIST_RESULTS;
use crate::statements::{Statement, Status};
use crate::warehouse::Warehouse;

/// Lists statements, the newest first.
pub(super) fn list(warehouse: &Arc<Warehouse>, request: List) -> Result<Value, ApiError> {
    let most = request.max_results.unwrap_or(*LIST_RESULTS.end());
    check::number(most, &LIST_RESULTS, "maxResults")?;
    // No results at all is no page: the service then takes its own number.
    let most = usize::try_from(most).ok().filter(|most| *most > 0).unwrap_or(100);
    if request.workgroup_name.is_some() || request.cluster_identifier.is_some() {
        let (workgroup, cluster) = (
            request.workgroup_name.as_deref(),
            request.cluster_identifier.as_deref(),
        );
        check::compute(workgroup, cluster, &warehouse.names.workgroup)?;
    }
    let status = status(request.status.as_deref())?;
    let before = page::offset(request.next_token.as_deref(), LISTING)?;
    let before = request.next_token.is_some().then_some(before);
    let mut listed = warehouse.statements().newest_first(before, |statement| {
        let of_name = request.statement_name.as_deref().is_none_or(|prefix| {
            let name = statement.submission.statement_name.as_deref();
            name.is_some_and(|name| name.starts_with(prefix))
        });
        let of_database = request.database.as_deref();
        let of_database = of_database.is_none_or(|database| statement.target.database == database);
        let of_status = status.is_none_or(|status| statement.status == status);
        (of_name && of_database && of_status).then(|| row(statement))
    });
    let mut answer = json!({});
    if listed.len() > most {
        listed.truncate(most);
        // Statements that come meanwhile do not shift the next page: it goes on by place, from the oldest counted.
        let last = listed.last().map_or(0, |(place, _)| *place);
        answer["NextToken"] = page::token(LISTING, last).into();
    }
    answer["Statements"] = listed.into_iter().map(|(_, row)| row).collect();
    Ok(answer)
}

const LISTING: &str = "statements";

/// The status to list; all of them when none is named.
fn status(name: Option<&str>) -> Result<Option<Status>, ApiError> {
    match name {
        None | Some("ALL") => Ok(None),
        Some(name) => Status::of(name).map(Some).ok_or_else(|| {
            let rule = "Member must satisfy enum value set: [SUBMITTED, PICKED, STARTED, FINISHED, ABORTED, FAILED, ALL]";
            ApiError::member("status", rule)
        }),
    }
}

fn row(statement: &Statement) -> Value {
    let mut row = json!({
        "Id": statement.id.to_string(),
        "Status": statement.status.name(),
        "CreatedAt": epoch_seconds(statement.created),
        "UpdatedAt": epoch_seconds(statement.updated),
        "IsBatchStatement": statement.submission.is_batch,
        "ResultFormat": "JSON",
    });
    let texts: Vec<_> = statement.parts.iter().map(|part| part.sql.as_str()).collect();
    if statement.submission.is_batch {
        row["QueryStrings"] = json!(texts);
    } else {
        row["QueryString"] = json!(texts.first());
    }
    if let Some(name) = &statement.submission.statement_name {
        row["StatementName"] = name.as_str().into();
    }
    if let Some(parameters) = &statement.submission.parameters {
        row["QueryParameters"] = json!(parameters);
    }
    if let Some(secret) = &statement.target.secret_arn {
        row["SecretArn"] = secret.as_str().into();
    }
    if let Some(session) = statement.target.session {
        row["SessionId"] = session.to_string().into();
    }
    row
}
