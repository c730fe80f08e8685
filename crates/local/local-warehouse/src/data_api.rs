//! The Redshift Data API: calls as they come over the wire, answers as SDKs read them.

mod answer;
mod cancel;
mod check;
mod describe;
mod error;
mod list;
mod metadata;
mod page;
mod request;
mod results;
mod submit;

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use serde_json::Value;

pub(crate) use self::answer::json_answer;
pub(crate) use self::error::ApiError;
pub(crate) use self::request::Submission;

use crate::warehouse::Warehouse;

/// A header that only the stand-in knows: the database user of a call that names no secret. Against the service it is
/// the identity that signed the call.
pub const USER_HEADER: &str = "x-local-warehouse-user";

/// What stands before an operation's name in `x-amz-target`.
const TARGET_PREFIX: &str = "RedshiftData.";

/// An operation that the stand-in answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Runs one statement.
    ExecuteStatement,
    /// Runs up to 40 statements in one transaction.
    BatchExecuteStatement,
    /// Says how far a statement is.
    DescribeStatement,
    /// Gives a statement's rows.
    GetStatementResult,
    /// Lists statements.
    ListStatements,
    /// Stops a statement.
    CancelStatement,
}

impl Operation {
    /// The operation that a request's `x-amz-target` names, if it is one.
    #[must_use]
    pub fn of<B>(request: &Request<B>) -> Option<Self> {
        let target = request.headers().get("x-amz-target")?.to_str().ok()?;
        match target.strip_prefix(TARGET_PREFIX)? {
            "ExecuteStatement" => Some(Self::ExecuteStatement),
            "BatchExecuteStatement" => Some(Self::BatchExecuteStatement),
            "DescribeStatement" => Some(Self::DescribeStatement),
            "GetStatementResult" => Some(Self::GetStatementResult),
            "ListStatements" => Some(Self::ListStatements),
            "CancelStatement" => Some(Self::CancelStatement),
            _ => None,
        }
    }
}

/// Answers a call; errors too are answers.
pub(crate) async fn answer(warehouse: &Arc<Warehouse>, request: &Request<Bytes>) -> Response<Bytes> {
    match dispatch(warehouse, request).await {
        Ok(body) => json_answer(StatusCode::OK, &body),
        Err(error) => error.into_answer(),
    }
}

async fn dispatch(warehouse: &Arc<Warehouse>, request: &Request<Bytes>) -> Result<Value, ApiError> {
    let operation = Operation::of(request).ok_or(ApiError::UnknownOperation)?;
    let body = request.body();
    match operation {
        Operation::ExecuteStatement => submit::execute(warehouse, request::parse(body)?, user(request)).await,
        Operation::BatchExecuteStatement => {
            submit::batch(warehouse, request::parse(body)?, user(request)).await
        }
        Operation::DescribeStatement => describe::describe(warehouse, request::parse(body)?).await,
        Operation::GetStatementResult => results::results(warehouse, request::parse(body)?).await,
        Operation::ListStatements => list::list(warehouse, request::parse(body)?),
        Operation::CancelStatement => cancel::cancel(warehouse, request::parse(body)?),
    }
}

fn user(request: &Request<Bytes>) -> Option<String> {
    let user = request.headers().get(USER_HEADER)?;
    user.to_str().ok().map(str::to_owned)
}
