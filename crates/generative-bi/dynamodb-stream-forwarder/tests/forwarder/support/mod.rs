//! What the tests have in common: events, a handler, Kinesis below the real SDK client, dead letters in memory.

pub mod current_state;
pub mod events;
pub mod kinesis;
pub mod letters;

use dynamodb_stream_forwarder::{Config, Handler};
use put_many::kinesis::PutRecords;
use telemetry_emf::Metrics;

use kinesis::Kinesis;
use letters::Letters;

/// The function over `kinesis` and `letters`, with these variables besides those that must be there.
pub fn handler<'letters>(
    kinesis: &Kinesis,
    letters: &'letters Letters,
    variables: &[(&str, &str)],
) -> Handler<PutRecords, &'letters Letters> {
    let config = config(variables);
    let metrics = Metrics::to(config.metrics.clone(), std::io::sink());
    let stream = kinesis
        .put_records()
        .with_record_bytes(config.rules.record_limit.bytes());
    Handler::new(&config, stream, letters, metrics, || 0.5)
}

/// A configuration with these variables besides those that must be there.
pub fn config(variables: &[(&str, &str)]) -> Config {
    let lookup = |name: &str| {
        let set = variables.iter().find(|(variable, _)| *variable == name);
        let value = match name {
            "AWS_REGION" => "us-east-1",
            "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => "test",
            "AWS_LAMBDA_FUNCTION_NAME" => "dynamodb-stream-forwarder",
            "STREAM_NAME" => kinesis::STREAM,
            "DEAD_LETTER_BUCKET" => "letters",
            _ => set?.1,
        };
        Some(value.to_owned())
    };
    Config::read(&lookup).expect("a complete environment")
}
