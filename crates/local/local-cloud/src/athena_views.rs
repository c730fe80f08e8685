//! Views of the Glue catalogue in Athena's queries, which the emulator's Athena does not look up: a query that names one
//! gets its definition in front, as a common table expression.
//!
//! A view is found by its plain name, in the database of the query's context. One that is written `database.view` is
//! left to the emulator, which does not know it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use crate::endpoint::Services;

const START: &str = "AmazonAthena.StartQueryExecution";

/// How Athena keeps a view's definition in the catalogue.
const PREFIX: &str = "/* Presto View: ";
const SUFFIX: &str = " */";

#[derive(Debug, PartialEq)]
struct View {
    name: String,
    sql: String,
}

/// The request, with the views that its query names put in front of the query.
pub(crate) async fn expand(services: &Services, request: Request<Bytes>) -> Request<Bytes> {
    let starts_query = request
        .headers()
        .get("x-amz-target")
        .is_some_and(|target| target == START);
    if !starts_query {
        return request;
    }
    let Ok(mut body) = serde_json::from_slice::<Value>(request.body()) else {
        return request;
    };
    let database = body.pointer("/QueryExecutionContext/Database").cloned();
    let (Some(query), Some(database)) = (body["QueryString"].as_str(), database) else {
        return request;
    };
    let views = views(services, database).await;
    body["QueryString"] = with_views(query, &views).into();
    request.map(|_| Bytes::from(body.to_string()))
}

async fn views(services: &Services, database: Value) -> Vec<View> {
    let wanted = json!({ "DatabaseName": database });
    let tables = services.ask("glue", "AWSGlue.GetTables", &wanted).await;
    let tables = tables.as_ref().and_then(|tables| tables["TableList"].as_array());
    tables
        .map(|tables| tables.iter().filter_map(View::read).collect())
        .unwrap_or_default()
}

impl View {
    fn read(table: &Value) -> Option<Self> {
        let text = table["ViewOriginalText"].as_str()?;
        let definition = STANDARD
            .decode(text.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?)
            .ok()?;
        let definition: Value = serde_json::from_slice(&definition).ok()?;
        Some(Self {
            name: table["Name"].as_str()?.to_owned(),
            sql: definition["originalSql"].as_str()?.trim().to_owned(),
        })
    }
}

fn with_views(query: &str, views: &[View]) -> String {
    let named: Vec<String> = views
        .iter()
        .filter(|view| names(query, &view.name))
        .map(|view| format!("\"{}\" AS ({})", view.name, view.sql))
        .collect();
    if named.is_empty() {
        return query.to_owned();
    }
    let named = named.join(", ");
    let query = query.trim_start();
    match query.get(..5) {
        Some(with) if with.eq_ignore_ascii_case("with ") => format!("WITH {named}, {}", &query[5..]),
        _ => format!("WITH {named} {query}"),
    }
}

/// Whether the query has the name as a word of its own, in any case.
fn names(query: &str, name: &str) -> bool {
    let part = |character: char| character.is_alphanumeric() || character == '_';
    query
        .split(|character| !part(character))
        .any(|word| word.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view() -> View {
        View {
            name: "readings".to_owned(),
            sql: "SELECT 1 AS a".to_owned(),
        }
    }

    #[test]
    fn a_definition_is_read() {
        let definition = STANDARD.encode(json!({ "originalSql": "SELECT 1 AS a\n" }).to_string());
        let table =
            json!({ "Name": "readings", "ViewOriginalText": format!("/* Presto View: {definition} */") });
        assert_eq!(View::read(&table), Some(view()));
        assert_eq!(View::read(&json!({ "Name": "t" })), None);
        assert_eq!(
            View::read(&json!({ "Name": "t", "ViewOriginalText": "SELECT 1" })),
            None
        );
    }

    #[test]
    fn a_query_gets_the_views_that_it_names() {
        let expanded = |query| with_views(query, &[view()]);
        assert_eq!(
            expanded("SELECT * FROM readings WHERE a = 1"),
            "WITH \"readings\" AS (SELECT 1 AS a) SELECT * FROM readings WHERE a = 1"
        );
        assert_eq!(
            expanded(" with b AS (SELECT * FROM \"READINGS\") SELECT * FROM b"),
            "WITH \"readings\" AS (SELECT 1 AS a), b AS (SELECT * FROM \"READINGS\") SELECT * FROM b"
        );
        let other = "SELECT * FROM raw_readings";
        assert_eq!(expanded(other), other);
    }
}
