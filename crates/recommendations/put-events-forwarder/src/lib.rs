//! Lambda function: interactions on a Kinesis stream into Amazon Personalize.
