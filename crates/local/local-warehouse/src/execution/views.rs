//! External schemas and materialized views.

use std::time::SystemTime;

use redshift_sql::{QualifiedName, STAGING, StreamingView};
use tokio_postgres::Client;

use super::plan::Surroundings;
use crate::catalogue;
use crate::connection::{Connection, qualified, quoted};
use crate::failure::Failure;
use crate::ingestion::{self, Refreshed, Requested, create_staging, record_refresh};
use crate::statements::Outcome;

/// `CREATE EXTERNAL SCHEMA … FROM KINESIS`: a schema of this name, without tables.
pub(super) async fn create_external_schema(
    connection: &Connection,
    name: &str,
    if_not_exists: bool,
    iam_role: &str,
) -> Result<Outcome, Failure> {
    let known = "SELECT 1 FROM pg_namespace WHERE nspname = $1";
    let known = connection.client.query_opt(known, &[&name]).await?;
    if if_not_exists && known.is_some() {
        return Ok(Outcome::NOTHING);
    }
    let create = format!("CREATE SCHEMA {}", quoted(name));
    connection.client.batch_execute(&create).await?;
    let keep = async |client: &Client| catalogue::keep_external_schema(client, name, iam_role).await;
    connection.as_admin(keep).await?;
    Ok(Outcome::NOTHING)
}

/// A streaming view: a table with the columns of its query, and the query in the catalogue.
pub(super) async fn create_streaming(
    connection: &Connection,
    in_transaction: bool,
    view: &StreamingView,
) -> Result<Outcome, Failure> {
    let schema = view.external_schema.as_str();
    if !catalogue::is_external_schema(&connection.client, schema).await? {
        return Err(Failure::error(format!(
            "external schema \"{schema}\" does not exist"
        )));
    }
    let columns: Vec<_> = view.columns.iter().map(|column| quoted(column)).collect();
    let create = format!(
        "CREATE TABLE {} ({}) AS {} WITH NO DATA",
        qualified(&view.name),
        columns.join(", "),
        view.select
    );
    let create = async |connection: &Connection| {
        create_staging(&connection.client).await?;
        connection.client.batch_execute(&create).await?;
        // It would be in the way of a second view in the same transaction.
        let drop = format!("DROP TABLE {STAGING}");
        connection.client.batch_execute(&drop).await?;
        let keep = async |client: &Client| catalogue::keep_streaming(client, view).await;
        connection.as_admin(keep).await
    };
    atomically(connection, in_transaction, create).await?;
    Ok(Outcome::NOTHING)
}

/// An ordinary materialized view is PostgreSQL's.
pub(super) async fn create_ordinary(
    connection: &Connection,
    name: &QualifiedName,
    auto_refresh: bool,
    create: &str,
) -> Result<Outcome, Failure> {
    connection.client.batch_execute(create).await?;
    if auto_refresh {
        let keep = async |client: &Client| catalogue::keep_auto_refresh(client, name).await;
        connection.as_admin(keep).await?;
    }
    Ok(Outcome::NOTHING)
}

/// `REFRESH MATERIALIZED VIEW`, by its owner.
pub(super) async fn refresh(
    surroundings: &Surroundings<'_>,
    connection: &Connection,
    name: &QualifiedName,
) -> Result<Outcome, Failure> {
    let requested = Requested::Manually {
        user: surroundings.user.to_owned(),
        pid: connection.pid,
    };
    let started = SystemTime::now();
    let own = &surroundings.warehouse.database;
    let client = own.own().await?;
    if let Some(view) = catalogue::streaming(&client, name).await? {
        must_own(&connection.client, view.relation, name).await?;
        let streams = surroundings.warehouse.streams.as_ref();
        ingestion::refresh(own, streams, &view, &requested, surroundings.cancellation).await?;
        return Ok(Outcome::NOTHING);
    }
    let statement = format!("REFRESH MATERIALIZED VIEW {}", qualified(name));
    let done = connection
        .client
        .batch_execute(&statement)
        .await
        .map_err(Failure::from);
    let refreshed = match &done {
        Ok(()) => Refreshed::FromScratch,
        Err(failure) => Refreshed::Failed(failure.to_string()),
    };
    record_refresh(&client, name, &requested, &refreshed, started).await?;
    done.map(|()| Outcome::NOTHING)
}

/// `DROP MATERIALIZED VIEW`.
pub(super) async fn drop(
    connection: &Connection,
    in_transaction: bool,
    name: &QualifiedName,
    if_exists: bool,
) -> Result<Outcome, Failure> {
    let Some(view) = catalogue::streaming(&connection.client, name).await? else {
        let if_exists = if if_exists { "IF EXISTS " } else { "" };
        let statement = format!("DROP MATERIALIZED VIEW {if_exists}{}", qualified(name));
        connection.client.batch_execute(&statement).await?;
        return Ok(Outcome::NOTHING);
    };
    must_own(&connection.client, view.relation, name).await?;
    let drop = async |connection: &Connection| {
        // A refresh holds the catalogue's row before the table: the same order here.
        let forget = async |client: &Client| catalogue::forget_streaming(client, view.relation).await;
        connection.as_admin(forget).await?;
        let statement = format!("DROP TABLE {}", qualified(name));
        Ok(connection.client.batch_execute(&statement).await?)
    };
    atomically(connection, in_transaction, drop).await?;
    Ok(Outcome::NOTHING)
}

async fn must_own(client: &Client, relation: u32, name: &QualifiedName) -> Result<(), Failure> {
    let query = "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = $1";
    let owns = client.query_opt(query, &[&relation]).await?;
    match owns.map(|row| row.try_get(0)).transpose()? {
        Some(true) => Ok(()),
        _ => Err(Failure::error(format!(
            "must be owner of materialized view {}",
            name.name
        ))),
    }
}

/// Runs several statements as one: in the transaction that is open, or in one of their own.
pub(super) async fn atomically<T>(
    connection: &Connection,
    in_transaction: bool,
    work: impl AsyncFnOnce(&Connection) -> Result<T, Failure>,
) -> Result<T, Failure> {
    if in_transaction {
        return work(connection).await;
    }
    connection.client.batch_execute("BEGIN").await?;
    match work(connection).await {
        Ok(done) => {
            connection.client.batch_execute("COMMIT").await?;
            Ok(done)
        }
        Err(failure) => {
            // When it cannot be rolled back the connection is broken, and the server does it.
            let _ = connection.client.batch_execute("ROLLBACK").await;
            Err(failure)
        }
    }
}
