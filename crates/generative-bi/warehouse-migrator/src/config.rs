//! The configuration of function and command: the one place that reads the environment.

use function_config::{AwsAccess, Environment, EnvironmentError};
use redshift_data::{DatabaseName, SecretArn, Target, WorkgroupName};
use telemetry_emf::LevelFilter;

use crate::parameters::Parameters;

/// The configuration of a deployed function.
#[derive(Debug, Clone)]
pub struct Config {
    /// Region, credentials and endpoint.
    pub aws: AwsAccess,
    /// Where the files are applied.
    pub target: Target,
    /// What stands for `${NAME}` in them.
    pub parameters: Parameters,
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
            let secret = variables.optional::<SecretArn>("ADMIN_SECRET_ARN", "a secret's ARN");
            let parameters = variables.or_default(
                "SQL_PARAMETERS",
                "a JSON object of text: names of upper-case letters, values of letters, digits and _ : / . @ + = , -",
                Parameters::default,
            );
            let log_level =
                variables.or_default("LOG_LEVEL", "off, error, warn, info, debug or trace", || {
                    LevelFilter::INFO
                });
            Ok(Self {
                aws: aws?,
                target: Target::workgroup(workgroup?, database?).with_secret(secret?),
                parameters: parameters?,
                log_level: log_level?,
            })
        })
    }
}

/// Region, credentials and endpoint of the command.
///
/// # Errors
/// Names every variable that is missing or not valid.
pub fn aws_access() -> Result<AwsAccess, EnvironmentError> {
    Environment::read(&|name| std::env::var(name).ok(), AwsAccess::read)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: [(&str, &str); 5] = [
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("WORKGROUP_NAME", "generative-bi"),
        ("DATABASE_NAME", "analytics"),
    ];

    fn read(variables: &[(&str, &str)]) -> Result<Config, EnvironmentError> {
        let find = |name: &str| variables.iter().rev().find(|(variable, _)| *variable == name);
        Config::read(&|name| find(name).map(|(_, value)| (*value).to_owned()))
    }

    fn target() -> Target {
        Target::workgroup("generative-bi".parse().unwrap(), "analytics".parse().unwrap())
    }

    #[test]
    fn the_least_configuration_is_filled_with_defaults() {
        let config = read(&LEAST).expect("complete");
        assert_eq!(config.target, target());
        assert_eq!(config.parameters, Parameters::default());
        assert_eq!(config.log_level, LevelFilter::INFO);
    }

    #[test]
    fn secret_and_parameters_are_read() {
        let secret = "arn:aws:secretsmanager:us-east-1:123456789012:secret:admin";
        let mut variables = LEAST.to_vec();
        variables.extend([
            ("ADMIN_SECRET_ARN", secret),
            ("SQL_PARAMETERS", r#"{"STREAM":"orders"}"#),
        ]);
        let config = read(&variables).expect("complete");
        assert_eq!(config.target, target().with_secret(Some(secret.parse().unwrap())));
        assert_eq!(config.parameters.replace("${STREAM}").as_deref(), Ok("orders"));
    }

    #[test]
    fn every_problem_is_named_at_once() {
        let error = read(&[
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("WORKGROUP_NAME", "W"),
            ("ADMIN_SECRET_ARN", "admin"),
            ("SQL_PARAMETERS", r#"{"STREAM":"a'b"}"#),
            ("LOG_LEVEL", "loud"),
        ]);
        let error = error.expect_err("five problems");
        let names: Vec<_> = error
            .problems()
            .iter()
            .map(|problem| problem.variable())
            .collect();
        let expected = [
            "WORKGROUP_NAME",
            "DATABASE_NAME",
            "ADMIN_SECRET_ARN",
            "SQL_PARAMETERS",
            "LOG_LEVEL",
        ];
        assert_eq!(names, expected);
    }
}
