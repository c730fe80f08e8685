#![doc = include_str!("../README.md")]

pub mod config;
pub mod handler;

// The pure core: bytes in, calls out.
pub mod call;
pub mod destinations;
pub mod interaction;
pub mod invalid;
pub mod item;
pub mod lane;
pub mod limits;
pub mod properties;
pub mod put_dataset_calls;
pub mod put_events_calls;
pub mod record;
pub mod text;
pub mod user;

// How fast, and how often.
pub mod call_rate;
pub mod delivery;
pub mod share;

// The edge.
pub mod personalize;

pub use config::Config;
pub use delivery::Delivery;
pub use handler::Handler;
pub use personalize::PersonalizeEvents;
