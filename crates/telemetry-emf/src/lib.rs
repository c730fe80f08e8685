#![doc = include_str!("../README.md")]

mod emf;
mod highest;
mod logs;
mod metrics;
mod requests;

pub use emf::MetricsSource;
pub use logs::{LevelFilter, start_logs};
pub use metrics::{Count, ITERATOR_AGE, Invocation, Metrics};
pub use requests::{ARM, BY_ARM, PERSONALIZE_LATENCY, POPULAR_AGE, RequestCount, RequestMetrics};
