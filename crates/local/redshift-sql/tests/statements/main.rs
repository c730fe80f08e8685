//! The crate from outside: what becomes of statements, and what is refused.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod limits;
mod paths;
mod plans;
mod procedures;
mod properties;
mod refusals;
mod renderings;
mod scripts;
mod warehouse_sql;
