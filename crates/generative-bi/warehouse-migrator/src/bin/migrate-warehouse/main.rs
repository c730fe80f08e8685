//! The command: 0 when every file is applied, 1 with the reason when not, 2 for wrong arguments, 3 when some are not yet.
#![allow(clippy::print_stderr, reason = "a command-line tool talks to its user")]

use std::error::Error;
use std::process::ExitCode;

use aws_sdk_redshiftdata::Client;
use clap::Parser;
use redshift_data::{RedshiftDataApi, Warehouse};
use warehouse_migrator::arguments::Arguments;
use warehouse_migrator::command::{self, End};
use warehouse_migrator::{Migrator, config};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(&Arguments::parse()).await {
        Ok(End::UpToDate) => ExitCode::SUCCESS,
        Ok(End::NotYet) => ExitCode::from(3),
        Err(error) => {
            eprintln!("migrate-warehouse: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<End, Box<dyn Error>> {
    let aws = config::aws_access()?;
    let api = RedshiftDataApi::new(Client::new(&aws.sdk_config()), arguments.target());
    let migrator = Migrator::new(Warehouse::new(api, fastrand::f64), || fastrand::u64(..));
    let request = match &arguments.request_id {
        Some(request) => request.clone(),
        None => format!("run-{:016x}", fastrand::u64(..)).parse()?,
    };
    Ok(command::run(arguments, &migrator, &request, &mut std::io::stdout()).await?)
}
