//! Why a statement failed, in the words that `DescribeStatement` gives.

use tokio_postgres::error::SqlState;

/// An error of a statement: what PostgreSQL or `redshift-sql` says.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
pub(crate) struct Failure {
    text: String,
    state: Option<SqlState>,
}

impl Failure {
    /// An error in our own words, as the server would put it.
    pub(crate) fn error(message: impl std::fmt::Display) -> Self {
        Self {
            text: format!("ERROR: {message}"),
            state: None,
        }
    }

    /// What keeps a connection from being opened.
    pub(crate) fn fatal(message: impl std::fmt::Display) -> Self {
        Self {
            text: format!("FATAL: {message}"),
            state: None,
        }
    }

    /// The user stopped it.
    pub(crate) fn cancelled() -> Self {
        Self::error("Query cancelled on user's request")
    }

    /// A statement that Redshift runs only by itself.
    pub(crate) fn not_in_transaction(statement: &str) -> Self {
        Self::error(format!("{statement} cannot run inside a transaction block"))
    }

    /// Whether it is a value's fault: an expression raised on it, or the column does not take it.
    pub(crate) fn is_of_data(&self) -> bool {
        let class = self.state.as_ref().map(|state| &state.code()[..2]);
        // Data exceptions, constraints, cardinality, what a function raises.
        matches!(class, Some("21" | "22" | "23" | "P0"))
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(said) = error.as_db_error() else {
            return Self::error(format!("the connection to PostgreSQL failed: {error}"));
        };
        let mut text = format!("{}: {}", said.severity(), said.message());
        if let Some(detail) = said.detail() {
            text.push_str("\n  Detail: ");
            text.push_str(detail);
        }
        Self {
            text,
            state: Some(said.code().clone()),
        }
    }
}

impl From<redshift_sql::Refusal> for Failure {
    fn from(refusal: redshift_sql::Refusal) -> Self {
        Self::error(refusal)
    }
}
