//! The function's start: configuration, logs, clients, and the loop of the runtime.

use aws_sdk_firehose::Client;
use dead_letter_store::S3DeadLetterStore;
use firehose_writer::{Config, Handler};
use lambda_runtime::{Error, run, service_fn};
use put_many::firehose::PutRecordBatch;
use telemetry_emf::{Metrics, start_logs};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let config = Config::from_env()?;
    start_logs(config.log_level);
    let client = Client::new(&config.aws.sdk_config());
    let archive = PutRecordBatch::new(client, config.delivery_stream.as_str());
    let letters = config.dead_letters.clone();
    let dead_letters = S3DeadLetterStore::new(&config.aws, letters.bucket, letters.prefix, fastrand::f64);
    let metrics = Metrics::to_stdout(config.metrics.clone());
    let handler = Handler::new(archive, dead_letters, metrics, fastrand::f64);
    run(service_fn(|event| handler.handle(event))).await
}
