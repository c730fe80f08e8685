#![doc = include_str!("../README.md")]

pub mod config;
pub mod handler;

// The pure core: a reading in, a line of the archive out.
pub mod archive_line;
pub mod delivery_stream_name;

// The edge.
pub mod delivery;

pub use config::Config;
pub use handler::Handler;
