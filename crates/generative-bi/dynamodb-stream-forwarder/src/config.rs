//! The function's configuration: the one place that reads the environment.

use dead_letter_store::{BucketName, KeyPrefix};
use function_config::{AwsAccess, Environment, EnvironmentError};
use telemetry_emf::{LevelFilter, MetricsSource};

use crate::filter::{ForwardedEvents, ForwardedItems};
use crate::limits::{RecordLimit, StreamName};
use crate::redaction::Redaction;
use crate::rules::Rules;

/// The configuration of a deployment.
#[derive(Debug, Clone)]
pub struct Config {
    /// Region, credentials and endpoint.
    pub aws: AwsAccess,
    /// The stream that changes are put onto.
    pub stream: StreamName,
    /// What is forwarded, and what of it.
    pub rules: Rules,
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
            let stream = variables.required("STREAM_NAME", "a Kinesis stream's name");
            let record_limit = variables.or_default(
                "MAX_RECORD_SIZE_KIB",
                "a whole number from 1 to 10240",
                RecordLimit::default,
            );
            let events = variables.or_default(
                "FORWARDED_EVENTS",
                "INSERT, MODIFY and REMOVE, or some of them, with commas between",
                ForwardedEvents::default,
            );
            let items = variables.or_default(
                "FORWARDED_ITEMS",
                "a JSON object: attributes, each with an array of text, numbers, true, false or null",
                ForwardedItems::default,
            );
            let redaction = variables.or_default(
                "REDACTED_ATTRIBUTES",
                "paths of attributes such as address.street, with commas between",
                Redaction::default,
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
                stream: stream?,
                rules: Rules {
                    events: events?,
                    items: items?,
                    redaction: redaction?,
                    record_limit: record_limit?,
                },
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
    use put_many::kinesis::BYTES_PER_RECORD;

    use super::*;

    const LEAST: [(&str, &str); 6] = [
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_LAMBDA_FUNCTION_NAME", "orders-forwarder"),
        ("STREAM_NAME", "order-changes"),
        ("DEAD_LETTER_BUCKET", "letters"),
    ];

    fn read(variables: &[(&str, &str)]) -> Result<Config, EnvironmentError> {
        let find = |name: &str| variables.iter().rev().find(|(variable, _)| *variable == name);
        Config::read(&|name| find(name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_least_configuration_is_filled_with_defaults() {
        let config = read(&LEAST).expect("complete");
        assert_eq!(config.stream.as_str(), "order-changes");
        assert_eq!(config.rules.events, ForwardedEvents::default());
        assert_eq!(config.rules.items, ForwardedItems::default());
        assert_eq!(config.rules.redaction, Redaction::default());
        assert_eq!(config.rules.record_limit.bytes(), BYTES_PER_RECORD);
        assert_eq!(config.dead_letters.prefix.as_str(), "dead-letters");
        assert_eq!(config.metrics.namespace, "KinesisAiPatterns");
        assert_eq!(config.metrics.service, "orders-forwarder");
        assert_eq!(config.log_level, LevelFilter::INFO);
    }

    #[test]
    fn every_rule_can_be_set() {
        let mut variables = LEAST.to_vec();
        variables.extend([
            ("MAX_RECORD_SIZE_KIB", "2048"),
            ("FORWARDED_EVENTS", "INSERT"),
            ("FORWARDED_ITEMS", r#"{"region":["EMEA"]}"#),
            ("REDACTED_ATTRIBUTES", "note,address.street"),
            ("SERVICE_NAME", "forwarder"),
        ]);
        let config = read(&variables).expect("complete");
        assert_eq!(config.rules.record_limit.bytes(), 2 * BYTES_PER_RECORD);
        assert_eq!(Ok(config.rules.events), "INSERT".parse());
        assert_eq!(Ok(config.rules.items), r#"{"region":["EMEA"]}"#.parse());
        assert_eq!(Ok(config.rules.redaction), "note,address.street".parse());
        assert_eq!(config.metrics.service, "forwarder");
    }

    #[test]
    fn every_problem_is_named_at_once() {
        let mut variables = LEAST.to_vec();
        variables.retain(|(name, _)| *name != "DEAD_LETTER_BUCKET");
        variables.extend([
            ("STREAM_NAME", "order changes"),
            ("MAX_RECORD_SIZE_KIB", "10241"),
            ("FORWARDED_EVENTS", "UPSERT"),
            ("FORWARDED_ITEMS", r#"{"region":"EMEA"}"#),
            ("REDACTED_ATTRIBUTES", "note,"),
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
                "STREAM_NAME",
                "MAX_RECORD_SIZE_KIB",
                "FORWARDED_EVENTS",
                "FORWARDED_ITEMS",
                "REDACTED_ATTRIBUTES",
                "DEAD_LETTER_BUCKET",
                "DEAD_LETTER_PREFIX",
                "LOG_LEVEL",
            ]
        );
    }
}
