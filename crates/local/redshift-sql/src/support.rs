//! What the rewritten SQL calls.

/// Creates the schema `redshift` with the functions that rewritten statements call, in PostgreSQL 15 to 18. It may run
/// again over itself.
pub const SUPPORT_SQL: &str = include_str!("support.sql");
