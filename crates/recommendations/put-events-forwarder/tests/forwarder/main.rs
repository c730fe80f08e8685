//! The function in-process: the same handler and the same edge as in production.
// Helpers of tests are tests too; clippy knows functions with the attribute only.
#![allow(clippy::expect_used, clippy::panic)]

mod calls;
mod collector;
mod delivery;
mod edge;
mod handling;
mod parsing;
mod support;
mod through_the_mapping;
