//! A mapping's configuration: the API's numbers checked once, against the documented ranges, into types.

mod settings;
mod source;

use std::time::Duration;

pub use settings::{
    DestinationSettings, FilterSettings, FiltersSettings, MappingSettings, MetricsSettings, OnFailureSettings,
};
pub use source::{ArnError, OnFailureDestination, Source, StreamKind};

use crate::filter::FilterCriteria;
use crate::time::Timestamp;

/// `BatchSize`, at most.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html>
pub const BATCH_SIZE_MAX: i64 = 10_000;
/// `BatchSize`, when not given.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html>
pub const BATCH_SIZE_DEFAULT: i64 = 100;
/// `MaximumBatchingWindowInSeconds`, at most.
/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html#invocation-eventsourcemapping-batching>
pub const BATCHING_WINDOW_MAX_SECONDS: i64 = 300;
/// `ParallelizationFactor`, at most.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html>
pub const PARALLELIZATION_FACTOR_MAX: i64 = 10;
/// `MaximumRetryAttempts`, at most; -1 is without limit.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html>
pub const RETRY_ATTEMPTS_MAX: i64 = 10_000;
/// `MaximumRecordAgeInSeconds`, at least, where it is not -1 (without limit).
/// <https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html>
pub const RECORD_AGE_MIN_SECONDS: i64 = 60;
/// `MaximumRecordAgeInSeconds`, at most: a week.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html>
pub const RECORD_AGE_MAX_SECONDS: i64 = 604_800;
/// `TumblingWindowInSeconds`, at most; 0 is without windows.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html>
pub const TUMBLING_WINDOW_MAX_SECONDS: i64 = 900;
/// What stands for "without limit".
pub const UNLIMITED: i64 = -1;

/// How often a shard without news is asked: "a base rate of once per second".
/// <https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html#kinesis-polling-and-batching>
pub const KINESIS_POLL_INTERVAL: Duration = Duration::from_secs(1);
/// How often a shard without news is asked: "a base rate of 4 times per second".
/// <https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html#dynamodb-polling-and-batching>
pub const DYNAMODB_POLL_INTERVAL: Duration = Duration::from_millis(250);

/// A checked configuration. Made by [`MappingSettings::validate`].
#[derive(Clone, Debug)]
pub struct MappingConfig {
    pub(crate) source: Source,
    pub(crate) function_arn: String,
    pub(crate) invoke_identity_arn: String,
    pub(crate) batch_size: usize,
    pub(crate) batching_window: Duration,
    pub(crate) parallelization_factor: usize,
    pub(crate) maximum_retry_attempts: Option<u32>,
    pub(crate) maximum_record_age: Option<Duration>,
    pub(crate) bisect: bool,
    pub(crate) report_batch_item_failures: bool,
    pub(crate) tumbling_window: Option<Duration>,
    pub(crate) starting_position: StartingPosition,
    pub(crate) on_failure: Option<OnFailureDestination>,
    pub(crate) filters: FilterCriteria,
    pub(crate) event_count_metrics: bool,
    pub(crate) pacing: Pacing,
}

/// Where a mapping starts in the shards that it finds first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartingPosition {
    /// Everything that the stream still holds.
    TrimHorizon,
    /// Only what arrives from now on.
    Latest,
    /// What arrived at this time or later.
    AtTimestamp(Timestamp),
}

/// How fast the mapping polls and retries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pacing {
    /// How long to wait after a read that found nothing.
    pub poll_interval: Duration,
    /// How long to wait before the first retry. The documentation says that Lambda backs off exponentially, and not
    /// from which start nor to which bound: both are ours.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errorhandling.html>
    pub first_retry: Duration,
    /// How long to wait before a retry, at most.
    pub slowest_retry: Duration,
}

impl Pacing {
    /// The documented polling rate of such a stream, and retries after 1 s, 2 s, 4 s, … 60 s.
    pub fn documented(kind: StreamKind) -> Self {
        Self {
            poll_interval: match kind {
                StreamKind::Kinesis => KINESIS_POLL_INTERVAL,
                StreamKind::DynamoDb => DYNAMODB_POLL_INTERVAL,
            },
            first_retry: Duration::from_secs(1),
            slowest_retry: Duration::from_secs(60),
        }
    }

    /// How long to wait before trying again after `failures` failures in a row.
    pub(crate) fn backoff(&self, failures: u32) -> Duration {
        let doublings = failures.saturating_sub(1).min(20);
        self.first_retry
            .saturating_mul(1 << doublings)
            .min(self.slowest_retry)
    }
}

impl MappingConfig {
    /// The same configuration at another pace: a local cloud need not wait as long as Lambda.
    #[must_use]
    pub fn with_pacing(mut self, pacing: Pacing) -> Self {
        self.pacing = pacing;
        self
    }

    /// The same configuration with the function's role, which stands in each Kinesis record's `invokeIdentityArn`.
    #[must_use]
    pub fn with_invoke_identity(mut self, role_arn: impl Into<String>) -> Self {
        self.invoke_identity_arn = role_arn.into();
        self
    }

    /// The stream that is read.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The function that is invoked.
    pub fn function_arn(&self) -> &str {
        &self.function_arn
    }

    /// Where discarded batches are reported.
    pub fn on_failure(&self) -> Option<&OnFailureDestination> {
        self.on_failure.as_ref()
    }

    /// Whether `MetricsConfig` asks for `EventCount`.
    pub fn event_count_metrics(&self) -> bool {
        self.event_count_metrics
    }

    /// `BatchSize`.
    pub fn batch_size(&self) -> usize {
        self.batch_size
    }

    /// `ParallelizationFactor`.
    pub fn parallelization_factor(&self) -> usize {
        self.parallelization_factor
    }

    /// Where the mapping starts.
    pub fn starting_position(&self) -> StartingPosition {
        self.starting_position
    }
}

/// Every field that is out of its documented range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid event source mapping: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct ConfigErrors(pub Vec<FieldError>);

/// A field that is out of its documented range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct FieldError {
    /// The API's name of the field.
    pub field: &'static str,
    /// What is wrong with it.
    pub reason: String,
}

#[cfg(test)]
mod tests;
