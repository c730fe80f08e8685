//! Dead letters on their way to a bucket.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod failures;
mod fake_s3;
mod letters;
mod objects;
