//! The rules of the house that a compiler does not check: where the environment is read, what a pure crate may depend
//! on, that documents point at files that exist and name the variables that are read.

// A test fails by panicking, its support too.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod dependencies;
mod documents;
mod layout;
mod tree;
