#![doc = include_str!("../README.md")]

pub mod config;
pub mod handler;

// The pure core: a change in, a record out.
pub mod attribute_value;
pub mod document;
pub mod filter;
pub mod item_change;
pub mod limits;
pub mod members;
pub mod number;
pub mod partition_key;
pub mod plain;
pub mod pointer;
pub mod redaction;
pub mod restore;
pub mod rules;
pub mod text;
pub mod types;

// The edge.
pub mod delivery;

pub use config::Config;
pub use handler::Handler;
