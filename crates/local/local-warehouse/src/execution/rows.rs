//! A statement that PostgreSQL runs.

use redshift_sql::Run;
use tokio_postgres::SimpleQueryMessage;

use crate::connection::Connection;
use crate::failure::Failure;
use crate::result_set::ResultSet;
use crate::statements::Outcome;

/// Runs it. The simple protocol gives every value as text, as the Data API wants most of them; the columns' types are
/// asked for beforehand.
pub(super) async fn run(connection: &Connection, run: &Run) -> Result<Outcome, Failure> {
    let client = &connection.client;
    let mut result = None;
    if run.returns_rows {
        let prepared = client.prepare(&run.sql).await?;
        result = Some(ResultSet::begin(client, prepared.columns()).await?);
    }
    let mut changed = 0;
    for message in client.simple_query(&run.sql).await? {
        match (message, &mut result) {
            (SimpleQueryMessage::Row(row), Some(result)) => result.push(&row)?,
            (SimpleQueryMessage::CommandComplete(rows), _) => changed = rows,
            _ => {}
        }
    }
    let rows = i64::try_from(changed).unwrap_or(i64::MAX);
    Ok(Outcome { rows, result })
}
