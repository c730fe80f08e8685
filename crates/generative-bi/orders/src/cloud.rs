//! The clients: the table, the stream, the warehouse.

use aws_sdk_dynamodb::config::retry::RetryConfig;
use function_config::AwsAccess;
use put_many::dynamodb::BatchWriteItem;
use put_many::kinesis::PutRecords;
use redshift_data::{RedshiftDataApi, Target};

use crate::config::Stack;
use crate::warehouse::Redshift;
use crate::writing::key_schema;

/// A deployed stack, seen from outside.
#[derive(Debug)]
pub struct Cloud {
    /// For reading the table.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// For reading the stream.
    pub kinesis: aws_sdk_kinesis::Client,
    /// The warehouse.
    pub warehouse: Redshift<RedshiftDataApi>,
    access: AwsAccess,
    /// What everything is called.
    pub stack: Stack,
}

impl Cloud {
    /// Clients for the parts of `stack`.
    ///
    /// # Errors
    /// The workgroup or the database has a name that cannot be one.
    pub fn new(access: AwsAccess, stack: Stack) -> Result<Self, String> {
        let named = |what: &str, error: &dyn ToString| format!("{what} is {}", error.to_string());
        let workgroup = stack
            .workgroup
            .parse()
            .map_err(|error| named("WorkgroupName", &error))?;
        let database = stack
            .database
            .parse()
            .map_err(|error| named("DatabaseName", &error))?;
        let target = Target::workgroup(workgroup, database);
        let without_retries = access.sdk_config();
        let redshift = aws_sdk_redshiftdata::Client::new(&without_retries);
        let reading = without_retries
            .into_builder()
            .retry_config(RetryConfig::standard())
            .build();
        Ok(Self {
            dynamodb: aws_sdk_dynamodb::Client::new(&reading),
            kinesis: aws_sdk_kinesis::Client::new(&reading),
            warehouse: Redshift::new(RedshiftDataApi::new(redshift, target)),
            access,
            stack,
        })
    }

    /// BatchWriteItem on the table. The client's own retries are off: put-many retries, write by write.
    pub fn batch_write_item(&self) -> BatchWriteItem {
        let client = aws_sdk_dynamodb::Client::new(&self.access.sdk_config());
        BatchWriteItem::new(client, &self.stack.table, key_schema())
    }

    /// PutRecords on the stream, without the client's retries too.
    pub fn put_records(&self) -> PutRecords {
        let client = aws_sdk_kinesis::Client::new(&self.access.sdk_config());
        PutRecords::new(client, &self.stack.stream)
    }
}
