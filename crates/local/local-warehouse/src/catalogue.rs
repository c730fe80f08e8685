//! The warehouse's own catalogue: `catalogue.sql` has its tables.

use redshift_sql::{QualifiedName, StreamingView};
use tokio_postgres::{Client, Row};

use crate::failure::Failure;

/// Creates what is not there yet.
const CATALOGUE: &str = include_str!("catalogue.sql");

/// A streaming view as it was defined.
#[derive(Clone, Debug)]
pub(crate) struct Streaming {
    pub(crate) relation: u32,
    pub(crate) name: QualifiedName,
    pub(crate) external_schema: String,
    pub(crate) stream: String,
    pub(crate) columns: Vec<String>,
    pub(crate) query: String,
}

/// Brings a database's catalogue and Redshift's functions into being.
pub(crate) async fn install(client: &Client) -> Result<(), Failure> {
    client.batch_execute(CATALOGUE).await?;
    client.batch_execute(redshift_sql::SUPPORT_SQL).await?;
    Ok(())
}

/// The settings that a user's sessions begin with.
pub(crate) async fn settings_of(client: &Client, user: &str) -> Result<Vec<(String, String)>, Failure> {
    let query = "SELECT name, value FROM redshift_catalog.user_settings WHERE user_name = $1 ORDER BY name";
    let rows = client.query(query, &[&user]).await?;
    rows.iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect()
}

/// Keeps a setting for a user's later sessions.
pub(crate) async fn keep_setting(
    client: &Client,
    user: &str,
    name: &str,
    value: &str,
) -> Result<(), Failure> {
    let known = client
        .query_opt("SELECT 1 FROM pg_roles WHERE rolname = $1", &[&user])
        .await?;
    if known.is_none() {
        return Err(Failure::error(format!("user \"{user}\" does not exist")));
    }
    let keep = "INSERT INTO redshift_catalog.user_settings VALUES ($1, $2, $3) \
                ON CONFLICT (user_name, name) DO UPDATE SET value = excluded.value";
    client.execute(keep, &[&user, &name, &value]).await?;
    Ok(())
}

/// Whether this schema stands for a Kinesis account.
pub(crate) async fn is_external_schema(client: &Client, name: &str) -> Result<bool, Failure> {
    let query = "SELECT 1 FROM redshift_catalog.external_schemas e JOIN pg_namespace n ON n.oid = e.namespace \
                 WHERE n.nspname = $1";
    Ok(client.query_opt(query, &[&name]).await?.is_some())
}

/// Keeps that a schema, which is there, stands for a Kinesis account.
pub(crate) async fn keep_external_schema(client: &Client, name: &str, iam_role: &str) -> Result<(), Failure> {
    let keep = "INSERT INTO redshift_catalog.external_schemas \
                SELECT oid, $2 FROM pg_namespace WHERE nspname = $1";
    client.execute(keep, &[&name, &iam_role]).await?;
    Ok(())
}

/// Keeps the definition of a streaming view whose table is there.
pub(crate) async fn keep_streaming(client: &Client, view: &StreamingView) -> Result<(), Failure> {
    let keep = "INSERT INTO redshift_catalog.streaming_views \
                SELECT c.oid, $3, $4, $5, $6, $7 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
                WHERE n.nspname = $1 AND c.relname = $2";
    client
        .execute(
            keep,
            &[
                &view.name.schema,
                &view.name.name,
                &view.external_schema,
                &view.stream,
                &view.columns,
                &view.select,
                &view.auto_refresh,
            ],
        )
        .await?;
    Ok(())
}

/// Keeps that an ordinary materialized view, which is there, refreshes itself.
pub(crate) async fn keep_auto_refresh(client: &Client, name: &QualifiedName) -> Result<(), Failure> {
    let keep = "INSERT INTO redshift_catalog.auto_refreshed_views \
                SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
                WHERE n.nspname = $1 AND c.relname = $2";
    client.execute(keep, &[&name.schema, &name.name]).await?;
    Ok(())
}

/// Forgets a streaming view's definition and how far it has read.
pub(crate) async fn forget_streaming(client: &Client, relation: u32) -> Result<(), Failure> {
    for table in ["streaming_views", "checkpoints"] {
        let forget = format!("DELETE FROM redshift_catalog.{table} WHERE relation = $1");
        client.execute(&forget, &[&relation]).await?;
    }
    Ok(())
}

const STREAMING: &str = "SELECT c.oid, n.nspname::text, c.relname::text, s.external_schema, s.stream, s.columns, s.query \
     FROM redshift_catalog.streaming_views s JOIN pg_class c ON c.oid = s.relation \
     JOIN pg_namespace n ON n.oid = c.relnamespace";

/// The streaming view of this name, if it is one.
pub(crate) async fn streaming(client: &Client, name: &QualifiedName) -> Result<Option<Streaming>, Failure> {
    let query = format!("{STREAMING} WHERE n.nspname = $1 AND c.relname = $2");
    let row = client.query_opt(&query, &[&name.schema, &name.name]).await?;
    row.as_ref().map(read_streaming).transpose()
}

/// The streaming views that refresh themselves, or all.
pub(crate) async fn all_streaming(client: &Client, only_auto: bool) -> Result<Vec<Streaming>, Failure> {
    let query = format!("{STREAMING} WHERE s.auto_refresh OR NOT $1 ORDER BY 2, 3");
    let rows = client.query(&query, &[&only_auto]).await?;
    rows.iter().map(read_streaming).collect()
}

fn read_streaming(row: &Row) -> Result<Streaming, Failure> {
    Ok(Streaming {
        relation: row.try_get(0)?,
        name: QualifiedName {
            schema: row.try_get(1)?,
            name: row.try_get(2)?,
        },
        external_schema: row.try_get(3)?,
        stream: row.try_get(4)?,
        columns: row.try_get(5)?,
        query: row.try_get(6)?,
    })
}

/// The ordinary materialized views that refresh themselves.
pub(crate) async fn auto_refreshed(client: &Client) -> Result<Vec<QualifiedName>, Failure> {
    let query = "SELECT n.nspname::text, c.relname::text FROM redshift_catalog.auto_refreshed_views a \
                 JOIN pg_class c ON c.oid = a.relation JOIN pg_namespace n ON n.oid = c.relnamespace";
    let rows = client.query(query, &[]).await?;
    let names = rows.iter().map(|row| {
        Ok(QualifiedName {
            schema: row.try_get(0)?,
            name: row.try_get(1)?,
        })
    });
    names.collect()
}
