//! The warehouse over a real PostgreSQL server.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod append;
mod batches;
mod calls;
mod cancelling;
mod kinesis_sdk;
mod recovery;
mod results;
mod server;
mod sessions;
mod streaming;
mod streams;
mod support;
mod tokens;
mod users;
