#![doc = include_str!("../README.md")]

pub mod config;
pub mod handler;

// The pure core: a reading in, items and a mutation out.
pub mod graphql;
pub mod item;
pub mod limits;
pub mod newest_first;
pub mod retention;
pub mod stored_reading;

// The edge.
pub mod advance;
pub mod delivery;
pub mod history;
pub mod latest_state;
pub mod publish_reading;
pub mod signed_post;
pub mod subscribers;

pub use config::Config;
pub use delivery::Sinks;
pub use handler::Handler;
