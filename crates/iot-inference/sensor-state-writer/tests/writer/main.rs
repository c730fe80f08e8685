//! The function in-process: the same handler, and the same edges with the real SDK client, as in production.
// Helpers of tests are tests too; clippy knows functions with the attribute only.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod handling;
mod items;
mod subscribers;
mod support;
mod tables;
mod through_the_mapping;
