#![doc = include_str!("../README.md")]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool talks to its user"
)]

pub mod arguments;
pub mod commands;
pub mod config;
pub mod demo;
pub mod failure;

// Pure: what is written, what is right, and what is made of what was found.
pub mod answers;
pub mod generator;
pub mod hops;
pub mod model;
pub mod questions;
pub mod reconciliation;
pub mod truth;

// What is asked of the warehouse, and when.
pub mod arrival;
pub mod dashboard;
pub mod freshness;

// The edges: one service each.
pub mod cloud;
pub mod stream;
pub mod table;
pub mod warehouse;
pub mod writing;

#[cfg(test)]
mod fixtures;
