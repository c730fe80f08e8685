//! `ALTER TABLE … APPEND FROM`: moves rows between relations whose columns match.
//! <https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_TABLE_APPEND.html>

use redshift_sql::QualifiedName;
use tokio_postgres::Client;

use super::views::atomically;
use crate::connection::{Connection, qualified, quoted};
use crate::failure::Failure;
use crate::statements::Outcome;

/// The statement.
#[derive(Clone, Debug)]
pub(super) struct AppendFrom {
    pub(super) target: QualifiedName,
    pub(super) source: QualifiedName,
    pub(super) fill_target: bool,
    pub(super) ignore_extra: bool,
}

/// A column by name and type.
type Column = (String, String);

impl AppendFrom {
    pub(super) async fn run(&self, connection: &Connection) -> Result<Outcome, Failure> {
        if self.target == self.source {
            return Err(Failure::error(
                "the source and the target of APPEND FROM must differ",
            ));
        }
        let moved = atomically(connection, false, async |connection: &Connection| {
            let client = &connection.client;
            let (source, target) = (qualified(&self.source), qualified(&self.target));
            client
                .batch_execute(&format!("LOCK TABLE {source} IN ACCESS EXCLUSIVE MODE"))
                .await?;
            self.check_target(client).await?;
            let columns = self.common(
                &columns(client, &self.target).await?,
                &columns(client, &self.source).await?,
            )?;
            let insert = format!("INSERT INTO {target} ({columns}) SELECT {columns} FROM {source}");
            let moved = client.execute(&insert, &[]).await?;
            client.batch_execute(&format!("TRUNCATE {source}")).await?;
            Ok(moved)
        });
        let rows = i64::try_from(moved.await?).unwrap_or(i64::MAX);
        Ok(Outcome { rows, result: None })
    }

    /// The source may be a view on a stream, the target is a permanent table.
    async fn check_target(&self, client: &Client) -> Result<(), Failure> {
        // A name without a schema means the temporary table first, and is known as one of public.
        let query = "SELECT c.relkind = 'r', c.relpersistence = 'p', s.relation IS NOT NULL FROM pg_class c \
             JOIN pg_namespace n ON n.oid = c.relnamespace \
             LEFT JOIN redshift_catalog.streaming_views s ON s.relation = c.oid \
             WHERE c.relname = $2 AND (n.nspname = $1 OR $1 = 'public' AND n.oid = pg_my_temp_schema()) \
             ORDER BY n.oid = pg_my_temp_schema() DESC LIMIT 1";
        let (schema, name) = (&self.target.schema, &self.target.name);
        let Some(row) = client.query_opt(query, &[schema, name]).await? else {
            return Err(Failure::error(format!("relation \"{name}\" does not exist")));
        };
        let (is_table, is_permanent, is_streaming) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        let reason = match (is_table, is_permanent, is_streaming) {
            (_, _, true) => "is a materialized view: only the source may be one",
            (false, ..) => "is no table",
            (true, false, false) => "is a temporary table",
            (true, true, false) => return Ok(()),
        };
        Err(Failure::error(format!(
            "the target of APPEND FROM must be a permanent table: \"{name}\" {reason}"
        )))
    }

    /// The columns that both have, if that is all that must be.
    fn common(&self, target: &[Column], source: &[Column]) -> Result<String, Failure> {
        let missing = |of: &[Column], from: &[Column]| {
            let missing = from
                .iter()
                .find(|(name, _)| of.iter().all(|(other, _)| other != name));
            missing.map(|(name, _)| name.clone())
        };
        if let Some(name) = missing(target, source).filter(|_| !self.ignore_extra) {
            let target = &self.target.name;
            return Err(Failure::error(format!(
                "column \"{name}\" is not in \"{target}\": use IGNOREEXTRA"
            )));
        }
        if let Some(name) = missing(source, target).filter(|_| !self.fill_target) {
            let source = &self.source.name;
            return Err(Failure::error(format!(
                "column \"{name}\" is not in \"{source}\": use FILLTARGET"
            )));
        }
        let both = target.iter().filter_map(|(name, of)| {
            let (_, other) = source.iter().find(|(other, _)| other == name)?;
            Some((name, of, other))
        });
        let mut columns = Vec::new();
        for (name, of, other) in both {
            if of != other {
                let text = format!("column \"{name}\" is {of} in the target and {other} in the source");
                return Err(Failure::error(text));
            }
            columns.push(quoted(name));
        }
        if columns.is_empty() {
            return Err(Failure::error(
                "the source and the target have no column in common",
            ));
        }
        Ok(columns.join(", "))
    }
}

async fn columns(client: &Client, of: &QualifiedName) -> Result<Vec<Column>, Failure> {
    let query = "SELECT a.attname::text, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a \
         JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";
    let rows = client.query(query, &[&of.schema, &of.name]).await?;
    if rows.is_empty() {
        return Err(Failure::error(format!("relation \"{}\" does not exist", of.name)));
    }
    rows.iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(target: &str, source: &str, options: &str, expected: Result<&str, &str>) {
        let columns = |text: &str| -> Vec<Column> {
            let columns = text
                .split_whitespace()
                .filter_map(|column| column.split_once(':'));
            columns
                .map(|(name, of)| (name.to_owned(), of.to_owned()))
                .collect()
        };
        let name = |name: &str| QualifiedName {
            schema: "public".to_owned(),
            name: name.to_owned(),
        };
        let append = AppendFrom {
            target: name("t"),
            source: name("s"),
            fill_target: options.contains("FILLTARGET"),
            ignore_extra: options.contains("IGNOREEXTRA"),
        };
        match (append.common(&columns(target), &columns(source)), expected) {
            (Ok(got), Ok(expected)) => assert_eq!(got, expected),
            (Err(failure), Err(part)) => assert!(failure.to_string().contains(part), "{failure}"),
            (got, _) => panic!("{got:?}"),
        }
    }

    #[test]
    fn columns_match_by_name_and_type() {
        check("a:int b:text", "b:text a:int", "", Ok("\"a\", \"b\""));
        check("a:int", "a:bigint", "", Err("int in the target"));
        check("a:int b:text", "a:int", "", Err("FILLTARGET"));
        check("a:int b:text", "a:int", "FILLTARGET", Ok("\"a\""));
        check("a:int", "a:int b:text", "", Err("IGNOREEXTRA"));
        check("a:int", "a:int b:text", "IGNOREEXTRA", Ok("\"a\""));
        check("a:int", "b:text", "FILLTARGET IGNOREEXTRA", Err("in common"));
    }
}
