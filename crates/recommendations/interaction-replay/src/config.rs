//! What the environment and the stack say: the one place that reads them.

use std::collections::HashMap;
use std::path::Path;

use function_config::{AwsAccess, Environment, EnvironmentError};

/// Region, credentials and endpoint. `endpoint` goes before AWS_ENDPOINT_URL.
///
/// # Errors
/// Names every variable that is missing or not valid.
pub fn aws_access(endpoint: Option<&str>) -> Result<AwsAccess, EnvironmentError> {
    let lookup = |name: &str| match (name, endpoint) {
        ("AWS_ENDPOINT_URL", Some(endpoint)) => Some(endpoint.to_owned()),
        _ => std::env::var(name).ok(),
    };
    Environment::read(&lookup, AwsAccess::read)
}

/// What the deployed stack is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stack {
    /// The stream's name.
    pub stream: String,
    /// The bucket of rejected records.
    pub dead_letter_bucket: String,
}

/// The stack's outputs cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StackError {
    /// There is no file of outputs.
    #[error(
        "STACK_OUTPUTS is missing, expected the path of the stack's outputs; run by `local-cloud up -- …`"
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
        let text = std::fs::read(Path::new(&file)).map_err(|error| unreadable(error.to_string()))?;
        Self::parse(&text).map_err(unreadable)
    }

    fn parse(text: &[u8]) -> Result<Self, String> {
        let stacks: HashMap<String, HashMap<String, String>> =
            serde_json::from_slice(text).map_err(|error| error.to_string())?;
        let output = |name: &str| {
            let outputs = stacks.get("Recommendations").ok_or("no stack Recommendations")?;
            outputs
                .get(name)
                .cloned()
                .ok_or_else(|| format!("no output {name}"))
        };
        Ok(Self {
            stream: output("InteractionStreamName")?,
            dead_letter_bucket: output("DeadLetterBucketName")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outputs_name_stream_and_bucket() {
        let text =
            br#"{"Recommendations":{"InteractionStreamName":"s","DeadLetterBucketName":"b","More":"m"}}"#;
        let expected = Stack {
            stream: "s".to_owned(),
            dead_letter_bucket: "b".to_owned(),
        };
        assert_eq!(Stack::parse(text), Ok(expected));
    }

    #[test]
    fn an_output_that_is_missing_is_named() {
        let parse = |text: &str| Stack::parse(text.as_bytes()).expect_err(text);
        assert_eq!(parse("{}"), "no stack Recommendations");
        assert_eq!(
            parse(r#"{"Recommendations":{}}"#),
            "no output InteractionStreamName"
        );
        assert!(parse("").contains("EOF"));
    }
}
