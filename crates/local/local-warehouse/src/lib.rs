#![doc = include_str!("../README.md")]

mod cancellation;
mod catalogue;
mod connection;
mod data_api;
mod execution;
mod failure;
mod ingestion;
pub mod limits;
mod parameters;
pub mod postgres;
mod result_set;
mod sessions;
mod settings;
mod state;
mod statements;
mod warehouse;

pub use data_api::{Operation, USER_HEADER};
pub use ingestion::{Page, Position, ReadError, Reading, Shard, StreamRecord, Streams};
pub use warehouse::{ConnectError, LocalWarehouse};
