#![doc = include_str!("../README.md")]

mod plan;

pub use plan::{
    Plan, QualifiedName, Run, STAGING, STREAM_COLUMNS, Session, StreamingView, Transaction,
};
