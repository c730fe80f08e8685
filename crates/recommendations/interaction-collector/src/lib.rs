#![doc = include_str!("../README.md")]

pub mod limits;
pub mod schema;

// Pure: bytes and a caller in, entries out; Kinesis's answers in, the client's out.
pub mod answer;
pub mod caller;
pub mod collector;
pub mod refusal;

pub use answer::{Answer, KinesisError};
pub use caller::{Caller, InvalidCaller};
pub use collector::{Collector, Entry};
pub use refusal::Refusal;
pub use schema::SchemaError;
