//! The rules of the house that a compiler does not check: where the environment is read, what a pure crate may depend
//! on, that documents point at files that exist and name the variables that are read.

mod dependencies;
mod documents;
mod layout;
mod tree;
