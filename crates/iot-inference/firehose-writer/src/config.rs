//! The function's configuration: the one place that reads the environment.

use dead_letter_store::{BucketName, KeyPrefix};
use function_config::{AwsAccess, Environment, EnvironmentError};
use telemetry_emf::{LevelFilter, MetricsSource};

use crate::delivery_stream_name::DeliveryStreamName;

/// The configuration of a deployment.
#[derive(Debug, Clone)]
pub struct Config {
    /// Region, credentials and endpoint.
    pub aws: AwsAccess,
    /// The Firehose stream that readings are put into.
    pub delivery_stream: DeliveryStreamName,
    /// Where rejected records go.
    pub dead_letters: DeadLetterPlace,
    /// Where metrics come from.
    pub metrics: MetricsSource,
    /// The least level that is logged.
    pub log_level: LevelFilter,
}

/// Where rejected records go.
#[derive(Debug, Clone)]
pub struct DeadLetterPlace {
    /// The bucket.
    pub bucket: BucketName,
    /// What the keys begin with.
    pub prefix: KeyPrefix,
}

impl Config {
    /// Reads the process's environment.
    ///
    /// # Errors
    /// Names every variable that is missing or not valid.
    pub fn from_env() -> Result<Self, EnvironmentError> {
        Self::read(&|name| std::env::var(name).ok())
    }

    /// Reads the variables that `lookup` finds.
    ///
    /// # Errors
    /// Names every variable that is missing or not valid.
    pub fn read(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Self, EnvironmentError> {
        Environment::read(lookup, |variables| {
            let aws = AwsAccess::read(variables);
            let delivery_stream = variables.required("DELIVERY_STREAM_NAME", "a Firehose stream's name");
            let bucket = variables.required("DEAD_LETTER_BUCKET", "a bucket's name");
            let prefix = variables.or_default("DEAD_LETTER_PREFIX", "a key's beginning", KeyPrefix::default);
            let function = variables.required::<String>("AWS_LAMBDA_FUNCTION_NAME", "the function's name");
            let service = variables.optional("SERVICE_NAME", "a name");
            let namespace = variables.or_default("METRICS_NAMESPACE", "a CloudWatch namespace", || {
                "KinesisAiPatterns".to_owned()
            });
            let log_level =
                variables.or_default("LOG_LEVEL", "off, error, warn, info, debug or trace", || {
                    LevelFilter::INFO
                });
            let function = function?;
            Ok(Self {
                aws: aws?,
                delivery_stream: delivery_stream?,
                dead_letters: DeadLetterPlace {
                    bucket: bucket?,
                    prefix: prefix?,
                },
                metrics: MetricsSource {
                    namespace: namespace?,
                    service: service?.unwrap_or_else(|| function.clone()),
                    function,
                },
                log_level: log_level?,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: [(&str, &str); 6] = [
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_LAMBDA_FUNCTION_NAME", "readings-archive"),
        ("DELIVERY_STREAM_NAME", "readings"),
        ("DEAD_LETTER_BUCKET", "letters"),
    ];

    fn read(variables: &[(&str, &str)]) -> Result<Config, EnvironmentError> {
        let find = |name: &str| variables.iter().rev().find(|(variable, _)| *variable == name);
        Config::read(&|name| find(name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_least_configuration_is_filled_with_defaults() {
        let config = read(&LEAST).expect("complete");
        assert_eq!(config.delivery_stream.as_str(), "readings");
        assert_eq!(config.dead_letters.bucket.as_str(), "letters");
        assert_eq!(config.dead_letters.prefix.as_str(), "dead-letters");
        assert_eq!(config.metrics.namespace, "KinesisAiPatterns");
        assert_eq!(config.metrics.service, "readings-archive");
        assert_eq!(config.log_level, LevelFilter::INFO);
    }

    #[test]
    fn every_problem_is_named_at_once() {
        let mut variables = LEAST.to_vec();
        variables.retain(|(name, _)| *name != "DEAD_LETTER_BUCKET");
        variables.extend([
            ("DELIVERY_STREAM_NAME", "the readings"),
            ("DEAD_LETTER_PREFIX", "a b"),
            ("LOG_LEVEL", "loud"),
        ]);
        let error = read(&variables).expect_err("four problems");
        let names: Vec<_> = error
            .problems()
            .iter()
            .map(|problem| problem.variable())
            .collect();
        assert_eq!(
            names,
            [
                "DELIVERY_STREAM_NAME",
                "DEAD_LETTER_BUCKET",
                "DEAD_LETTER_PREFIX",
                "LOG_LEVEL"
            ]
        );
    }
}
