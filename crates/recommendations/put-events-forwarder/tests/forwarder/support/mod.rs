//! What the tests have in common: events, a handler over fakes, the stand-in behind the real SDK client.

pub mod aggregate;
pub mod events;
pub mod fakes;
pub mod records;
pub mod stand_in;

use put_events_forwarder::config::Config;
use put_events_forwarder::destinations::Destinations;
use put_events_forwarder::handler::Handler;
use put_events_forwarder::personalize::Personalize;
use stand_ins::personalize::{LOCAL_ITEMS_DATASET_ARN, LOCAL_TRACKING_ID, LOCAL_USERS_DATASET_ARN};
use telemetry_emf::Metrics;

use fakes::Letters;

/// The destinations that the stand-in has.
pub fn destinations() -> Destinations {
    config("100").destinations
}

/// The function over `personalize` and `dead_letters`, with more than the whole quota to itself.
pub fn handler<P: Personalize>(personalize: P, dead_letters: &Letters) -> Handler<P, &Letters> {
    handler_with_share("1000000", personalize, dead_letters)
}

/// The same with a share of the quota, in PutEvents calls a second.
pub fn handler_with_share<'letters, P: Personalize>(
    share: &str,
    personalize: P,
    dead_letters: &'letters Letters,
) -> Handler<P, &'letters Letters> {
    let config = config(share);
    let metrics = Metrics::to(config.metrics.clone(), std::io::sink());
    Handler::new(&config, personalize, dead_letters, metrics, || 0.5)
}

fn config(put_events_per_second: &str) -> Config {
    let lookup = |name: &str| {
        let value = match name {
            "AWS_REGION" => "us-east-1",
            "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => "test",
            "AWS_LAMBDA_FUNCTION_NAME" => "put-events-forwarder",
            "TRACKING_ID" => LOCAL_TRACKING_ID,
            "ITEMS_DATASET_ARN" => LOCAL_ITEMS_DATASET_ARN,
            "USERS_DATASET_ARN" => LOCAL_USERS_DATASET_ARN,
            "DEAD_LETTER_BUCKET" => "letters",
            "PUT_EVENTS_PER_SECOND" => put_events_per_second,
            _ => return None,
        };
        Some(value.to_owned())
    };
    Config::read(&lookup).expect("a complete environment")
}
