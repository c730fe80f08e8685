#![doc = include_str!("../README.md")]

mod api;
mod backoff;
mod borrowed;
mod deliveries;
#[cfg(feature = "dynamodb")]
pub mod dynamodb;
#[cfg(feature = "firehose")]
pub mod firehose;
#[cfg(feature = "kinesis")]
pub mod kinesis;
mod ledger;
mod policy;
mod put;
mod schedule;

pub use api::{BatchApi, CallError, Failure, Limits, Verdict};
pub use backoff::Backoff;
pub use borrowed::Borrowed;
pub use deliveries::{Cause, Deliveries, Outcome, Undelivered};
pub use policy::{Order, Policy};
pub use put::put_many;
