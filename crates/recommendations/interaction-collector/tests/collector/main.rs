//! The collector by its contract: what it takes, what becomes of that, and what the client is told.
// Helpers of tests are tests too; clippy knows functions with the attribute only.
#![allow(clippy::expect_used, clippy::panic)]

mod contract;
mod dates;
mod limits;
mod patterns;
mod properties;
mod refusals;
mod support;
