//! The crate over a scripted Data API, and through the real SDK client.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod reading;
mod script;
mod submitting;
mod waiting;
mod wire;
