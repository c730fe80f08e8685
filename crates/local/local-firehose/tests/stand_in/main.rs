//! The stand-in in front of an emulator that is a few lines of its own.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod api;
mod archive;
mod delivery;
mod emulator;
mod exactly_once;
mod firehose;
