#![doc = include_str!("../README.md")]

pub mod config;
pub mod handler;

// The pure core: a request in, an answer or a problem out.
pub mod answer;
pub mod arms;
pub mod arn;
pub mod breaker;
pub mod caller;
pub mod catalogue;
pub mod fallback;
pub mod filter_values;
pub mod given;
pub mod invalid;
pub mod json_fields;
pub mod limits;
pub mod options;
pub mod path;
pub mod popular;
pub mod problem;
pub mod query;
pub mod recommended;
pub mod request;
pub mod route;
pub mod sources;
pub mod text;
pub mod unix_time;

// Within the time budget, with what other environments know.
mod asking;
pub mod breakers;
pub mod budget;
pub mod popular_cache;
pub mod refresh;
pub mod serving;

// The edges: API Gateway, Personalize, DynamoDB.
pub mod event;
pub mod personalize;
pub mod response;
pub mod state;

pub use config::Config;
pub use handler::Handler;
pub use personalize::PersonalizeRuntime;
pub use state::DynamoDbState;
