//! The lines that CloudWatch reads.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod invocation;
mod output;
mod request;
mod specification;
mod warehouse;
