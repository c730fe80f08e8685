//! Statements for one BatchExecuteStatement call: one transaction.

use crate::alone::runs_alone;
use crate::limits::STATEMENTS_PER_BATCH;
use crate::size::{self, SizeFault};

/// Statements that the service accepts as one transaction, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch(Vec<String>);

/// Why statements cannot be one batch. Places count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BatchError(Fault);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Fault {
    #[error("batch: {0} statements, it takes 1 to {STATEMENTS_PER_BATCH}")]
    Count(usize),
    #[error("statement {place}: {fault}")]
    Size { place: usize, fault: SizeFault },
    #[error("statement {place}: {form} runs alone, not in a batch")]
    Alone { place: usize, form: &'static str },
}

impl Batch {
    /// # Errors
    /// Too few or too many statements, a text that is empty or too long, or a statement that Redshift runs only alone,
    /// with its place.
    pub fn new(statements: Vec<String>) -> Result<Self, BatchError> {
        if !(1..=STATEMENTS_PER_BATCH).contains(&statements.len()) {
            return Err(BatchError(Fault::Count(statements.len())));
        }
        for (index, sql) in statements.iter().enumerate() {
            let place = index + 1;
            size::check(sql).map_err(|fault| BatchError(Fault::Size { place, fault }))?;
            if let Some(form) = runs_alone(sql) {
                return Err(BatchError(Fault::Alone { place, form }));
            }
        }
        Ok(Self(statements))
    }

    /// The statements' texts.
    pub fn statements(&self) -> &[String] {
        &self.0
    }
}

impl BatchError {
    /// Which statement is meant, from 1; none where it is their number.
    pub fn place(&self) -> Option<usize> {
        match self.0 {
            Fault::Count(_) => None,
            Fault::Size { place, .. } | Fault::Alone { place, .. } => Some(place),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::STATEMENT_BYTES;

    fn batch(statements: &[&str]) -> Result<Batch, String> {
        let statements = statements.iter().map(|sql| (*sql).to_owned()).collect();
        Batch::new(statements).map_err(|error| error.to_string())
    }

    #[test]
    fn a_batch_takes_forty_statements() {
        assert!(batch(&["SELECT 1"; STATEMENTS_PER_BATCH]).is_ok());
        let error = batch(&["SELECT 1"; STATEMENTS_PER_BATCH + 1]).expect_err("too many");
        assert_eq!(error, "batch: 41 statements, it takes 1 to 40");
        assert_eq!(
            batch(&[]).expect_err("none"),
            "batch: 0 statements, it takes 1 to 40"
        );
    }

    #[test]
    fn a_statement_is_refused_with_its_place() {
        let long = "x".repeat(STATEMENT_BYTES + 1);
        let cases = [
            ("", "statement 2: empty"),
            (&long, "statement 2: 102401 bytes, the limit is 102400"),
            (
                "REFRESH MATERIALIZED VIEW v",
                "statement 2: REFRESH MATERIALIZED VIEW runs alone, not in a batch",
            ),
            ("VACUUM", "statement 2: VACUUM runs alone, not in a batch"),
            (
                "COMMIT",
                "statement 2: transaction control runs alone, not in a batch",
            ),
        ];
        for (sql, message) in cases {
            assert_eq!(batch(&["SELECT 1", sql]).expect_err(sql), message);
        }
        assert!(batch(&["SELECT 1", &"x".repeat(STATEMENT_BYTES)]).is_ok());
    }

    #[test]
    fn the_place_can_be_read() {
        let statements = vec!["SELECT 1".to_owned(), "VACUUM".to_owned()];
        assert_eq!(Batch::new(statements).expect_err("alone").place(), Some(2));
        assert_eq!(Batch::new(Vec::new()).expect_err("none").place(), None);
    }
}
