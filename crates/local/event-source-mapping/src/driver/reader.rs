//! One shard's reader, whichever way it is read.

use aws_sdk_kinesis::primitives::DateTime;

use super::dynamodb::DynamoDbReader;
use super::event::Via;
use super::kinesis::KinesisReader;
use super::runner::{Clients, now};
use super::subscription::{Subscription, SubscriptionError};
use crate::config::{Source, StreamKind};
use crate::mapping::Read;
use crate::shards::{Position, ShardDescription, ShardId};
use crate::time::Timestamp;

/// Reads a shard, from where the mapping says and then on from there.
pub(super) struct Reader {
    /// With enhanced fan-out, unless the endpoint turned out not to serve it.
    subscription: Option<Box<Subscription>>,
    polling: Polling,
}

enum Polling {
    Kinesis(KinesisReader),
    DynamoDb(DynamoDbReader),
}

/// A read that failed.
pub(super) enum ReadError {
    /// It can be tried again.
    Failed { during: &'static str, reason: String },
    /// The endpoint does not serve subscriptions; the next read polls.
    FanOutUnavailable(String),
}

impl Reader {
    pub fn new(clients: &Clients, source: &Source, shard: &ShardId) -> Self {
        let polling = match source.kind() {
            StreamKind::Kinesis => Polling::Kinesis(KinesisReader::new(
                clients.kinesis.clone(),
                source.stream_arn(),
                shard,
            )),
            StreamKind::DynamoDb => Polling::DynamoDb(DynamoDbReader::new(
                clients.dynamodb.clone(),
                source.stream_arn(),
                shard,
            )),
        };
        let subscription = source.consumer_arn().map(|consumer| {
            Box::new(Subscription::new(
                clients.kinesis.clone(),
                consumer,
                source.stream_arn(),
                shard,
            ))
        });
        Self {
            subscription,
            polling,
        }
    }

    pub fn via(&self) -> Via {
        match self.subscription {
            Some(_) => Via::Subscription,
            None => Via::Polling,
        }
    }

    /// Reads on. `from` counts where the reader does not go on from its last read.
    pub async fn read(&mut self, from: &Position) -> Result<Read, ReadError> {
        let Some(subscription) = &mut self.subscription else {
            return self.polling.read(from).await;
        };
        subscription.read(from).await.map_err(|error| match error {
            SubscriptionError::Failed { during, reason } => ReadError::Failed { during, reason },
            SubscriptionError::Unavailable(reason) => {
                self.subscription = None;
                ReadError::FanOutUnavailable(reason)
            }
        })
    }
}

impl Polling {
    async fn read(&mut self, from: &Position) -> Result<Read, ReadError> {
        match self {
            Self::Kinesis(reader) => reader.read(from).await,
            Self::DynamoDb(reader) => reader.read(from).await,
        }
    }
}

/// When the stream took a record; the present, where the endpoint does not tell.
pub(super) fn arrival(at: Option<DateTime>) -> Timestamp {
    at.and_then(|at| u64::try_from(at.to_millis().ok()?).ok())
        .map_or_else(now, Timestamp::from_millis)
}

/// All shards of a stream.
pub(super) async fn list_shards(
    clients: &Clients,
    source: &Source,
) -> Result<Vec<ShardDescription>, ReadError> {
    match source.kind() {
        StreamKind::Kinesis => super::kinesis::list_shards(&clients.kinesis, source.stream_arn()).await,
        StreamKind::DynamoDb => super::dynamodb::list_shards(&clients.dynamodb, source.stream_arn()).await,
    }
}
