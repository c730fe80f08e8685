//! A stand-in with an emulator, and calls of it.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Request, StatusCode};
use local_firehose::{LocalFirehose, Settings};
use serde_json::{Value, json};

use crate::emulator::Emulator;

pub(crate) struct Firehose {
    pub(crate) stand_in: LocalFirehose,
    pub(crate) emulator: Emulator,
}

/// Nothing is written before it is asked for.
pub(crate) fn patient() -> Settings {
    Settings {
        interval_cap: Duration::from_secs(3600),
        configuration_age: Duration::ZERO,
        ..Settings::default()
    }
}

impl Firehose {
    /// With a stream `archive`, whose destination is this.
    pub(crate) async fn start(settings: Settings, destination: Value) -> Self {
        let (emulator, authority) = Emulator::start().await;
        let stand_in = LocalFirehose::with_settings(&authority, settings);
        let firehose = Self { stand_in, emulator };
        firehose.deploy("1", destination);
        firehose
    }

    pub(crate) fn deploy(&self, version: &str, destination: Value) {
        let description = json!({
            "DeliveryStreamName": "archive",
            "DeliveryStreamStatus": "ACTIVE",
            "DeliveryStreamType": "DirectPut",
            "VersionId": version,
            "Destinations": [{ "ExtendedS3DestinationDescription": destination }],
        });
        self.emulator
            .state()
            .streams
            .insert("archive".to_owned(), description);
    }

    pub(crate) async fn call(&self, operation: &str, body: &Value) -> (StatusCode, Value) {
        let request = Request::post("/")
            .header("x-amz-target", format!("Firehose_20150804.{operation}"))
            .body(Bytes::from(body.to_string()))
            .unwrap();
        let answer = self.stand_in.handle(request).await;
        assert_eq!(answer.headers()["content-type"], "application/x-amz-json-1.1");
        (answer.status(), serde_json::from_slice(answer.body()).unwrap())
    }

    pub(crate) async fn put(&self, records: &[impl AsRef<[u8]>]) -> (StatusCode, Value) {
        let records = records
            .iter()
            .map(|record| json!({ "Data": STANDARD.encode(record) }));
        let records: Vec<_> = records.collect();
        let body = json!({ "DeliveryStreamName": "archive", "Records": records });
        self.call("PutRecordBatch", &body).await
    }

    /// Puts what must be accepted.
    pub(crate) async fn accepted(&self, records: &[impl AsRef<[u8]>]) {
        let (status, answer) = self.put(records).await;
        assert_eq!(status, 200, "{answer}");
    }

    pub(crate) fn count(&self, name: &str) -> u64 {
        self.stand_in.state()["archive"][name].as_u64().unwrap()
    }

    /// Waits until a count of the state is this.
    pub(crate) async fn eventually(&self, name: &str, expected: u64) {
        let reached = async {
            while self.count(name) != expected {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let reached = tokio::time::timeout(Duration::from_secs(30), reached).await;
        assert!(
            reached.is_ok(),
            "{name} is not {expected}: {}",
            self.stand_in.state()
        );
    }

    /// The lines of JSON below a prefix.
    pub(crate) fn lines(&self, prefix: &str) -> Vec<Value> {
        let objects = self.emulator.objects(prefix);
        let lines = objects
            .iter()
            .flat_map(|(_, body)| std::str::from_utf8(body).unwrap().lines());
        lines.map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// A destination that keeps records as they are.
pub(crate) fn plain() -> Value {
    json!({
        "BucketARN": "arn:aws:s3:::bucket",
        "BufferingHints": { "SizeInMBs": 1, "IntervalInSeconds": 60 },
        "Prefix": "raw/",
    })
}

/// A destination with partitions.
pub(crate) fn partitioned() -> Value {
    json!({
        "BucketARN": "arn:aws:s3:::bucket",
        "BufferingHints": { "SizeInMBs": 1, "IntervalInSeconds": 60 },
        "Prefix": "readings/day=!{partitionKeyFromQuery:day}/site=!{partitionKeyFromQuery:site}/",
        "ErrorOutputPrefix": "errors/!{firehose:error-output-type}/",
        "DynamicPartitioningConfiguration": { "Enabled": true },
        "ProcessingConfiguration": { "Enabled": true, "Processors": [{
            "Type": "MetadataExtraction",
            "Parameters": [
                { "ParameterName": "MetadataExtractionQuery", "ParameterValue": "{day:.measuredAt[0:10],site:.site}" },
                { "ParameterName": "JsonParsingEngine", "ParameterValue": "JQ-1.6" },
            ],
        }] },
    })
}

/// A destination with partitions and Parquet, as the archive's is.
pub(crate) fn archive() -> Value {
    let mut destination = partitioned();
    destination["DataFormatConversionConfiguration"] = json!({
        "Enabled": true,
        "SchemaConfiguration": { "DatabaseName": "iot", "TableName": "lines", "VersionId": "LATEST" },
        "InputFormatConfiguration": { "Deserializer": { "OpenXJsonSerDe": { "CaseInsensitive": true } } },
        "OutputFormatConfiguration": { "Serializer": { "ParquetSerDe": { "Compression": "SNAPPY" } } },
    });
    destination
}

/// The table of the archive.
pub(crate) fn table() -> Value {
    let columns = [
        ("readingid", "string"),
        ("site", "string"),
        ("measuredat", "string"),
        ("value", "double"),
        ("sequence", "bigint"),
    ];
    let columns = columns.map(|(name, kind)| json!({ "Name": name, "Type": kind }));
    json!({ "Name": "lines", "StorageDescriptor": { "Columns": columns } })
}
