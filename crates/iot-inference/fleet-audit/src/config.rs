//! What the environment and the stack say: the one place that reads them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use function_config::{AwsAccess, Environment, EnvironmentError};

use crate::archive::ArchiveNames;
use crate::reconciliation::ArchiveSource;

/// Region, credentials and endpoint.
///
/// # Errors
/// Names every variable that is missing or not valid.
pub fn aws_access() -> Result<AwsAccess, EnvironmentError> {
    Environment::read(&variable, AwsAccess::read)
}

/// Where devices connect, and with what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broker {
    /// Host and port.
    pub endpoint: String,
    /// Certificates that the broker's has to come from, in PEM.
    pub ca: PathBuf,
    /// The fleet's certificate, in PEM.
    pub certificate: PathBuf,
    /// Its private key, in PEM.
    pub key: PathBuf,
}

/// The broker, as the local cloud, or whoever deployed, names it.
///
/// # Errors
/// Names every variable that is missing.
pub fn broker() -> Result<Broker, EnvironmentError> {
    broker_of(&variable)
}

fn broker_of(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Broker, EnvironmentError> {
    Environment::read(&lookup, |environment| {
        let endpoint = environment.required("IOT_ENDPOINT", "the broker's HOST:PORT");
        let ca = environment.required("IOT_CA", "a file of certificates");
        let certificate = environment.required("IOT_CERTIFICATE", "the file of the fleet's certificate");
        let key = environment.required("IOT_KEY", "the file of its private key");
        Ok(Broker {
            endpoint: endpoint?,
            ca: ca?,
            certificate: certificate?,
            key: key?,
        })
    })
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The command `device`, which stands beside this one.
///
/// # Errors
/// It does not.
pub fn device_command() -> Result<PathBuf, String> {
    let own = std::env::current_exe().map_err(|error| format!("this command's own place: {error}"))?;
    let device = own.with_file_name("device");
    match device.is_file() {
        true => Ok(device),
        false => Err(format!("{} is missing: cargo build -p device", device.display())),
    }
}

/// Where files for a while go.
pub fn temporary_directory() -> PathBuf {
    std::env::temp_dir()
}

/// What the deployed stack is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stack {
    /// The stream of readings.
    pub stream: String,
    /// The table of latest states.
    pub latest_table: String,
    /// The table of the history.
    pub history_table: String,
    /// What `sensor-state-writer` rejects.
    pub state_dead_letters: String,
    /// What `firehose-writer` rejects; none without that function.
    pub archive_dead_letters: Option<String>,
    /// Who fills the archive.
    pub archive_source: ArchiveSource,
    /// The archive's bucket.
    pub archive_bucket: String,
    /// The archive, for queries.
    pub archive: ArchiveNames,
    /// Buckets in which nothing should be, and what they are for.
    pub empty_buckets: Vec<(&'static str, String)>,
    /// The GraphQL API.
    pub graphql_url: Option<String>,
}

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
    #[error("{}: {reason}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
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
        let file = variable("STACK_OUTPUTS").ok_or(StackError::NotDeployed)?;
        Self::read(file.as_ref())
    }

    /// Reads a file of outputs.
    ///
    /// # Errors
    /// The file is missing, or does not name all that is needed.
    pub fn read(file: &Path) -> Result<Self, StackError> {
        let text = std::fs::read(file).map_err(|error| error.to_string());
        text.and_then(|text| Self::parse(&text))
            .map_err(|reason| StackError::Unreadable {
                file: file.to_owned(),
                reason,
            })
    }

    fn parse(text: &[u8]) -> Result<Self, String> {
        let stacks: HashMap<String, HashMap<String, String>> =
            serde_json::from_slice(text).map_err(|error| error.to_string())?;
        Self::of(stacks.get("IotInference").ok_or("no stack IotInference")?)
    }

    /// The stack of these outputs.
    ///
    /// # Errors
    /// Names the output that is missing or cannot be used.
    pub fn of(outputs: &HashMap<String, String>) -> Result<Self, String> {
        let output = |name: &str| outputs.get(name).cloned();
        let required = |name: &str| output(name).ok_or_else(|| format!("no output {name}"));
        let glue_name = |name: &str| {
            let value = required(name)?;
            let plain = !value.is_empty()
                && value
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            plain
                .then_some(value)
                .ok_or_else(|| format!("output {name}: expected letters, digits and underlines"))
        };
        let archive_source = match required("ArchiveSource")?.as_str() {
            "writer" => ArchiveSource::Writer,
            "stream" => ArchiveSource::Stream,
            _ => return Err("output ArchiveSource: expected writer or stream".to_owned()),
        };
        let mut empty_buckets = vec![
            ("the topic rule's errors", required("IngestionErrorBucketName")?),
            (
                "what the state's function never took",
                required("StateOnFailureBucketName")?,
            ),
        ];
        let mut archive_dead_letters = None;
        if archive_source == ArchiveSource::Writer {
            archive_dead_letters = Some(required("ArchiveDeadLetterBucketName")?);
            empty_buckets.push((
                "what the archive's function never took",
                required("ArchiveOnFailureBucketName")?,
            ));
        }
        Ok(Self {
            stream: required("TelemetryStreamName")?,
            latest_table: required("LatestTableName")?,
            history_table: required("HistoryTableName")?,
            state_dead_letters: required("StateDeadLetterBucketName")?,
            archive_dead_letters,
            archive_source,
            archive_bucket: required("ArchiveBucketName")?,
            archive: ArchiveNames {
                workgroup: required("AthenaWorkGroupName")?,
                database: glue_name("ArchiveDatabaseName")?,
                table: glue_name("ArchiveTableName")?,
                view: glue_name("ArchiveViewName")?,
            },
            empty_buckets,
            graphql_url: output("GraphqlUrl"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 14] = [
        "TelemetryStreamName",
        "LatestTableName",
        "HistoryTableName",
        "StateDeadLetterBucketName",
        "ArchiveDeadLetterBucketName",
        "ArchiveSource",
        "ArchiveBucketName",
        "AthenaWorkGroupName",
        "ArchiveDatabaseName",
        "ArchiveTableName",
        "ArchiveViewName",
        "IngestionErrorBucketName",
        "StateOnFailureBucketName",
        "ArchiveOnFailureBucketName",
    ];

    fn outputs() -> HashMap<String, String> {
        let mut outputs: HashMap<_, _> = NAMES.map(|name| (name.to_owned(), name.to_lowercase())).into();
        outputs.insert("ArchiveSource".to_owned(), "writer".to_owned());
        outputs
    }

    #[test]
    fn the_outputs_name_every_hop() {
        let mut outputs = outputs();
        let stack = Stack::of(&outputs).unwrap();
        assert_eq!(stack.stream, "telemetrystreamname");
        assert_eq!(stack.archive.view, "archiveviewname");
        assert_eq!((stack.empty_buckets.len(), stack.graphql_url), (3, None));
        outputs.insert("GraphqlUrl".to_owned(), "http://localhost/graphql".to_owned());
        assert!(Stack::of(&outputs).unwrap().graphql_url.is_some());
    }

    #[test]
    fn firehose_alone_has_no_dead_letters() {
        let mut outputs = outputs();
        outputs.insert("ArchiveSource".to_owned(), "stream".to_owned());
        outputs.remove("ArchiveDeadLetterBucketName");
        outputs.remove("ArchiveOnFailureBucketName");
        let stack = Stack::of(&outputs).unwrap();
        assert_eq!((stack.archive_dead_letters, stack.empty_buckets.len()), (None, 2));
    }

    #[test]
    fn an_output_that_is_missing_or_wrong_is_named() {
        for name in NAMES {
            let mut outputs = outputs();
            outputs.remove(name);
            assert_eq!(Stack::of(&outputs).unwrap_err(), format!("no output {name}"));
        }
        for (name, value) in [("ArchiveSource", "both"), ("ArchiveViewName", "a b; DROP")] {
            let mut outputs = outputs();
            outputs.insert(name.to_owned(), value.to_owned());
            let error = Stack::of(&outputs).unwrap_err();
            assert!(error.starts_with(&format!("output {name}: expected")), "{error}");
        }
        assert_eq!(Stack::parse(b"{}").unwrap_err(), "no stack IotInference");
        assert!(Stack::parse(b"").unwrap_err().contains("EOF"));
    }

    #[test]
    fn every_variable_of_the_broker_that_is_missing_is_named() {
        let error = broker_of(&|name| (name == "IOT_CA").then(|| "ca.pem".to_owned()))
            .unwrap_err()
            .to_string();
        for name in ["IOT_ENDPOINT", "IOT_CERTIFICATE", "IOT_KEY"] {
            assert!(error.contains(&format!("{name} is missing")), "{error}");
        }
        assert!(!error.contains("IOT_CA "), "{error}");
        let broker = broker_of(&|name| Some(name.to_lowercase())).unwrap();
        assert_eq!(
            (broker.endpoint.as_str(), broker.key),
            ("iot_endpoint", PathBuf::from("iot_key"))
        );
    }
}
