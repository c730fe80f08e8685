//! The crate as a function uses it: events in, outcomes and answers out.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod dead_letters;
mod decode_dynamodb;
mod decode_kinesis;
mod event;
mod kpl;
mod lane_properties;
mod lanes;
mod settled;
mod together;
