//! The migrator over a Data API that keeps tokens, fails, loses answers and is interrupted.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod applying;
mod command;
mod custom_resource;
mod data_api;
mod embedded;
mod files;
mod resuming;
mod two_at_once;
