//! The archive, asked by Athena.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_athena::Client;
use aws_sdk_athena::error::DisplayErrorContext;
use aws_sdk_athena::types::{QueryExecutionContext, QueryExecutionState, Row};
use tokio::time::{Instant, sleep};

use crate::archived_reading::{ArchivedReading, COLUMNS};

/// How often a query's state is looked at.
const LOOK: Duration = Duration::from_millis(200);

/// How long a query may take; it is stopped then.
const PATIENCE: Duration = Duration::from_secs(300);

/// Rows that one GetQueryResults call returns, at most.
/// <https://docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryResults.html>
const ROWS_PER_CALL: i32 = 1_000;

/// A row: the columns as text, NULL is none.
pub type Cells = Vec<Option<String>>;

/// The archive cannot be asked, or answers what is no reading.
#[derive(Debug, thiserror::Error)]
#[error("archive: {statement}: {reason}")]
pub struct ArchiveError {
    statement: String,
    reason: String,
}

/// What the archive is called. Names are those of Glue: letters, digits and underlines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveNames {
    /// Athena's workgroup.
    pub workgroup: String,
    /// The database.
    pub database: String,
    /// The table: a line for each delivery of a reading.
    pub table: String,
    /// The view: a row for each reading.
    pub view: String,
}

/// The days of UTC, as 2026-11-25, that are asked for: the first and the last. A query reads no other.
pub type Days = (String, String);

/// Asks the archive.
#[derive(Debug, Clone)]
pub struct Archive {
    client: Client,
    names: ArchiveNames,
}

impl Archive {
    /// The archive of these names.
    pub fn new(client: Client, names: ArchiveNames) -> Self {
        Self { client, names }
    }

    /// The rows of the view.
    ///
    /// # Errors
    /// The query failed, or a row is no reading.
    pub async fn readings(&self, days: &Days) -> Result<Vec<ArchivedReading>, ArchiveError> {
        let statement = select(&COLUMNS.join(", "), &self.names.view, days, "");
        let rows = self.query(&statement).await?;
        let readings = rows.iter().map(|row| ArchivedReading::of(row));
        readings.collect::<Result<_, _>>().map_err(failed(&statement))
    }

    /// How many lines of each reading id there are.
    ///
    /// # Errors
    /// The query failed, or answers something else.
    pub async fn lines(&self, days: &Days) -> Result<BTreeMap<String, usize>, ArchiveError> {
        let grouped = " AND readingid IS NOT NULL GROUP BY readingid";
        let statement = select("readingid, count(*) AS lines", &self.names.table, days, grouped);
        let rows = self.query(&statement).await?;
        let line = |row: &Cells| match &row[..] {
            [Some(id), Some(lines)] => Some((id.clone(), lines.parse().ok()?)),
            _ => None,
        };
        let lines = rows.iter().map(line).collect::<Option<_>>();
        lines.ok_or_else(|| failed(&statement)("expected an id and a number in each row"))
    }

    /// How many rows the view has.
    ///
    /// # Errors
    /// The query failed, or answers something else.
    pub async fn count(&self, days: &Days) -> Result<usize, ArchiveError> {
        let statement = select("count(*) AS readings", &self.names.view, days, "");
        let rows = self.query(&statement).await?;
        let count = match &rows[..] {
            [row] => row
                .first()
                .cloned()
                .flatten()
                .and_then(|count| count.parse().ok()),
            _ => None,
        };
        count.ok_or_else(|| failed(&statement)("expected one number"))
    }

    /// The rows that a statement answers.
    ///
    /// # Errors
    /// It does not run, or takes too long.
    pub async fn query(&self, statement: &str) -> Result<Vec<Cells>, ArchiveError> {
        let answer = self.answer(statement).await;
        answer.map_err(failed(statement))
    }

    async fn answer(&self, statement: &str) -> Result<Vec<Cells>, String> {
        let context = QueryExecutionContext::builder()
            .database(&self.names.database)
            .build();
        let call = self.client.start_query_execution().query_string(statement);
        let call = call
            .query_execution_context(context)
            .work_group(&self.names.workgroup);
        let started = Box::pin(call.send()).await.map_err(|error| told(&error))?;
        let id = started
            .query_execution_id
            .ok_or("Athena did not name the query")?;
        self.succeeded(&id).await?;
        self.rows(&id).await
    }

