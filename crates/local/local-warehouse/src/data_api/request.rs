//! The requests' wire types. Every member is optional: what is missing is found by the checks, which name it.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::error::ApiError;

/// `ExecuteStatement`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Execute {
    pub sql: Option<String>,
    pub client_token: Option<String>,
    pub wait_time_seconds: Option<i64>,
    #[serde(flatten)]
    pub submission: Submission,
}

/// `BatchExecuteStatement`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Batch {
    pub sqls: Option<Vec<String>>,
    pub client_token: Option<String>,
    pub wait_time_seconds: Option<i64>,
    pub execution_mode: Option<String>,
    #[serde(flatten)]
    pub submission: Submission,
}

/// What both have: with the statements, what must be the same when a client token comes again.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Submission {
    pub workgroup_name: Option<String>,
    pub cluster_identifier: Option<String>,
    pub database: Option<String>,
    pub db_user: Option<String>,
    pub secret_arn: Option<String>,
    pub statement_name: Option<String>,
    pub parameters: Option<Vec<Parameter>>,
    pub result_format: Option<String>,
    pub session_id: Option<String>,
    pub session_keep_alive_seconds: Option<i64>,
    pub with_event: Option<bool>,
    /// The statements, of either operation.
    #[serde(skip)]
    pub statements: Vec<String>,
    /// Which of the operations it is.
    #[serde(skip)]
    pub is_batch: bool,
    /// The user that the stand-in's own header names.
    #[serde(skip)]
    pub header_user: Option<String>,
}

impl Submission {
    /// Names and values of the parameters.
    pub(crate) fn parameters(&self) -> Vec<(String, String)> {
        let parameters = self.parameters.iter().flatten();
        parameters
            .map(|parameter| (parameter.name.clone(), parameter.value.clone()))
            .collect()
    }
}

/// A named parameter.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Parameter {
    pub name: String,
    pub value: String,
}

/// `DescribeStatement`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Describe {
    pub id: Option<String>,
    pub wait_time_seconds: Option<i64>,
}

/// `GetStatementResult`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Results {
    pub id: Option<String>,
    pub next_token: Option<String>,
    pub wait_time_seconds: Option<i64>,
}

/// `ListStatements`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct List {
    pub next_token: Option<String>,
    pub max_results: Option<i64>,
    pub statement_name: Option<String>,
    pub status: Option<String>,
    pub database: Option<String>,
    pub workgroup_name: Option<String>,
    pub cluster_identifier: Option<String>,
}

/// `CancelStatement`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Cancel {
    pub id: Option<String>,
}

/// The body in its wire type.
pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    // No body is no members.
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|error| {
        // serde_json's own text may quote the value that it did not expect.
        let (line, column) = (error.line(), error.column());
        ApiError::Serialization(format!(
            "body is not of the request's shape at line {line}, column {column}"
        ))
    })
}
