//! The function's start: configuration, logs, client, and the loop of the runtime.

use aws_sdk_redshiftdata::Client;
use lambda_runtime::{Error, run, service_fn};
use redshift_data::{RedshiftDataApi, Warehouse};
use telemetry_emf::start_logs;
use warehouse_migrator::{Config, Handler, Migrator, source};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let config = Config::from_env()?;
    start_logs(config.log_level);
    let api = RedshiftDataApi::new(Client::new(&config.aws.sdk_config()), config.target);
    let migrator = Migrator::new(Warehouse::new(api, fastrand::f64), || fastrand::u64(..));
    let handler = Handler::new(migrator, source::embedded(), config.parameters);
    run(service_fn(|event| handler.handle(event))).await
}
