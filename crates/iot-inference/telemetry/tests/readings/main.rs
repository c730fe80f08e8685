//! What is a reading and what is not.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod errors;
mod order;
mod round_trip;
mod schema;
mod support;
