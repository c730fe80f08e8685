//! What `put_many` promises, against an API that answers as it is told.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod calls;
mod failures;
mod fake_api;
mod order;
mod properties;
mod time;
