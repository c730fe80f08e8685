//! The command: 0 when all adds up, 1 with the reason when not, 2 for what was given wrong, 130 when interrupted.

use std::process::ExitCode;

use aws_sdk_dynamodb::config::retry::RetryConfig;
use clap::Parser;
use fleet_audit::arguments::Arguments;
use fleet_audit::audit::Clients;
use fleet_audit::commands;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let clients = |aws: &function_config::AwsAccess| {
        let retries = RetryConfig::standard().with_max_attempts(8);
        let config = aws.sdk_config().into_builder().retry_config(retries).build();
        // A local cloud has no host name for each bucket.
        let s3 = aws_sdk_s3::config::Builder::from(&config).force_path_style(true);
        Clients {
            athena: aws_sdk_athena::Client::new(&config),
            dynamodb: aws_sdk_dynamodb::Client::new(&config),
            kinesis: aws_sdk_kinesis::Client::new(&config),
            s3: aws_sdk_s3::Client::from_conf(s3.build()),
        }
    };
    commands::run(&Arguments::parse(), clients).await
}
