//! What a mapping reads from and reports to, told by ARN.

use std::fmt;

/// The kind of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamKind {
    /// A Kinesis data stream.
    Kinesis,
    /// A table's DynamoDB stream.
    DynamoDb,
}

/// The stream behind an `EventSourceArn`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    kind: StreamKind,
    arn: String,
    stream_arn: String,
    region: String,
    account: String,
}

/// An ARN that cannot be what it stands for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{arn:?} is not the ARN of {expected}")]
pub struct ArnError {
    arn: String,
    expected: &'static str,
}

impl Source {
    /// Reads the ARN of a Kinesis data stream, of a registered consumer of one, or of a DynamoDB stream.
    ///
    /// # Errors
    /// If it is neither.
    pub fn parse(arn: &str) -> Result<Self, ArnError> {
        let expected = "a Kinesis data stream, a stream consumer or a DynamoDB stream";
        let error = || ArnError {
            arn: arn.to_owned(),
            expected,
        };
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let ["arn", _, service, region, account, resource] = parts[..] else {
            return Err(error());
        };
        let kind = match service {
            "kinesis" if resource.starts_with("stream/") => StreamKind::Kinesis,
            "dynamodb" if resource.contains("/stream/") => StreamKind::DynamoDb,
            _ => return Err(error()),
        };
        let stream_arn = match (kind, arn.split_once("/consumer/")) {
            (StreamKind::Kinesis, Some((stream, _))) => stream,
            _ => arn,
        };
        Ok(Self {
            kind,
            arn: arn.to_owned(),
            stream_arn: stream_arn.to_owned(),
            region: region.to_owned(),
            account: account.to_owned(),
        })
    }

    /// Which kind of stream it is.
    pub fn kind(&self) -> StreamKind {
        self.kind
    }

    /// The ARN as configured: with enhanced fan-out the consumer's.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-create.html>
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// The stream's own ARN.
    pub fn stream_arn(&self) -> &str {
        &self.stream_arn
    }

    /// The consumer's ARN, if the stream is read with enhanced fan-out.
    pub fn consumer_arn(&self) -> Option<&str> {
        (self.arn != self.stream_arn).then_some(self.arn.as_str())
    }

    /// The stream's region.
    pub fn region(&self) -> &str {
        &self.region
    }

    pub(crate) fn account(&self) -> &str {
        &self.account
    }
}

/// Where the report on a discarded batch goes.
/// <https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OnFailureDestination {
    /// An SQS queue, by ARN: it gets the metadata.
    Queue(String),
    /// An SNS topic, by ARN: it gets the metadata.
    Topic(String),
    /// An S3 bucket, by name: it gets the metadata and the whole event.
    Bucket(String),
}

impl OnFailureDestination {
    /// Reads the ARN of a queue, a topic or a bucket.
    ///
    /// # Errors
    /// If it is none of these.
    pub fn parse(arn: &str) -> Result<Self, ArnError> {
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        match parts[..] {
            ["arn", _, "sqs", ..] => Ok(Self::Queue(arn.to_owned())),
            ["arn", _, "sns", ..] => Ok(Self::Topic(arn.to_owned())),
            ["arn", _, "s3", _, _, bucket] => Ok(Self::Bucket(bucket.to_owned())),
            _ => Err(ArnError {
                arn: arn.to_owned(),
                expected: "an SQS queue, an SNS topic or an S3 bucket",
            }),
        }
    }
}

impl fmt::Display for OnFailureDestination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Queue(arn) | Self::Topic(arn) => f.write_str(arn),
            Self::Bucket(name) => write!(f, "arn:aws:s3:::{name}"),
        }
    }
}
