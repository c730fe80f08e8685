#![doc = include_str!("../README.md")]

pub mod config;
pub mod handler;

// The pure core: claims in, tokens and decisions out.
pub mod claims;
pub mod cognito;
pub mod join;
pub mod lifetime;
pub mod member;
pub mod method_arn;
pub mod policy;
pub mod session_id;
pub mod token;

// What comes in from API Gateway, and what goes back.
pub mod answer;
pub mod event;
pub mod origins;
pub mod problem;

pub use config::Config;
pub use handler::Handler;
