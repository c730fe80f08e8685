//! Enhanced fan-out: a consumer's subscription to a shard.
//!
//! <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SubscribeToShard.html>. AWS pushes over HTTP/2. The event
//! stream is the same over HTTP/1.1, which is what the SDK's client speaks to a plain-text endpoint.

use std::time::Duration;

use aws_sdk_kinesis::Client;
use aws_sdk_kinesis::error::SdkError;
use aws_sdk_kinesis::operation::subscribe_to_shard::{SubscribeToShardError, SubscribeToShardOutput};
use aws_sdk_kinesis::types::{
    ShardIteratorType, StartingPosition, SubscribeToShardEvent, SubscribeToShardEventStream,
};

use super::error_text::error_text;
use super::kinesis::{date_time, is_gone, record};
use crate::mapping::Read;
use crate::record::SequenceNumber;
use crate::shards::{Position, ShardId};

/// How long a subscription may be silent. An idle one sends an empty event every few seconds.
const SILENCE_MAX: Duration = Duration::from_secs(30);
/// How long the first event may take. It comes at once, unless something on the way holds a response back until it is
/// complete.
const FIRST_EVENT_MAX: Duration = Duration::from_secs(15);

/// Reads a shard as a registered consumer. A subscription lasts five minutes; then there is another one.
pub(super) struct Subscription {
    client: Client,
    consumer_arn: String,
    stream_arn: String,
    shard: ShardId,
    open: Option<SubscribeToShardOutput>,
    /// Up to where events came, records or not.
    continuation: Option<SequenceNumber>,
    /// Whether an event ever came.
    proven: bool,
}

/// A read that failed.
pub(super) enum SubscriptionError {
    /// It can be tried again.
    Failed { during: &'static str, reason: String },
    /// The endpoint does not serve subscriptions.
    Unavailable(String),
}

impl Subscription {
    pub fn new(client: Client, consumer_arn: &str, stream_arn: &str, shard: &ShardId) -> Self {
        Self {
            client,
            consumer_arn: consumer_arn.to_owned(),
            stream_arn: stream_arn.to_owned(),
            shard: shard.clone(),
            open: None,
            continuation: None,
            proven: false,
        }
    }

    /// Waits for the next event.
    pub async fn read(&mut self, from: &Position) -> Result<Read, SubscriptionError> {
        let mut open = match self.open.take() {
            Some(open) => open,
            None => match self.subscribe(from).await? {
                Some(open) => open,
                None => {
                    return Ok(Read {
                        records: Vec::new(),
                        ended: true,
                    });
                }
            },
        };
        let patience = if self.proven { SILENCE_MAX } else { FIRST_EVENT_MAX };
        match tokio::time::timeout(patience, open.event_stream.recv()).await {
            Ok(Ok(Some(SubscribeToShardEventStream::SubscribeToShardEvent(event)))) => {
                self.proven = true;
                let read = self.take(event);
                self.open = Some(open).filter(|_| !read.ended);
                Ok(read)
            }
            // Five minutes are over, or the endpoint has closed the connection: the next read subscribes again.
            Ok(Ok(None)) => Ok(Read::default()),
            Ok(Ok(Some(_))) => Err(failed("an event of an unknown kind".to_owned())),
            Ok(Err(error)) => Err(failed(error_text(&error))),
            Err(_) if self.proven => Err(failed(format!("no event for {patience:?}"))),
            Err(_) => Err(SubscriptionError::Unavailable(format!(
                "no event within {patience:?}"
            ))),
        }
    }

    fn take(&mut self, event: SubscribeToShardEvent) -> Read {
        let ended = event.child_shards.is_some_and(|children| !children.is_empty());
        self.continuation = Some(event.continuation_sequence_number)
            .filter(|number| !number.is_empty())
            .map(Into::into);
        Read {
            records: event.records.into_iter().map(record).collect(),
            ended,
        }
    }

    /// A new subscription, or none if the shard is gone.
    async fn subscribe(&self, from: &Position) -> Result<Option<SubscribeToShardOutput>, SubscriptionError> {
        let starting = starting_position(from, self.continuation.as_ref());
        let starting = starting.map_err(|error| failed(error.to_string()))?;
        let call = self
            .client
            .subscribe_to_shard()
            .consumer_arn(&self.consumer_arn)
            .shard_id(self.shard.as_str());
        match call.starting_position(starting).send().await {
            Ok(open) => Ok(Some(open)),
            Err(error)
                if is_missing(&error) && is_gone(&self.client, &self.stream_arn, &self.shard).await =>
            {
                Ok(None)
            }
            Err(error) if is_passing(&error) || self.proven => Err(failed(error_text(&error))),
            Err(error) => Err(SubscriptionError::Unavailable(error_text(&error))),
        }
    }
}

fn starting_position(
    from: &Position,
    continuation: Option<&SequenceNumber>,
) -> Result<StartingPosition, aws_sdk_kinesis::error::BuildError> {
    let starting = StartingPosition::builder();
    let starting = match (from, continuation) {
        // Without records the mapping's position stands still, and events have come nevertheless.
        (Position::TrimHorizon | Position::Latest | Position::AtTimestamp(_), Some(number)) => starting
            .r#type(ShardIteratorType::AfterSequenceNumber)
            .sequence_number(number.as_str()),
        (Position::TrimHorizon, None) => starting.r#type(ShardIteratorType::TrimHorizon),
        (Position::Latest, None) => starting.r#type(ShardIteratorType::Latest),
        (Position::AtTimestamp(at), None) => starting
            .r#type(ShardIteratorType::AtTimestamp)
            .timestamp(date_time(*at)),
        (Position::At(number), _) => starting
            .r#type(ShardIteratorType::AtSequenceNumber)
            .sequence_number(number.as_str()),
        (Position::After(number), _) => starting
            .r#type(ShardIteratorType::AfterSequenceNumber)
            .sequence_number(number.as_str()),
    };
    starting.build()
}

fn is_missing<R>(error: &SdkError<SubscribeToShardError, R>) -> bool {
    error
        .as_service_error()
        .is_some_and(SubscribeToShardError::is_resource_not_found_exception)
}

/// Whether the call may succeed later: the endpoint is not there, or says that it is not now.
fn is_passing<R>(error: &SdkError<SubscribeToShardError, R>) -> bool {
    match error {
        SdkError::DispatchFailure(_) | SdkError::TimeoutError(_) => true,
        SdkError::ServiceError(service) => {
            let error = service.err();
            error.is_resource_in_use_exception()
                || error.is_limit_exceeded_exception()
                || error.is_resource_not_found_exception()
        }
        _ => false,
    }
}

fn failed(reason: String) -> SubscriptionError {
    SubscriptionError::Failed {
        during: "SubscribeToShard",
        reason,
    }
}
