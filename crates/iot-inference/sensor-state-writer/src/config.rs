//! The function's configuration: the one place that reads the environment.

use dead_letter_store::{BucketName, KeyPrefix};
use function_config::{AwsAccess, Environment, EnvironmentError};
use telemetry_emf::{LevelFilter, MetricsSource};

use crate::limits::{Concurrency, TableName};
use crate::retention::Retention;
use crate::signed_post::GraphqlUrl;

/// The configuration of a deployment.
#[derive(Debug, Clone)]
pub struct Config {
    /// Region, credentials and endpoint.
    pub aws: AwsAccess,
    /// The table of each sensor's latest state.
    pub latest_table: TableName,
    /// The table of every reading.
    pub history_table: TableName,
    /// How long the history keeps a reading.
    pub retention: Retention,
    /// Where subscribers are told of a latest state, if anywhere.
    pub graphql_url: Option<GraphqlUrl>,
    /// How many calls of one kind are made at once.
    pub concurrency: Concurrency,
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
            let latest_table = variables.required("LATEST_TABLE", "a table's name");
            let history_table = variables.required("HISTORY_TABLE", "a table's name");
            let retention = variables.or_default(
                "HISTORY_DAYS",
                "a whole number from 1 to 36500",
                Retention::default,
            );
            let graphql_url = variables.optional("GRAPHQL_URL", "an http or https URL with a path");
            let concurrency = variables.or_default(
                "CONCURRENCY",
                "a whole number from 1 to 256",
                Concurrency::default,
            );
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
                latest_table: latest_table?,
                history_table: history_table?,
                retention: retention?,
                graphql_url: graphql_url?,
                concurrency: concurrency?,
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

    const LEAST: [(&str, &str); 7] = [
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_LAMBDA_FUNCTION_NAME", "sensor-state"),
        ("LATEST_TABLE", "latest"),
        ("HISTORY_TABLE", "history"),
        ("DEAD_LETTER_BUCKET", "letters"),
    ];

    fn read(variables: &[(&str, &str)]) -> Result<Config, EnvironmentError> {
        let find = |name: &str| variables.iter().rev().find(|(variable, _)| *variable == name);
        Config::read(&|name| find(name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_least_configuration_is_filled_with_defaults() {
        let config = read(&LEAST).expect("complete");
        assert_eq!(config.latest_table.as_str(), "latest");
        assert_eq!(config.history_table.as_str(), "history");
        assert_eq!(config.retention.days(), 30);
        assert_eq!(config.graphql_url, None);
        assert_eq!(config.concurrency.get(), 16);
        assert_eq!(config.dead_letters.bucket.as_str(), "letters");
        assert_eq!(config.dead_letters.prefix.as_str(), "dead-letters");
        assert_eq!(config.metrics.namespace, "KinesisAiPatterns");
        assert_eq!(config.metrics.service, "sensor-state");
        assert_eq!(config.log_level, LevelFilter::INFO);
    }

    #[test]
    fn what_is_not_required_can_be_set() {
        let mut variables = LEAST.to_vec();
        variables.extend([
            ("HISTORY_DAYS", "7"),
            ("GRAPHQL_URL", "https://api.example/graphql"),
            ("CONCURRENCY", "4"),
        ]);
        let config = read(&variables).expect("complete");
        assert_eq!(config.retention.days(), 7);
        let url = config.graphql_url.expect("a URL");
        assert_eq!(url.as_str(), "https://api.example/graphql");
        assert_eq!(config.concurrency.get(), 4);
    }

    #[test]
    fn every_problem_is_named_at_once() {
        let mut variables = LEAST.to_vec();
        variables.retain(|(name, _)| *name != "DEAD_LETTER_BUCKET");
        variables.extend([
            ("LATEST_TABLE", "t"),
            ("HISTORY_TABLE", "the history"),
            ("HISTORY_DAYS", "0"),
            ("GRAPHQL_URL", "api.example/graphql"),
            ("CONCURRENCY", "257"),
            ("DEAD_LETTER_PREFIX", "a b"),
            ("LOG_LEVEL", "loud"),
        ]);
        let error = read(&variables).expect_err("eight problems");
        let names: Vec<_> = error
            .problems()
            .iter()
            .map(|problem| problem.variable())
            .collect();
        assert_eq!(
            names,
            [
                "LATEST_TABLE",
                "HISTORY_TABLE",
                "HISTORY_DAYS",
                "GRAPHQL_URL",
                "CONCURRENCY",
                "DEAD_LETTER_BUCKET",
                "DEAD_LETTER_PREFIX",
                "LOG_LEVEL",
            ]
        );
    }
}
