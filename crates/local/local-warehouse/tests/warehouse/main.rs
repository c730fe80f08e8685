//! The warehouse over a real PostgreSQL server.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod append;
mod bad_values;
mod batches;
mod calls;
mod cancelling;
mod captures;
mod casts;
mod current_orders;
mod installed;
mod kinesis_sdk;
mod recovery;
mod refresh_times;
mod results;
mod server;
mod sessions;
mod streaming;
mod streams;
mod super_values;
mod support;
mod tokens;
mod tombstones;
mod users;
