//! Streaming ingestion: from a Kinesis stream into a materialized view.

mod auto_refresh;
mod history;
mod kinesis;
mod progress;
mod refresh;
mod scan;
mod shard_order;
mod staging;
mod streams;

pub(crate) use self::auto_refresh::refresh_for_ever;
pub(crate) use self::history::{Refreshed, Requested, record_refresh};
pub(crate) use self::refresh::refresh;
pub(crate) use self::staging::create_staging;
pub use self::streams::{Page, Position, ReadError, Reading, Shard, StreamRecord, Streams};
