//! What the tests have in common: events, a handler, Firehose below the real SDK client, dead letters in memory.

pub mod events;
pub mod firehose;
pub mod letters;
pub mod trouble;

use firehose_writer::{Config, Handler};
use put_many::firehose::PutRecordBatch;
use telemetry_emf::Metrics;

use firehose::Firehose;
use letters::Letters;

/// The function over `firehose` and `letters`.
pub fn handler<'letters>(
    firehose: &Firehose,
    letters: &'letters Letters,
) -> Handler<PutRecordBatch, &'letters Letters> {
    let metrics = Metrics::to(config().metrics, std::io::sink());
    Handler::new(firehose.put_record_batch(), letters, metrics, || 0.5)
}

/// A configuration with the variables that must be there.
pub fn config() -> Config {
    let lookup = |name: &str| {
        let value = match name {
            "AWS_REGION" => "us-east-1",
            "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => "test",
            "AWS_LAMBDA_FUNCTION_NAME" => "firehose-writer",
            "DELIVERY_STREAM_NAME" => firehose::STREAM,
            "DEAD_LETTER_BUCKET" => "letters",
            _ => return None,
        };
        Some(value.to_owned())
    };
    Config::read(&lookup).expect("a complete environment")
}
