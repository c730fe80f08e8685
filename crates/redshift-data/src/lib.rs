#![doc = include_str!("../README.md")]

// What is sent, checked before the call.
mod alone;
mod batch;
pub mod lexer;
mod parameter;
mod size;
mod statement;
mod target;
mod token;

pub mod limits;

// What comes back.
mod rows;

// The calls.
mod api;
mod client;
mod polling;
mod warehouse;

pub use alone::{controls_transaction, runs_alone};
pub use api::{
    Accepted, CallError, CallErrorKind, DataApi, Description, Page, SessionId, State, StatementId,
    SubStatement,
};
pub use batch::{Batch, BatchError};
pub use client::RedshiftDataApi;
pub use parameter::{Parameter, ParameterError};
pub use polling::Polling;
pub use rows::{ColumnError, Field, FromField, Row, Rows};
pub use statement::{Statement, StatementError};
pub use target::{ClusterId, DatabaseName, SecretArn, Target, WorkgroupName};
pub use token::{ClientToken, TokenError};
pub use warehouse::{Failure, Outcome, QueryError, Session, Submission, Submitted, Warehouse, Work};
