//! The function's start: configuration, logs, clients, and the loop of the runtime.

use aws_sdk_kinesis::Client;
use dead_letter_store::S3DeadLetterStore;
use dynamodb_stream_forwarder::{Config, Handler};
use lambda_runtime::{Error, run, service_fn};
use put_many::kinesis::PutRecords;
use telemetry_emf::{Metrics, start_logs};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let config = Config::from_env()?;
    start_logs(config.log_level);
    let client = Client::new(&config.aws.sdk_config());
    let stream = PutRecords::new(client, config.stream.as_str());
    let stream = stream.with_record_bytes(config.rules.record_limit.bytes());
    let letters = config.dead_letters.clone();
    let dead_letters = S3DeadLetterStore::new(&config.aws, letters.bucket, letters.prefix, fastrand::f64);
    let metrics = Metrics::to_stdout(config.metrics.clone());
    let handler = Handler::new(&config, stream, dead_letters, metrics, fastrand::f64);
    run(service_fn(|event| handler.handle(event))).await
}
