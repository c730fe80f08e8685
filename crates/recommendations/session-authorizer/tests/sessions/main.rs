//! The function in-process: the same handler as in production, with a clock that stands.
// Helpers of tests are tests too; clippy knows functions with the attribute only.
#![allow(clippy::expect_used, clippy::panic)]

mod authorising;
mod issuing;
mod logs;
mod support;
mod tokens;
