#![doc = include_str!("../README.md")]

pub mod config;
pub mod handler;

// The pure core: files and history in, what is to run out.
pub mod checksum;
pub mod file_error;
pub mod file_name;
pub mod history;
pub mod migration;
pub mod migrations;
pub mod parameters;
pub mod plan;
pub mod request;
pub mod script;

// The edge.
pub mod custom_resource;
pub mod migrator;
pub mod source;

// The command.
pub mod arguments;
pub mod command;

pub use config::Config;
pub use handler::Handler;
pub use migrator::Migrator;
