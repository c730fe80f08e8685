//! The function's start: configuration, logs, and the loop of the runtime.

use std::time::SystemTime;

use lambda_runtime::{Error, run, service_fn};
use session_authorizer::{Config, Handler};
use telemetry_emf::{Metrics, start_logs};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let config = Config::from_env()?;
    start_logs(config.log_level);
    let metrics = Metrics::to_stdout(config.metrics.clone());
    let handler = Handler::new(config, metrics, SystemTime::now, random);
    run(service_fn(|event| handler.handle(event))).await
}

fn random() -> Result<[u8; 16], Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}
