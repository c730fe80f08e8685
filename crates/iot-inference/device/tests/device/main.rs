//! The store over crashes, the way to a sink, and the command.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod bound;
mod broker;
mod command;
mod crashes;
mod faulty_disk;
mod fleet_to_sink;
mod greengrass;
mod mqtt;
mod mutual_tls;
mod provisioning;
