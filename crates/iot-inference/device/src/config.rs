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

/// The stack's outputs cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StackError {
    /// There is no file of outputs.
    #[error(
        "STACK_OUTPUTS is missing, expected the path of the stack's outputs; run by `local-cloud up -- …`, name the \
         file of `cdk deploy --outputs-file`, or name the stream with --stream"
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

/// The name of the stream, as the file says that STACK_OUTPUTS names.
///
/// # Errors
/// The variable or the file is missing, or the file does not name the stream.
pub fn stream_of_the_stack() -> Result<String, StackError> {
    let file = std::env::var("STACK_OUTPUTS").map_err(|_| StackError::NotDeployed)?;
    let unreadable = |reason: String| StackError::Unreadable {
        file: file.clone(),
        reason,
    };
    let text = std::fs::read(&file).map_err(|error| unreadable(error.to_string()))?;
    stream(&text).map_err(unreadable)
}

fn stream(text: &[u8]) -> Result<String, String> {
    let stacks: HashMap<String, HashMap<String, String>> =
        serde_json::from_slice(text).map_err(|error| error.to_string())?;
    let outputs = stacks.get("IotInference").ok_or("no stack IotInference")?;
    let stream = outputs.get("TelemetryStreamName").cloned();
    stream.ok_or_else(|| "no output TelemetryStreamName".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outputs_name_the_stream() {
        let text = br#"{"IotInference":{"TelemetryStreamName":"telemetry","More":"m"}}"#;
        assert_eq!(stream(text), Ok("telemetry".to_owned()));
    }

    #[test]
    fn an_output_that_is_missing_is_named() {
        let error = |text: &str| stream(text.as_bytes()).unwrap_err();
        assert_eq!(error("{}"), "no stack IotInference");
        assert_eq!(error(r#"{"IotInference":{}}"#), "no output TelemetryStreamName");
        assert!(error("").contains("EOF"));
    }
}
