//! The function's configuration: the one place that reads the environment.

use function_config::{AwsAccess, Environment, EnvironmentError};
use redshift_data::{DatabaseName, SecretArn, Target, WorkgroupName};
use telemetry_emf::{LevelFilter, MetricsSource};

use crate::view::StreamingViews;

/// The configuration of a deployment.
#[derive(Debug, Clone)]
pub struct Config {
    /// Region, credentials and endpoint.
    pub aws: AwsAccess,
    /// Where the views are.
    pub target: Target,
    /// The views.
    pub views: StreamingViews,
    /// Where metrics come from.
    pub metrics: MetricsSource,
    /// The least level that is logged.
    pub log_level: LevelFilter,
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
            let workgroup = variables.required::<WorkgroupName>("WORKGROUP_NAME", "a workgroup's name");
            let database = variables.required::<DatabaseName>("DATABASE_NAME", "a database's name");
            let secret = variables.optional::<SecretArn>("SECRET_ARN", "a secret's ARN");
            let views =
                variables.required("STREAMING_VIEWS", "a list of views, such as ingest.order_changes");
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
                target: Target::workgroup(workgroup?, database?).with_secret(secret?),
                views: views?,
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
        ("AWS_LAMBDA_FUNCTION_NAME", "bi-warehouse-monitor"),
        ("WORKGROUP_NAME", "generative-bi"),
        ("DATABASE_NAME", "analytics"),
        ("STREAMING_VIEWS", "ingest.order_changes"),
    ];

    fn read(variables: &[(&str, &str)]) -> Result<Config, EnvironmentError> {
        let find = |name: &str| variables.iter().rev().find(|(variable, _)| *variable == name);
        Config::read(&|name| find(name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_least_configuration_is_filled_with_defaults() {
        let config = read(&LEAST).expect("complete");
        let target = Target::workgroup("generative-bi".parse().unwrap(), "analytics".parse().unwrap());
        assert_eq!(config.target, target);
        assert_eq!(config.views.as_slice().len(), 1);
        assert_eq!(config.metrics.namespace, "KinesisAiPatterns");
        assert_eq!(config.metrics.service, "bi-warehouse-monitor");
        assert_eq!(config.log_level, LevelFilter::INFO);
    }

    #[test]
    fn every_problem_is_named_at_once() {
        let mut variables = LEAST.to_vec();
        variables.retain(|(name, _)| *name != "WORKGROUP_NAME" && *name != "AWS_LAMBDA_FUNCTION_NAME");
        variables.extend([
            ("STREAMING_VIEWS", "orders"),
            ("SECRET_ARN", "secret"),
            ("LOG_LEVEL", "loud"),
        ]);
        let error = read(&variables).expect_err("five problems");
        let names: Vec<_> = error
            .problems()
            .iter()
            .map(|problem| problem.variable())
            .collect();
        let expected = [
            "WORKGROUP_NAME",
            "SECRET_ARN",
            "STREAMING_VIEWS",
            "AWS_LAMBDA_FUNCTION_NAME",
            "LOG_LEVEL",
        ];
        assert_eq!(names, expected);
    }
}
