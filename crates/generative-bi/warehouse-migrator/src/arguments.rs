//! The command line of `migrate-warehouse`.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use redshift_data::{DatabaseName, SecretArn, Target, WorkgroupName};

use crate::parameters::{ParameterError, Parameters};
use crate::request::RequestId;

/// Applies versioned SQL to a Redshift Serverless workgroup, each file once and in order.
#[derive(Debug, Clone, Parser)]
#[command(name = "migrate-warehouse", version)]
pub struct Arguments {
    /// The workgroup's name
    #[arg(long)]
    pub workgroup: WorkgroupName,
    /// The database's name
    #[arg(long)]
    pub database: DatabaseName,
    /// The ARN of a secret with the database user's name and password; the caller's IAM identity without it
    #[arg(long)]
    pub secret_arn: Option<SecretArn>,
    /// A directory of V001__name.sql files; without it, the files that this program was built with
    #[arg(long)]
    pub directory: Option<PathBuf>,
    /// A value for ${NAME} in the files
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = assignment)]
    parameters: Vec<(String, String)>,
    /// The id of a run that was interrupted, to go on with it
    #[arg(long)]
    pub request_id: Option<RequestId>,
    /// How long to wait for the warehouse
    #[arg(long, value_name = "MINUTES", default_value_t = 120)]
    pub minutes: u32,
    /// What to do; applies the files without it
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What else the command can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Shows which files are applied, and applies none
    Status,
}

impl Arguments {
    /// Where the files are applied.
    pub fn target(&self) -> Target {
        Target::workgroup(self.workgroup.clone(), self.database.clone()).with_secret(self.secret_arn.clone())
    }

    /// The values for the files' parameters.
    ///
    /// # Errors
    /// One of them is not valid, or given twice.
    pub fn parameters(&self) -> Result<Parameters, ParameterError> {
        let mut parameters = Parameters::default();
        for (name, value) in &self.parameters {
            parameters.add(name, value)?;
        }
        Ok(parameters)
    }
}

fn assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
        None => Err("expected NAME=VALUE".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: [&str; 5] = [
        "migrate-warehouse",
        "--workgroup",
        "generative-bi",
        "--database",
        "analytics",
    ];

    fn parsed(more: &[&str]) -> Result<Arguments, clap::Error> {
        Arguments::try_parse_from(LEAST.iter().chain(more))
    }

    #[test]
    fn workgroup_and_database_are_enough() {
        let arguments = parsed(&[]).expect("complete");
        assert_eq!(arguments.command, None);
        assert_eq!(arguments.directory, None);
        assert_eq!(arguments.minutes, 120);
        assert_eq!(arguments.parameters(), Ok(Parameters::default()));
        assert!(Arguments::try_parse_from(&LEAST[..3]).is_err());
    }

    #[test]
    fn a_parameter_may_hold_an_equals_sign() {
        let arguments = parsed(&["--parameter", "A=x=y", "--parameter", "B=z", "status"]).expect("complete");
        assert_eq!(arguments.command, Some(Command::Status));
        let parameters = arguments.parameters().expect("valid");
        assert_eq!(parameters.replace("${A} ${B}").as_deref(), Ok("x=y z"));
    }

    #[test]
    fn wrong_arguments_are_refused() {
        for more in [
            &["--parameter", "A"][..],
            &["--request-id", "a b"],
            &["down"],
            &["--secret-arn", "admin"],
        ] {
            assert!(parsed(more).is_err(), "{more:?}");
        }
        let twice = parsed(&["--parameter", "A=x", "--parameter", "A=y"]).expect("complete");
        assert!(twice.parameters().is_err());
    }
}
