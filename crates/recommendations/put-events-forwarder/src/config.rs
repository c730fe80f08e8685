//! The function's configuration: the one place that reads the environment.

use std::num::{NonZeroU32, NonZeroUsize};

use dead_letter_store::{BucketName, KeyPrefix};
use function_config::{AwsAccess, Environment, EnvironmentError};
use telemetry_emf::{LevelFilter, MetricsSource};

use crate::destinations::Destinations;
use crate::share::QuotaShare;

/// The configuration of a deployment.
#[derive(Debug, Clone)]
pub struct Config {
    /// Region, credentials and endpoint.
    pub aws: AwsAccess,
    /// The tracker and the datasets.
    pub destinations: Destinations,
    /// Where rejected records go.
    pub dead_letters: DeadLetterPlace,
    /// This environment's share of Personalize's quotas.
    pub share: QuotaShare,
    /// How many lanes run at once.
    pub lane_concurrency: usize,
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

/// PutEvents calls a second, when not configured: a tenth of the quota.
const DEFAULT_SHARE: NonZeroU32 = NonZeroU32::MIN.saturating_add(99);
const DEFAULT_LANES: NonZeroUsize = NonZeroUsize::MIN.saturating_add(7);

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
            let tracking_id = variables.required("TRACKING_ID", "an event tracker's id");
            let items = variables.optional("ITEMS_DATASET_ARN", "a Personalize dataset's ARN");
            let users = variables.optional("USERS_DATASET_ARN", "a Personalize dataset's ARN");
            let bucket = variables.required("DEAD_LETTER_BUCKET", "a bucket's name");
            let prefix = variables.or_default("DEAD_LETTER_PREFIX", "a key's beginning", KeyPrefix::default);
            let share =
                variables.or_default("PUT_EVENTS_PER_SECOND", "a whole number from 1", || DEFAULT_SHARE);
            let lanes = variables.or_default("LANE_CONCURRENCY", "a whole number from 1", || DEFAULT_LANES);
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
                destinations: Destinations {
                    tracking_id: tracking_id?,
                    items_dataset: items?,
                    users_dataset: users?,
                },
                dead_letters: DeadLetterPlace {
                    bucket: bucket?,
                    prefix: prefix?,
                },
                share: QuotaShare::new(share?),
                lane_concurrency: lanes?.get(),
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
        ("AWS_LAMBDA_FUNCTION_NAME", "shop-put-events-forwarder"),
        ("TRACKING_ID", "tracker"),
        ("DEAD_LETTER_BUCKET", "letters"),
    ];

    fn read(variables: &[(&str, &str)]) -> Result<Config, EnvironmentError> {
        let find = |name: &str| variables.iter().rev().find(|(variable, _)| *variable == name);
        Config::read(&|name| find(name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_least_configuration_is_filled_with_defaults() {
        let config = read(&LEAST).expect("complete");
        assert_eq!(config.destinations.tracking_id.as_str(), "tracker");
        assert_eq!(config.destinations.items_dataset, None);
        assert_eq!(config.dead_letters.prefix.as_str(), "dead-letters");
        assert_eq!(config.share, QuotaShare::new(DEFAULT_SHARE));
        assert_eq!(DEFAULT_SHARE.get(), 100);
        assert_eq!(config.lane_concurrency, 8);
        assert_eq!(config.metrics.namespace, "KinesisAiPatterns");
        assert_eq!(config.metrics.service, "shop-put-events-forwarder");
        assert_eq!(config.log_level, LevelFilter::INFO);
    }

    #[test]
    fn every_problem_is_named_at_once() {
        let mut variables = LEAST.to_vec();
        variables.retain(|(name, _)| *name != "TRACKING_ID" && *name != "DEAD_LETTER_BUCKET");
        variables.extend([
            ("ITEMS_DATASET_ARN", "arn:aws:s3:::items"),
            ("USERS_DATASET_ARN", "users"),
            ("PUT_EVENTS_PER_SECOND", "0"),
            ("LANE_CONCURRENCY", "-1"),
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
                "TRACKING_ID",
                "ITEMS_DATASET_ARN",
                "USERS_DATASET_ARN",
                "DEAD_LETTER_BUCKET",
                "DEAD_LETTER_PREFIX",
                "PUT_EVENTS_PER_SECOND",
                "LANE_CONCURRENCY",
                "LOG_LEVEL",
            ]
        );
    }
}
