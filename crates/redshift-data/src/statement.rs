//! One statement for ExecuteStatement.

use crate::parameter::Parameter;
use crate::size::{self, SizeFault};

/// A statement that the service accepts, with its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    sql: String,
    parameters: Vec<Parameter>,
}

/// A statement's text is empty or over the limit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("statement: {fault}")]
pub struct StatementError {
    fault: SizeFault,
}

impl Statement {
    /// A statement without parameters.
    ///
    /// # Errors
    /// The text is empty, or longer than [`STATEMENT_BYTES`](crate::limits::STATEMENT_BYTES).
    pub fn new(sql: impl Into<String>) -> Result<Self, StatementError> {
        let sql = sql.into();
        size::check(&sql).map_err(|fault| StatementError { fault })?;
        let parameters = Vec::new();
        Ok(Self { sql, parameters })
    }

    /// The same statement with one more value for a `:name` in its text.
    #[must_use]
    pub fn with(mut self, parameter: Parameter) -> Self {
        self.parameters.push(parameter);
        self
    }

    /// The text.
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// The values of its `:name`s.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::STATEMENT_BYTES;

    #[test]
    fn a_statement_has_a_limit() {
        assert!(Statement::new("x".repeat(STATEMENT_BYTES)).is_ok());
        let error = Statement::new("x".repeat(STATEMENT_BYTES + 1)).expect_err("too long");
        assert_eq!(error.to_string(), "statement: 102401 bytes, the limit is 102400");
        assert_eq!(
            Statement::new(" \n").expect_err("empty").to_string(),
            "statement: empty"
        );
    }
}
