//! The function in-process: the same handler and the same edges as in production.
// Helpers of tests are tests too; clippy knows functions with the attribute only.
#![allow(clippy::expect_used, clippy::panic)]

mod arms;
mod breaker;
mod description;
mod edge;
mod events;
mod fallbacks;
mod handling;
mod parsing;
mod refreshing;
mod sharing;
mod state_table;
mod support;
mod time_budget;
