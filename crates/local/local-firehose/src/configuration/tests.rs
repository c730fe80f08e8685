use serde_json::json;

use super::*;

fn archive() -> Value {
    json!({
        "DeliveryStreamName": "archive",
        "DeliveryStreamStatus": "ACTIVE",
        "DeliveryStreamType": "DirectPut",
        "VersionId": "3",
        "DeliveryStreamEncryptionConfiguration": { "Status": "ENABLED" },
        "Destinations": [{ "DestinationId": "d", "ExtendedS3DestinationDescription": {
            "BucketARN": "arn:aws:s3:::archive-bucket",
            "BufferingHints": { "SizeInMBs": "128", "IntervalInSeconds": 60 },
            "CompressionFormat": "UNCOMPRESSED",
            "Prefix": "r/day=!{partitionKeyFromQuery:day}/",
            "ErrorOutputPrefix": "e/!{firehose:error-output-type}/",
            "DynamicPartitioningConfiguration": { "Enabled": "true" },
            "ProcessingConfiguration": { "Enabled": true, "Processors": [
                { "Type": "MetadataExtraction", "Parameters": [
                    { "ParameterName": "MetadataExtractionQuery", "ParameterValue": "{day:.at[0:10]}" },
                    { "ParameterName": "JsonParsingEngine", "ParameterValue": "JQ-1.6" },
                ] },
                { "Type": "AppendDelimiterToRecord", "Parameters": [
                    { "ParameterName": "Delimiter", "ParameterValue": "\\n" },
                ] },
            ] },
            "DataFormatConversionConfiguration": {
                "Enabled": true,
                "SchemaConfiguration": { "DatabaseName": "db", "TableName": "lines", "VersionId": "LATEST" },
                "InputFormatConfiguration": { "Deserializer": { "OpenXJsonSerDe": { "CaseInsensitive": "true" } } },
                "OutputFormatConfiguration": { "Serializer": { "ParquetSerDe": { "Compression": "SNAPPY" } } },
            },
        } }],
    })
}

fn table(kind: &str) -> Value {
    json!({ "StorageDescriptor": { "Columns": [{ "Name": "At", "Type": kind }] } })
}

fn with(pointer: &str, value: Value) -> Value {
    let mut description = archive();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let destination = &mut description["Destinations"][0]["ExtendedS3DestinationDescription"];
    destination.pointer_mut(parent).unwrap()[name] = value;
    description
}

fn refused(description: &Value) -> String {
    match Description::read(description).and_then(|read| read.complete(Some(&table("string")))) {
        Err(Refused::Invalid(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_description_is_read() {
    let description = Description::read(&archive()).ok().unwrap();
    assert_eq!(description.table().unwrap().table, "lines");
    let read = description.complete(Some(&table("string"))).unwrap();
    assert_eq!(
        (read.stream.as_str(), read.version.as_str(), read.bucket.as_str()),
        ("archive", "3", "archive-bucket")
    );
    assert_eq!(
        (read.size, read.interval),
        (128 * 1024 * 1024, Duration::from_secs(60))
    );
    assert!(read.encrypted && read.query.is_some() && read.conversion.unwrap().case_insensitive);
    assert_eq!(
        (read.delimiter.as_str(), read.extension.as_str()),
        ("\n", ".parquet")
    );
}

#[test]
fn hints_have_defaults() {
    let read = Description::read(&with("/BufferingHints", json!({})))
        .ok()
        .unwrap()
        .configuration;
    assert_eq!(
        (read.size, read.interval),
        (5 * 1024 * 1024, Duration::from_secs(300))
    );
}

#[test]
fn a_stream_that_reads_kinesis_takes_no_puts() {
    let mut description = archive();
    description["DeliveryStreamType"] = json!("KinesisStreamAsSource");
    assert_eq!(
        refused(&description),
        "This operation is not permitted on KinesisStreamAsSource delivery stream type."
    );
    description["DeliveryStreamType"] = json!("DirectPut");
    description["DeliveryStreamStatus"] = json!("CREATING");
    assert!(matches!(Description::read(&description), Err(Refused::NotActive)));
}

#[test]
fn what_is_not_known_is_refused_by_its_name() {
    let conversion = "/DataFormatConversionConfiguration";
    let lambda = json!({ "Enabled": true, "Processors": [{ "Type": "Lambda" }] });
    let query = json!([{ "ParameterName": "MetadataExtractionQuery", "ParameterValue": "{day:.a|.b}" }]);
    let hive = json!({ "HiveJsonSerDe": {} });
    let orc = json!({ "OrcSerDe": {} });
    for (pointer, value, reason) in [
        ("/CompressionFormat", json!("GZIP"), "CompressionFormat: GZIP"),
        ("/S3BackupMode", json!("Enabled"), "S3BackupMode: Enabled"),
        ("/CustomTimeZone", json!("Asia/Tokyo"), "CustomTimeZone"),
        ("/BucketARN", json!("bucket"), "BucketARN"),
        (
            "/Prefix",
            json!("!{partitionKeyFromQuery:site}/"),
            "no partition key site",
        ),
        ("/ErrorOutputPrefix", json!(""), "ErrorOutputPrefix: is missing"),
        (
            "/DynamicPartitioningConfiguration",
            json!({}),
            "no partition key day",
        ),
        (
            "/ProcessingConfiguration",
            json!({}),
            "there is no MetadataExtraction",
        ),
        ("/ProcessingConfiguration", lambda, "a processor Lambda"),
        (
            "/ProcessingConfiguration/Processors/0/Parameters",
            query,
            "MetadataExtractionQuery: expected",
        ),
        (
            &format!("{conversion}/InputFormatConfiguration/Deserializer"),
            hive,
            "only OpenXJsonSerDe",
        ),
        (
            &format!("{conversion}/OutputFormatConfiguration/Serializer"),
            orc,
            "only ParquetSerDe",
        ),
        (
            &format!("{conversion}/OutputFormatConfiguration/Serializer/ParquetSerDe/Compression"),
            json!("GZIP"),
            "compression GZIP",
        ),
        (
            &format!(
                "{conversion}/InputFormatConfiguration/Deserializer/OpenXJsonSerDe/ColumnToJsonKeyMappings"
            ),
            json!({ "ts": "timestamp" }),
            "ColumnToJsonKeyMappings",
        ),
        (
            &format!("{conversion}/SchemaConfiguration/TableName"),
            json!(""),
            "TableName: is missing",
        ),
        (
            &format!("{conversion}/SchemaConfiguration/VersionId"),
            json!("2"),
            "VersionId: 2",
        ),
    ] {
        let found = refused(&with(pointer, value));
        assert!(
            found.contains(reason) && found.contains("stream archive"),
            "{pointer}: {found}"
        );
    }
}

#[test]
fn a_table_must_be_there_with_types_that_are_known() {
    let complete = |table: Option<&Value>| {
        let read = Description::read(&archive()).and_then(|read| read.complete(table));
        format!("{:?}", read.err())
    };
    assert!(complete(None).contains("Glue has no table db.lines"));
    assert!(complete(Some(&table("array<int>"))).contains("column At: the type array<int>"));
}
