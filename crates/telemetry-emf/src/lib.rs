#![doc = include_str!("../README.md")]

mod emf;
mod highest;
mod logs;
mod metrics;
mod requests;
mod warehouse;

pub use emf::MetricsSource;
pub use logs::{LevelFilter, start_logs};
pub use metrics::{Count, ITERATOR_AGE, Invocation, Metrics};
pub use requests::{ARM, BY_ARM, PERSONALIZE_LATENCY, POPULAR_AGE, RequestCount, RequestMetrics};
pub use warehouse::{BY_VIEW, VIEW, VIEW_FRESHNESS, ViewCount, ViewMetrics};
