#![doc = include_str!("../README.md")]

mod data_type;
mod depth;
mod forms;
mod name;
mod plan;
mod reader;
mod refusal;
mod split;
mod statement;
mod support;
mod tokens;
mod translate;

pub use plan::{Plan, QualifiedName, Run, STAGING, STREAM_COLUMNS, Session, StreamingView, Transaction};
pub use refusal::{Because, Refusal};
pub use split::split;
pub use statement::plan;
pub use support::SUPPORT_SQL;
