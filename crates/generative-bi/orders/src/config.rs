//! What the environment and the stack say: the one place that reads them.

use std::collections::HashMap;

use function_config::{AwsAccess, Environment, EnvironmentError};

/// Region, credentials and endpoint.
///
/// # Errors
/// Names every variable that is missing or not valid.
pub fn aws_access() -> Result<AwsAccess, EnvironmentError> {
    Environment::read(&|name| std::env::var(name).ok(), AwsAccess::read)
}

/// What the deployed stack is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stack {
    /// The table of orders.
    pub table: String,
    /// The stream of their changes.
    pub stream: String,
    /// The warehouse's workgroup.
    pub workgroup: String,
    /// The warehouse's database.
    pub database: String,
}

/// The workgroup of a local cloud, whose stack has none: the emulator does not know them.
const LOCAL_WORKGROUP: &str = "generative-bi";

/// The database of a local cloud.
const LOCAL_DATABASE: &str = "analytics";

/// The stack's outputs cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StackError {
    /// There is no file of outputs.
    #[error(
        "STACK_OUTPUTS is missing, expected the path of the stack's outputs; run by `local-cloud up -- …`, or name \
         the file of `cdk deploy --outputs-file`"
    )]
    NotDeployed,
    /// The file cannot be read, or is not what it should be.
    #[error("{file}: {reason}")]
    Unreadable {
        /// The file.
        file: String,
        /// Why.
        reason: String,
    },
}

impl Stack {
    /// Reads the file that STACK_OUTPUTS names.
    ///
    /// # Errors
    /// The variable or the file is missing, or the file does not name all that is needed.
    pub fn from_env() -> Result<Self, StackError> {
        let file = std::env::var("STACK_OUTPUTS").map_err(|_| StackError::NotDeployed)?;
        let unreadable = |reason: String| StackError::Unreadable {
            file: file.clone(),
            reason,
        };
        let text = std::fs::read(&file).map_err(|error| unreadable(error.to_string()))?;
        Self::parse(&text).map_err(unreadable)
    }

    fn parse(text: &[u8]) -> Result<Self, String> {
        let stacks: HashMap<String, HashMap<String, String>> =
            serde_json::from_slice(text).map_err(|error| error.to_string())?;
        let outputs = stacks.get("GenerativeBi").ok_or("no stack GenerativeBi")?;
        let output = |name: &str| outputs.get(name).cloned();
        let required = |name: &str| output(name).ok_or_else(|| format!("no output {name}"));
        Ok(Self {
            table: required("OrdersTableName")?,
            stream: required("OrderChangeStreamName")?,
            workgroup: output("WorkgroupName").unwrap_or_else(|| LOCAL_WORKGROUP.to_owned()),
            database: output("DatabaseName").unwrap_or_else(|| LOCAL_DATABASE.to_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Stack, String> {
        Stack::parse(text.as_bytes())
    }

    #[test]
    fn the_outputs_name_table_stream_and_warehouse() {
        let text = r#"{"GenerativeBi":{"OrdersTableName":"t","OrderChangeStreamName":"s","WorkgroupName":"w",
            "DatabaseName":"d","More":"m"}}"#;
        let expected = Stack {
            table: "t".to_owned(),
            stream: "s".to_owned(),
            workgroup: "w".to_owned(),
            database: "d".to_owned(),
        };
        assert_eq!(parse(text), Ok(expected));
    }

    #[test]
    fn a_local_stack_has_the_local_warehouse() {
        let stack = parse(r#"{"GenerativeBi":{"OrdersTableName":"t","OrderChangeStreamName":"s"}}"#).unwrap();
        assert_eq!(
            (stack.workgroup.as_str(), stack.database.as_str()),
            ("generative-bi", "analytics")
        );
    }

    #[test]
    fn an_output_that_is_missing_is_named() {
        let error = |text: &str| parse(text).unwrap_err();
        assert_eq!(error("{}"), "no stack GenerativeBi");
        assert_eq!(error(r#"{"GenerativeBi":{}}"#), "no output OrdersTableName");
        let text = r#"{"GenerativeBi":{"OrdersTableName":"t"}}"#;
        assert_eq!(error(text), "no output OrderChangeStreamName");
        assert!(error("").contains("EOF"));
    }
}
