#![doc = include_str!("../README.md")]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool talks to its user"
)]

pub mod arguments;
pub mod commands;
pub mod config;
pub mod failure;

// Pure: what was sent, what each hop has, and what is made of both.
pub mod archived_reading;
pub mod decimal;
pub mod explanation;
pub mod findings;
pub mod hops;
pub mod letter;
pub mod live_table;
pub mod on_stream;
pub mod reconciliation;
pub mod stored_reading;
pub mod truth;

// The edges: one service each.
pub mod archive;
pub mod dead_letters;
pub mod state;
pub mod stream;

// All of them together, and when.
pub mod arrival;
pub mod audit;

// The demo: a fleet under way, and what is seen of it.
pub mod demo;
pub mod fleet;
pub mod screen;
pub mod workspace;

#[cfg(test)]
mod fixtures;
