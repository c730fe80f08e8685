//! The function's start: configuration, logs, clients, and the loop of the runtime.

use std::time::SystemTime;

use lambda_runtime::{Error, run, service_fn};
use recommendation_api::{Config, DynamoDbState, Handler, PersonalizeRuntime};
use telemetry_emf::{Metrics, start_logs};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let config = Config::from_env()?;
    start_logs(config.log_level);
    let aws = config.aws.sdk_config();
    let personalize = PersonalizeRuntime::new(aws_sdk_personalizeruntime::Client::new(&aws));
    let state = DynamoDbState::new(aws_sdk_dynamodb::Client::new(&aws), &config.state_table);
    let metrics = Metrics::to_stdout(config.metrics.clone());
    let handler = Handler::new(&config, personalize, state, metrics, SystemTime::now);
    run(service_fn(|event| handler.handle(event))).await
}
