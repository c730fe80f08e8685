//! What the tests have in common: events, a handler, DynamoDB and AppSync below the real clients, dead letters in memory.

pub mod appsync;
pub mod dynamodb;
pub mod events;
pub mod faults;
pub mod letters;
pub mod trouble;

use put_many::dynamodb::BatchWriteItem;
use sensor_state_writer::latest_state::PutIfNewer;
use sensor_state_writer::publish_reading::PublishReading;
use sensor_state_writer::{Config, Handler};
use stream_batch::BatchResponse;
use telemetry_emf::Metrics;

use appsync::AppSync;
use dynamodb::DynamoDb;
use letters::Letters;

/// The function as production builds it.
pub type Function<'letters> = Handler<BatchWriteItem, PutIfNewer, PublishReading, &'letters Letters>;

/// The function over `dynamodb` and `letters`; without `appsync` nobody is told of anything.
pub fn handler<'letters>(
    dynamodb: &DynamoDb,
    appsync: Option<&AppSync>,
    letters: &'letters Letters,
) -> Function<'letters> {
    let config = config();
    let metrics = Metrics::to(config.metrics.clone(), std::io::sink());
    Handler::new(&config, dynamodb.sinks(appsync), letters, metrics, || 0.5)
}

/// A configuration with the variables that must be there, and few calls at once.
pub fn config() -> Config {
    let lookup = |name: &str| {
        let value = match name {
            "AWS_REGION" => "us-east-1",
            "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => "test",
            "AWS_LAMBDA_FUNCTION_NAME" => "sensor-state-writer",
            "LATEST_TABLE" => dynamodb::LATEST_TABLE,
            "HISTORY_TABLE" => dynamodb::HISTORY_TABLE,
            "GRAPHQL_URL" => appsync::URL,
            "CONCURRENCY" => "3",
            "DEAD_LETTER_BUCKET" => "letters",
            _ => return None,
        };
        Some(value.to_owned())
    };
    Config::read(&lookup).expect("a complete environment")
}

/// The number that is reported.
pub fn checkpoint(response: &BatchResponse) -> Option<&str> {
    let failures = response.batch_item_failures.first();
    failures.map(|failure| failure.item_identifier.as_str())
}
