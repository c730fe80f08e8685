//! How a stream is deployed: what DescribeDeliveryStream and GetTable say of it, read into types. What the stand-in does
//! not do is refused by the name of its member.

mod conversion;
mod members;
mod processors;

pub(crate) use self::conversion::TableName;

use std::time::Duration;

use serde_json::Value;

use self::members::Members;
use crate::limits::{DEFAULT_BUFFER_INTERVAL, DEFAULT_BUFFER_MIB};
use crate::parquet_file::Conversion;
use crate::partition_query::PartitionQuery;
use crate::prefix::Prefix;

/// Everything that decides what becomes of a stream's records.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Configuration {
    pub(crate) stream: String,
    pub(crate) version: String,
    pub(crate) encrypted: bool,
    pub(crate) bucket: String,
    pub(crate) prefix: Prefix,
    pub(crate) error_prefix: Prefix,
    /// How much is collected for an object, and how long.
    pub(crate) size: u64,
    pub(crate) interval: Duration,
    pub(crate) query: Option<PartitionQuery>,
    /// Written behind each record.
    pub(crate) delimiter: String,
    pub(crate) conversion: Option<Conversion>,
    /// The table, as a failed conversion names it.
    pub(crate) catalog_table: Option<Value>,
    pub(crate) extension: String,
}

/// A description, of which the table's columns may still be missing.
pub(crate) struct Description {
    configuration: Configuration,
    conversion: Option<conversion::Settings>,
}

/// Why a stream takes no records by a put, or not here.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Refused {
    /// The service would refuse the put, or the stand-in cannot deliver as the stream asks.
    Invalid(String),
    /// Not yet, or no longer.
    NotActive,
}

impl Description {
    /// Reads `DeliveryStreamDescription`.
    pub(crate) fn read(description: &Value) -> Result<Self, Refused> {
        let stream = Members::of(description);
        match stream.text("DeliveryStreamType") {
            None | Some("DirectPut") => {}
            // What the service says: <https://github.com/aws/aws-cli/issues/7010>
            Some(other) => {
                return Err(Refused::Invalid(format!(
                    "This operation is not permitted on {other} delivery stream type."
                )));
            }
        }
        if stream
            .text("DeliveryStreamStatus")
            .is_some_and(|status| status != "ACTIVE")
        {
            return Err(Refused::NotActive);
        }
        read(&stream).map_err(|reason| {
            let name = stream.text("DeliveryStreamName").unwrap_or_default();
            Refused::Invalid(format!("stream {name}: {reason}"))
        })
    }

    /// The table whose columns are needed.
    pub(crate) fn table(&self) -> Option<&TableName> {
        self.conversion.as_ref().map(|conversion| &conversion.table)
    }

    /// With the table's answer to GetTable, if one is needed.
    pub(crate) fn complete(self, table: Option<&Value>) -> Result<Configuration, Refused> {
        let mut configuration = self.configuration;
        if let Some(settings) = self.conversion {
            let table = table.unwrap_or(&Value::Null);
            let conversion = settings.with_columns(table).map_err(Refused::Invalid)?;
            configuration.conversion = Some(conversion);
        }
        Ok(configuration)
    }
}

fn read(stream: &Members<'_>) -> Result<Description, String> {
    let destination = destination(stream)?;
    destination.refuse_unless("CompressionFormat", &["UNCOMPRESSED"])?;
    destination.refuse_unless("S3BackupMode", &["Disabled"])?;
    destination.refuse_unless("CustomTimeZone", &["UTC"])?;
    let processors = processors::read(&destination)?;
    let (prefix, error_prefix) = prefixes(&destination)?;
    let query = match destination.within("DynamicPartitioningConfiguration") {
        Some(partitioning) if partitioning.flag("Enabled", false) => Some(
            processors
                .query
                .ok_or("DynamicPartitioningConfiguration: there is no MetadataExtraction")?,
        ),
        _ => None,
    };
    partition_keys_exist(&prefix, query.as_ref())?;
    let conversion = conversion::Settings::read(&destination)?;
    let hints = destination.within("BufferingHints");
    let hint = |name| hints.as_ref().and_then(|hints| hints.number(name));
    let encryption = stream.within("DeliveryStreamEncryptionConfiguration");
    let default_extension = if conversion.is_some() { ".parquet" } else { "" };
    let configuration = Configuration {
        stream: stream.text("DeliveryStreamName").unwrap_or_default().to_owned(),
        version: stream.text("VersionId").unwrap_or("1").to_owned(),
        encrypted: encryption.is_some_and(|encryption| encryption.text("Status") == Some("ENABLED")),
        bucket: bucket(&destination)?,
        prefix,
        error_prefix,
        size: hint("SizeInMBs").unwrap_or(DEFAULT_BUFFER_MIB) * 1024 * 1024,
        interval: hint("IntervalInSeconds").map_or(DEFAULT_BUFFER_INTERVAL, Duration::from_secs),
        query,
        delimiter: processors.delimiter,
        conversion: None,
        catalog_table: conversion.as_ref().map(|settings| settings.catalog_table.clone()),
        extension: destination
            .text("FileExtension")
            .filter(|extension| !extension.is_empty())
            .unwrap_or(default_extension)
            .to_owned(),
    };
    Ok(Description {
        configuration,
        conversion,
    })
}

fn destination<'a>(stream: &Members<'a>) -> Result<Members<'a>, String> {
    let destination = stream
        .list("Destinations")
        .next()
        .ok_or("Destinations: there is none")?;
    destination
        .within("ExtendedS3DestinationDescription")
        .or_else(|| destination.within("S3DestinationDescription"))
        .ok_or_else(|| "Destinations: only S3 is known here".to_owned())
}

fn bucket(destination: &Members<'_>) -> Result<String, String> {
    let arn = destination.text("BucketARN").unwrap_or_default();
    match arn.split(":::").nth(1) {
        Some(bucket) if !bucket.is_empty() => Ok(bucket.to_owned()),
        _ => Err("BucketARN: is not a bucket's".to_owned()),
    }
}

fn prefixes(destination: &Members<'_>) -> Result<(Prefix, Prefix), String> {
    let data = destination.text("Prefix").unwrap_or_default();
    let errors = destination.text("ErrorOutputPrefix").unwrap_or_default();
    let prefix = Prefix::of_data(data).map_err(|reason| format!("Prefix: {reason}"))?;
    let error_prefix =
        Prefix::of_errors(errors, data).map_err(|reason| format!("ErrorOutputPrefix: {reason}"))?;
    Ok((prefix, error_prefix))
}

fn partition_keys_exist(prefix: &Prefix, query: Option<&PartitionQuery>) -> Result<(), String> {
    let has = |name: &str| query.is_some_and(|query| query.has_key(name));
    match prefix.partition_keys().find(|name| !has(name)) {
        Some(name) => Err(format!("Prefix: the query has no partition key {name}")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
