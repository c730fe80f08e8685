//! The function's configuration: the one place that reads the environment.

use std::num::NonZeroU32;

use function_config::{Environment, EnvironmentError};
use telemetry_emf::{LevelFilter, MetricsSource};

use crate::lifetime::Lifetimes;
use crate::origins::AllowedOrigins;
use crate::policy::UsageKeys;
use crate::token::SessionKey;

/// The configuration of a deployment.
#[derive(Debug, Clone)]
pub struct Config {
    /// The key that signs sessions.
    pub session_key: SessionKey,
    /// How long sessions live.
    pub lifetimes: Lifetimes,
    /// Under which keys callers are counted.
    pub usage_keys: UsageKeys,
    /// Whose pages may read the answers.
    pub allowed_origins: AllowedOrigins,
    /// Where metrics come from.
    pub metrics: MetricsSource,
    /// The least level that is logged.
    pub log_level: LevelFilter,
}

/// A day, and an hour.
const DEFAULT_VISITOR: NonZeroU32 = NonZeroU32::MIN.saturating_add(86_399);
const DEFAULT_MEMBER: NonZeroU32 = NonZeroU32::MIN.saturating_add(3_599);

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
            let session_key = variables.required("SESSION_KEY", "a secret of 32 characters or more");
            let visitor = variables.or_default(
                "VISITOR_SESSION_SECONDS",
                "a whole number of seconds from 1",
                || DEFAULT_VISITOR,
            );
            let member = variables.or_default(
                "MEMBER_SESSION_SECONDS",
                "a whole number of seconds from 1",
                || DEFAULT_MEMBER,
            );
            let visitor_key = variables.optional("VISITOR_USAGE_KEY", "the API key of a usage plan");
            let member_key = variables.optional("MEMBER_USAGE_KEY", "the API key of a usage plan");
            let origins = variables.or_default(
                "ALLOWED_ORIGINS",
                "*, or origins such as https://shop.example with commas between them",
                AllowedOrigins::default,
            );
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
                session_key: session_key?,
                lifetimes: Lifetimes {
                    visitor: visitor?,
                    member: member?,
                },
                usage_keys: UsageKeys {
                    visitor: visitor_key?,
                    member: member_key?,
                },
                allowed_origins: origins?,
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

    const LEAST: [(&str, &str); 2] = [
        ("AWS_LAMBDA_FUNCTION_NAME", "shop-session-authorizer"),
        ("SESSION_KEY", "0123456789abcdef0123456789abcdef"),
    ];

    fn read(variables: &[(&str, &str)]) -> Result<Config, EnvironmentError> {
        let find = |name: &str| variables.iter().rev().find(|(variable, _)| *variable == name);
        Config::read(&|name| find(name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_least_configuration_is_filled_with_defaults() {
        let config = read(&LEAST).expect("complete");
        assert_eq!(config.lifetimes.visitor.get(), 86_400);
        assert_eq!(config.lifetimes.member.get(), 3_600);
        assert_eq!(
            (config.usage_keys.visitor, config.usage_keys.member),
            (None, None)
        );
        assert_eq!(config.allowed_origins, AllowedOrigins::Own);
        assert_eq!(config.metrics.namespace, "KinesisAiPatterns");
        assert_eq!(config.metrics.service, "shop-session-authorizer");
        assert_eq!(config.log_level, LevelFilter::INFO);
    }

    #[test]
    fn every_problem_is_named_at_once() {
        let error = read(&[
            ("SESSION_KEY", "0123456789abcdef0123456789abcde"),
            ("VISITOR_SESSION_SECONDS", "0"),
            ("MEMBER_SESSION_SECONDS", "an hour"),
            ("ALLOWED_ORIGINS", "shop.example"),
            ("LOG_LEVEL", "loud"),
        ])
        .expect_err("six problems");
        let names: Vec<_> = error
            .problems()
            .iter()
            .map(|problem| problem.variable())
            .collect();
        assert_eq!(
            names,
            [
                "SESSION_KEY",
                "VISITOR_SESSION_SECONDS",
                "MEMBER_SESSION_SECONDS",
                "ALLOWED_ORIGINS",
                "AWS_LAMBDA_FUNCTION_NAME",
                "LOG_LEVEL",
            ]
        );
    }

    #[test]
    fn no_secret_is_shown() {
        let mut variables = LEAST.to_vec();
        variables.push(("VISITOR_USAGE_KEY", "hunter2"));
        let shown = format!("{:?}", read(&variables).expect("complete"));
        assert!(!shown.contains("hunter2") && !shown.contains("0123"), "{shown}");
    }
}
