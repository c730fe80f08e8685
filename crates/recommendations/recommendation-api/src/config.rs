//! The function's configuration: the one place that reads the environment.

use std::num::{NonZeroU8, NonZeroU32};
use std::time::Duration;

use function_config::{AwsAccess, Environment, EnvironmentError};
use telemetry_emf::{LevelFilter, MetricsSource};

use crate::budget::TimeBudget;
use crate::catalogue::{Catalogue, Filters};
use crate::sources::Sources;

/// The configuration of a deployment.
#[derive(Debug, Clone)]
pub struct Config {
    /// Region, credentials and endpoint.
    pub aws: AwsAccess,
    /// The table that environments share their state in.
    pub state_table: String,
    /// Where recommendations come from.
    pub sources: Sources,
    /// What requests may name.
    pub catalogue: Catalogue,
    /// What Personalize and the state store may take.
    pub time_budget: TimeBudget,
    /// When a source is left alone.
    pub breaker: BreakerSettings,
    /// Where metrics come from.
    pub metrics: MetricsSource,
    /// The least level that is logged.
    pub log_level: LevelFilter,
}

/// When a source is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerSettings {
    /// After so many failures in a row.
    pub failures: NonZeroU32,
    /// For so long, until a probe may go.
    pub open_for: Duration,
}

const DEFAULT_FAILURES: NonZeroU32 = NonZeroU32::MIN.saturating_add(4);
/// Of a type that ends before a slip of the pen leaves Personalize alone for a day, in the table of all environments.
const DEFAULT_OPEN_SECONDS: NonZeroU8 = NonZeroU8::MIN.saturating_add(9);

const A_SOURCE: &str = "the ARN of a campaign or a recommender";
const FILTERS: &str = "a JSON object of names and ARNs of filters";

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
            let state_table = variables.required("STATE_TABLE", "a table's name");
            let arms = variables.required(
                "RECOMMENDATION_ARMS",
                "a JSON list of 1 to 10 arms with name, weight and sourceArn",
            );
            let related = variables.optional("RELATED_SOURCE_ARN", A_SOURCE);
            let ranking = variables.optional("RANKING_CAMPAIGN_ARN", "the ARN of a campaign");
            let popular = variables.optional("POPULAR_SOURCE_ARN", A_SOURCE);
            let filters = variables.or_default("FILTERS", FILTERS, Filters::default);
            let promotions = variables.or_default("PROMOTIONS", FILTERS, Filters::default);
            let time_budget = variables.or_default("TIME_BUDGET_MS", "milliseconds from 50 to 4000", || {
                TimeBudget::DEFAULT
            });
            let failures =
                variables.or_default("BREAKER_FAILURES", "a whole number from 1", || DEFAULT_FAILURES);
            let open_seconds =
                variables.or_default("BREAKER_OPEN_SECONDS", "a whole number from 1 to 255", || {
                    DEFAULT_OPEN_SECONDS
                });
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
                state_table: state_table?,
                sources: Sources {
                    arms: arms?,
                    related: related?,
                    ranking: ranking?,
                    popular: popular?,
                },
                catalogue: Catalogue {
                    filters: filters?,
                    promotions: promotions?,
                },
                time_budget: time_budget?,
                breaker: BreakerSettings {
                    failures: failures?,
                    open_for: Duration::from_secs(open_seconds?.get().into()),
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

    const ARMS: &str = r#"[{"name":"control","weight":1,
        "sourceArn":"arn:aws:personalize:us-east-1:000000000000:campaign/user-personalization"}]"#;

    const LEAST: [(&str, &str); 6] = [
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_LAMBDA_FUNCTION_NAME", "shop-recommendation-api"),
        ("STATE_TABLE", "state"),
        ("RECOMMENDATION_ARMS", ARMS),
    ];

    fn read(variables: &[(&str, &str)]) -> Result<Config, EnvironmentError> {
        let find = |name: &str| variables.iter().rev().find(|(variable, _)| *variable == name);
        Config::read(&|name| find(name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_least_configuration_is_filled_with_defaults() {
        let config = read(&LEAST).expect("complete");
        assert_eq!(config.state_table, "state");
        assert_eq!(config.sources.arms.all().len(), 1);
        assert_eq!(config.sources.related, None);
        assert_eq!(config.sources.ranking, None);
        assert_eq!(config.sources.popular, None);
        assert_eq!(config.catalogue, Catalogue::default());
        assert_eq!(config.time_budget.total(), Duration::from_millis(500));
        assert_eq!(config.breaker.failures.get(), 5);
        assert_eq!(config.breaker.open_for, Duration::from_secs(10));
        assert_eq!(config.metrics.namespace, "KinesisAiPatterns");
        assert_eq!(config.metrics.service, "shop-recommendation-api");
        assert_eq!(config.log_level, LevelFilter::INFO);
    }

    #[test]
    fn every_problem_is_named_at_once() {
        let mut variables = LEAST.to_vec();
        variables.retain(|(name, _)| *name != "STATE_TABLE" && *name != "RECOMMENDATION_ARMS");
        let wrong = [
            ("RELATED_SOURCE_ARN", "arn:aws:s3:::items"),
            (
                "RANKING_CAMPAIGN_ARN",
                "arn:aws:personalize:us-east-1:1:recommender/r",
            ),
            ("POPULAR_SOURCE_ARN", "popular"),
            ("FILTERS", "[]"),
            ("PROMOTIONS", r#"{"a":"b"}"#),
            ("TIME_BUDGET_MS", "49"),
            ("BREAKER_FAILURES", "0"),
            ("BREAKER_OPEN_SECONDS", "-1"),
            ("LOG_LEVEL", "loud"),
        ];
        variables.extend(wrong);
        let error = read(&variables).expect_err("eleven problems");
        let names: Vec<_> = error
            .problems()
            .iter()
            .map(|problem| problem.variable())
            .collect();
        let missing = ["STATE_TABLE", "RECOMMENDATION_ARMS"];
        assert_eq!(names, [&missing[..], &wrong.map(|(name, _)| name)].concat());
    }
}
