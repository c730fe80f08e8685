//! The lines that CloudWatch reads.

mod invocation;
mod output;
mod specification;
