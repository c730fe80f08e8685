//! The function's start: configuration, logs, clients, and the loop of the runtime.

use aws_sdk_dynamodb::Client;
use dead_letter_store::S3DeadLetterStore;
use lambda_runtime::{Error, run, service_fn};
use sensor_state_writer::history::history_table;
use sensor_state_writer::latest_state::PutIfNewer;
use sensor_state_writer::publish_reading::PublishReading;
use sensor_state_writer::{Config, Handler, Sinks};
use telemetry_emf::{Metrics, start_logs};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let config = Config::from_env()?;
    start_logs(config.log_level);
    let client = Client::new(&config.aws.sdk_config());
    let publish = |url| PublishReading::new(&config.aws, url, config.aws.http_connector());
    let sinks = Sinks {
        history: history_table(client.clone(), config.history_table.as_str()),
        latest_state: PutIfNewer::new(client, config.latest_table.as_str()),
        subscribers: config.graphql_url.as_ref().map(publish),
    };
    let letters = config.dead_letters.clone();
    let dead_letters = S3DeadLetterStore::new(&config.aws, letters.bucket, letters.prefix, fastrand::f64);
    let metrics = Metrics::to_stdout(config.metrics.clone());
    let handler = Handler::new(&config, sinks, dead_letters, metrics, fastrand::f64);
    run(service_fn(|event| handler.handle(event))).await
}
