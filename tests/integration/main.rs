//! The pipelines with their real binaries on the local cloud: what was sent is counted, by id, in what the sinks hold.
//!
//! Every test starts a cloud of its own. They run one after the other, since each wants the whole machine.

// A test fails by panicking, its support too.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod caller;
mod changes;
mod collector;
mod commands;
mod faults;
mod fleet;
mod harness;
mod migrations;
mod outages;
mod real_data;
mod recommendation_api;
mod resharding;
mod sensor_state;
mod statements;
