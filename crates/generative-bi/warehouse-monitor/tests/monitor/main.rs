//! The function over a warehouse that answers its four queries.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod looking;
mod sql;
mod warehouse;
