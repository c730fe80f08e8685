#![doc = include_str!("../README.md")]

mod emf;
mod logs;
mod metrics;

pub use emf::MetricsSource;
pub use logs::{LevelFilter, start_logs};
pub use metrics::{Count, ITERATOR_AGE, Invocation, Metrics};
