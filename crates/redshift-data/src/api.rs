//! The operations of the Data API that this crate needs, in its own types.

use std::fmt;

use crate::rows::Field;
use crate::warehouse::Submission;

/// The Redshift Data API. Each method is one call without a retry of its own.
pub trait DataApi: Sync {
    /// ExecuteStatement or BatchExecuteStatement.
    fn submit(&self, submission: &Submission) -> impl Future<Output = Result<Accepted, CallError>> + Send;

    /// DescribeStatement.
    fn describe(&self, id: &StatementId) -> impl Future<Output = Result<Description, CallError>> + Send;

    /// GetStatementResult: the page that `next` names, or the first.
    fn result_page(
        &self,
        id: &StatementId,
        next: Option<&str>,
    ) -> impl Future<Output = Result<Page, CallError>> + Send;

    /// CancelStatement.
    fn cancel(&self, id: &StatementId) -> impl Future<Output = Result<(), CallError>> + Send;
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub struct $name(String);

        impl $name {
            /// An id that the service gave.
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            /// As it is sent.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}

id!(
    /// The id of a statement or of a batch.
    StatementId
);

id!(
    /// The id of a session.
    SessionId
);

/// A statement that the service took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The statement.
    pub id: StatementId,
    /// The session that it runs in, where one was opened or named.
    pub session: Option<SessionId>,
}

/// What the service says about a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// How far it is.
    pub state: State,
    /// Why it failed.
    pub error: Option<String>,
    /// The statements of a batch, in its order; none of a statement alone.
    pub statements: Vec<SubStatement>,
}

/// One statement of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubStatement {
    /// How far it is.
    pub state: State,
    /// Why it failed.
    pub error: Option<String>,
}

/// How far a statement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// SUBMITTED, PICKED or STARTED, or a word that is not known yet.
    Running,
    /// FINISHED.
    Finished,
    /// FAILED.
    Failed,
    /// ABORTED: a user stopped it, or the warehouse did.
    Aborted,
}

impl From<&str> for State {
    /// <https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_DescribeStatement.html>
    fn from(status: &str) -> Self {
        match status {
            "FINISHED" => Self::Finished,
            "FAILED" => Self::Failed,
            "ABORTED" => Self::Aborted,
            _ => Self::Running,
        }
    }
}

/// A page of a result.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The columns' names.
    pub columns: Vec<String>,
    /// The rows, each with a field for each column.
    pub rows: Vec<Vec<Field>>,
    /// The name of the next page.
    pub next: Option<String>,
}

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallError {
    /// What that means.
    pub kind: CallErrorKind,
    /// The service's code and words.
    pub reason: String,
}

/// What an error means for the same call made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallErrorKind {
    /// Too many statements, throttled, unavailable, or no answer: the same call may succeed later.
    Retryable,
    /// The same call will never succeed.
    Refused,
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for CallError {}

impl CallError {
    pub(crate) fn refused(reason: impl Into<String>) -> Self {
        Self {
            kind: CallErrorKind::Refused,
            reason: reason.into(),
        }
    }

    pub(crate) fn retryable(reason: impl Into<String>) -> Self {
        Self {
            kind: CallErrorKind::Retryable,
            reason: reason.into(),
        }
    }
}
