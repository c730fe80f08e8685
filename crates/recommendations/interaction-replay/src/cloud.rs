//! The clients of a replay.

use aws_sdk_s3::config::Builder as S3Config;
use aws_sdk_s3::config::retry::RetryConfig;
use function_config::AwsAccess;
use put_many::kinesis::PutRecords;

use crate::config::Stack;
use crate::dead_letters::ids_of_dead_letters;
use crate::personalize_state::{PersonalizeState, StateError};
use crate::reckoning::Hops;
use crate::recommendations::{RecommendationError, recommendations};
use crate::stream::{self, ids_in_stream};

/// A deployed pipeline, as the demo sees it: the stream, the bucket, Personalize from both sides.
#[derive(Debug)]
pub struct Cloud {
    kinesis: aws_sdk_kinesis::Client,
    s3: aws_sdk_s3::Client,
    runtime: aws_sdk_personalizeruntime::Client,
    /// Personalize, seen from its back.
    pub state: PersonalizeState,
    stack: Stack,
    campaign: String,
}

/// PutRecords on a stream. The client's own retries are off: put-many retries, entry by entry.
pub fn put_records(access: &AwsAccess, stream: &str) -> PutRecords {
    PutRecords::new(aws_sdk_kinesis::Client::new(&access.sdk_config()), stream)
}

impl Cloud {
    /// Clients for reading what the parts of `stack` hold.
    ///
    /// # Errors
    /// `access` has no endpoint of a local cloud.
    pub fn new(access: &AwsAccess, stack: Stack, campaign: String) -> Result<Self, StateError> {
        let config = access
            .sdk_config()
            .into_builder()
            .retry_config(RetryConfig::standard())
            .build();
        // A local endpoint has no host name for each bucket.
        let s3 = S3Config::from(&config).force_path_style(true).build();
        Ok(Self {
            kinesis: aws_sdk_kinesis::Client::new(&config),
            s3: aws_sdk_s3::Client::from_conf(s3),
            runtime: aws_sdk_personalizeruntime::Client::new(&config),
            state: PersonalizeState::new(access)?,
            stack,
            campaign,
        })
    }

    /// Reads back what the stream holds.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn read_stream(&self, hops: &mut Hops) -> Result<(), stream::ReadError> {
        hops.in_stream = ids_in_stream(&self.kinesis, &self.stack.stream).await?;
        Ok(())
    }

    /// Reads back what was delivered and what was rejected.
    ///
    /// # Errors
    /// One of them cannot be read.
    pub async fn read_ends(&self, hops: &mut Hops) -> Result<(), Box<dyn std::error::Error>> {
        hops.delivered = self.state.ids_of_events().await?;
        hops.rejected = ids_of_dead_letters(&self.s3, &self.stack.dead_letter_bucket).await?;
        hops.duplicates = self.state.counts().await?.duplicates;
        Ok(())
    }

    /// What is recommended to `user`, best first.
    ///
    /// # Errors
    /// The call failed.
    pub async fn recommendations(&self, user: &str) -> Result<Vec<String>, RecommendationError> {
        recommendations(&self.runtime, &self.campaign, user).await
    }
}
