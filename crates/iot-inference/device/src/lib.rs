#![doc = include_str!("../README.md")]
#![allow(clippy::print_stdout, reason = "a command-line tool talks to its user")]

pub mod arguments;
pub mod commands;
pub mod config;
pub mod failure;
pub mod interruption;

// Pure: what devices make.
pub mod entry;
pub mod fleet;
pub mod replay;

// What is kept until it is acknowledged.
pub mod disk;
pub mod store;
pub mod truth;

// Where it goes.
pub mod forwarding;
pub mod kinesis;
pub mod mqtt;
pub mod sink;

// How a device comes by its certificate.
pub mod provisioning;
