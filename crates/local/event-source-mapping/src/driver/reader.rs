//! One shard's reader, whichever way it is read.

use super::dynamodb::DynamoDbReader;
use super::event::Via;
use super::kinesis::KinesisReader;
use super::runner::Clients;
use super::subscription::{Subscription, SubscriptionError};
use crate::config::{Source, StreamKind};
use crate::mapping::Read;
use crate::shards::{Position, ShardDescription, ShardId};

/// Reads a shard, from where the mapping says and then on from there.
pub(super) enum Reader {
    Polling(Polling),
    /// A subscription and, should the endpoint not serve it, the reader that takes its place.
    Subscribed(Subscription, Option<Polling>),
}

pub(super) enum Polling {
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
        match source.consumer_arn() {
            Some(consumer) => {
                let subscription =
                    Subscription::new(clients.kinesis.clone(), consumer, source.stream_arn(), shard);
                Self::Subscribed(subscription, Some(polling))
            }
            None => Self::Polling(polling),
        }
    }

    pub fn via(&self) -> Via {
        match self {
            Self::Polling(_) => Via::Polling,
            Self::Subscribed(..) => Via::Subscription,
        }
    }

    /// Reads on. `from` counts where the reader does not go on from its last read.
    pub async fn read(&mut self, from: &Position) -> Result<Read, ReadError> {
        match self {
            Self::Polling(Polling::Kinesis(reader)) => reader.read(from).await,
            Self::Polling(Polling::DynamoDb(reader)) => reader.read(from).await,
            Self::Subscribed(subscription, polling) => match subscription.read(from).await {
                Ok(read) => Ok(read),
                Err(SubscriptionError::Failed { during, reason }) => {
                    Err(ReadError::Failed { during, reason })
                }
                Err(SubscriptionError::Unavailable(reason)) => {
                    if let Some(polling) = polling.take() {
                        *self = Self::Polling(polling);
                    }
                    Err(ReadError::FanOutUnavailable(reason))
                }
            },
        }
    }
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
