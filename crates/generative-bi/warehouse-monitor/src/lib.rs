#![doc = include_str!("../README.md")]

pub mod config;
pub mod handler;

// The pure core.
pub mod queries;
pub mod refresh_status;
pub mod view;

// The edge.
pub mod cursors;
pub mod measuring;

pub use config::Config;
pub use handler::Handler;