    async fn succeeded(&self, id: &str) -> Result<(), String> {
        let begin = Instant::now();
        loop {
            let call = self.client.get_query_execution().query_execution_id(id);
            let answer = Box::pin(call.send()).await.map_err(|error| told(&error))?;
            let status = answer.query_execution.and_then(|execution| execution.status);
            let status = status.ok_or("Athena did not say how the query is")?;
            let reason = status.state_change_reason.unwrap_or_default();
            match status.state {
                Some(QueryExecutionState::Succeeded) => return Ok(()),
                Some(QueryExecutionState::Failed) => return Err(format!("failed: {reason}")),
                Some(QueryExecutionState::Cancelled) => return Err(format!("cancelled: {reason}")),
                _ if begin.elapsed() >= PATIENCE => return Err(self.stopped(id).await),
                _ => sleep(LOOK).await,
            }
        }
    }

    async fn stopped(&self, id: &str) -> String {
        let call = self.client.stop_query_execution().query_execution_id(id);
        let stopped = match Box::pin(call.send()).await {
            Ok(_) => "stopped".to_owned(),
            Err(error) => format!("not stopped: {}", told(&error)),
        };
        format!("took more than {} s, {stopped}", PATIENCE.as_secs())
    }

    async fn rows(&self, id: &str) -> Result<Vec<Cells>, String> {
        let (mut rows, mut token) = (Vec::new(), None);
        loop {
            let call = self.client.get_query_results().query_execution_id(id);
            let call = call.max_results(ROWS_PER_CALL).set_next_token(token.take());
            let page = Box::pin(call.send()).await.map_err(|error| told(&error))?;
            let set = page
                .result_set
                .unwrap_or_else(|| aws_sdk_athena::types::ResultSet::builder().build());
            let columns = set.result_set_metadata.and_then(|metadata| metadata.column_info);
            let names: Vec<_> = columns.into_iter().flatten().map(|column| column.name).collect();
            let first = rows.is_empty();
            let mut page_rows: Vec<Cells> = set.rows.into_iter().flatten().map(cells).collect();
            if first && page_rows.first().is_some_and(|row| is_header(row, &names)) {
                page_rows.remove(0);
            }
            rows.append(&mut page_rows);
            token = page.next_token;
            if token.is_none() {
                return Ok(rows);
            }
        }
    }
}

fn cells(row: Row) -> Cells {
    row.data
        .into_iter()
        .flatten()
        .map(|datum| datum.var_char_value)
        .collect()
}

/// The first row of a SELECT's answer has the names of the columns.
fn is_header(row: &Cells, names: &[String]) -> bool {
    row.iter()
        .map(Option::as_deref)
        .eq(names.iter().map(|name| Some(name.as_str())))
}

fn select(columns: &str, from: &str, (first, last): &Days, and: &str) -> String {
    format!("SELECT {columns} FROM {from} WHERE day BETWEEN '{first}' AND '{last}'{and}")
}

fn told(error: &dyn std::error::Error) -> String {
    DisplayErrorContext(error).to_string()
}

fn failed<R: ToString>(statement: &str) -> impl Fn(R) -> ArchiveError {
    let statement = statement.to_owned();
    move |reason| ArchiveError {
        statement: statement.clone(),
        reason: reason.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> Cells {
        cells.iter().map(|cell| Some((*cell).to_owned())).collect()
    }

    #[test]
    fn a_query_names_its_days() {
        let days = ("2026-11-24".to_owned(), "2026-11-25".to_owned());
        assert_eq!(
            select("a, b", "readings", &days, " AND a = 1"),
            "SELECT a, b FROM readings WHERE day BETWEEN '2026-11-24' AND '2026-11-25' AND a = 1"
        );
    }

    #[test]
    fn the_names_of_the_columns_are_no_row() {
        let names = ["readingid".to_owned(), "lines".to_owned()];
        assert!(is_header(&row(&["readingid", "lines"]), &names));
        assert!(!is_header(&row(&["d-1/t/1", "2"]), &names));
        assert!(!is_header(&row(&["readingid"]), &names));
        assert!(!is_header(&vec![None, None], &names));
    }

    #[test]
    fn an_error_names_the_statement() {
        assert_eq!(
            failed("SELECT 1")("failed: no").to_string(),
            "archive: SELECT 1: failed: no"
        );
    }
}
