//! PutRecordBatch as it goes over the wire.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod answers;
mod fake_firehose;
mod limits;
