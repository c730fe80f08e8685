//! What ingestion asks of Kinesis.

use std::pin::Pin;
use std::time::SystemTime;

use bytes::Bytes;

/// An answer on its way.
pub type Reading<'a, T> = Pin<Box<dyn Future<Output = Result<T, ReadError>> + Send + 'a>>;

/// The streams of an account.
pub trait Streams: Send + Sync {
    /// All shards of a stream, closed ones too.
    fn shards<'a>(&'a self, stream: &'a str) -> Reading<'a, Vec<Shard>>;

    /// An iterator over a shard's records.
    fn iterator<'a>(&'a self, stream: &'a str, shard: &'a str, from: &'a Position) -> Reading<'a, String>;

    /// The records at an iterator.
    fn records<'a>(&'a self, stream: &'a str, iterator: &'a str) -> Reading<'a, Page>;
}

/// A shard of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Its id.
    pub id: String,
    /// The shards that it was split from or merged of.
    pub parents: Vec<String>,
}

/// Where to begin in a shard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Position {
    /// At the oldest record that is kept.
    TrimHorizon,
    /// Behind the record of this sequence number.
    After(String),
}

/// Records of a shard.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The records in their order.
    pub records: Vec<StreamRecord>,
    /// The iterator of the next page; none when the shard has ended.
    pub next: Option<String>,
    /// How far the page's end is behind the shard's tip.
    pub millis_behind_latest: i64,
}

/// A record of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamRecord {
    /// Its place in its shard.
    pub sequence_number: String,
    /// When the stream took it.
    pub arrival: SystemTime,
    /// Its partition key.
    pub partition_key: String,
    /// What the producer wrote. An aggregate of the Kinesis Producer Library stays one record.
    pub data: Bytes,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// There is no such stream or shard.
    #[error("not found")]
    NotFound,
    /// The iterator is too old.
    #[error("the iterator has expired")]
    Expired,
    /// Too many calls or bytes: worth trying again.
    #[error("throttled: {0}")]
    Throttled(String),
    /// Anything else, by the service's name for it.
    #[error("{0}")]
    Failed(String),
}
