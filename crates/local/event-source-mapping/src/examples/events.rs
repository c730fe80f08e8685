//! The documents that a function and an on-failure destination receive, field by field as the documentation shows
//! them.

use serde_json::{Value, json};

use super::config;
use crate::batch::{Batch, Failure};
use crate::event::{Envelope, EventRecord, WindowMembers};
use crate::on_failure::OnFailureReport;
use crate::{Condition, MappingConfig, MappingSettings, RecordBody, ShardId, StreamRecord, Timestamp};

const ROLE: &str = "arn:aws:iam::123456789012:role/lambda-role";

fn kinesis(region: &str, stream: &str) -> MappingConfig {
    let arn = format!("arn:aws:kinesis:{region}:123456789012:stream/{stream}");
    config(MappingSettings::new(arn, super::FUNCTION)).with_invoke_identity(ROLE)
}

fn record(sequence_number: &str, arrival_millis: u64, data: &'static str) -> StreamRecord {
    StreamRecord {
        sequence_number: sequence_number.into(),
        arrival: Timestamp::from_millis(arrival_millis),
        body: RecordBody::Kinesis {
            partition_key: "1".into(),
            data: data.into(),
        },
    }
}

/// <https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html>
#[test]
fn a_kinesis_event() {
    let config = kinesis("us-east-2", "lambda-stream");
    let shard = ShardId::from("shardId-000000000006");
    let records = [
        (
            "49590338271490256608559692538361571095921575989136588898",
            1_545_084_650_987,
            "Hello, this is a test.",
        ),
        (
            "49590338271490256608559692540925702759324208523137515618",
            1_545_084_711_166,
            "This is only a test.",
        ),
    ]
    .map(|(number, arrival, data)| EventRecord::new(&record(number, arrival, data), &shard, &config));
    let expected = |number: &str, data: &str, arrival: f64| {
        json!({
            "kinesis": {
                "kinesisSchemaVersion": "1.0",
                "partitionKey": "1",
                "sequenceNumber": number,
                "data": data,
                "approximateArrivalTimestamp": arrival,
            },
            "eventSource": "aws:kinesis",
            "eventVersion": "1.0",
            "eventID": format!("shardId-000000000006:{number}"),
            "eventName": "aws:kinesis:record",
            "invokeIdentityArn": ROLE,
            "awsRegion": "us-east-2",
            "eventSourceARN": "arn:aws:kinesis:us-east-2:123456789012:stream/lambda-stream",
        })
    };
    let event: Value = serde_json::from_str(&Envelope::default().event(&records)).expect("an event is JSON");
    assert_eq!(
        event,
        json!({"Records": [
            expected(
                "49590338271490256608559692538361571095921575989136588898",
                "SGVsbG8sIHRoaXMgaXMgYSB0ZXN0Lg==",
                1_545_084_650.987,
            ),
            expected(
                "49590338271490256608559692540925702759324208523137515618",
                "VGhpcyBpcyBvbmx5IGEgdGVzdC4=",
                1_545_084_711.166,
            ),
        ]})
    );
}

/// <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html#streams-tumbling-processing>
#[test]
fn a_time_window_event() {
    let config = kinesis("us-east-1", "lambda-stream");
    let members = WindowMembers {
        start: Timestamp::from_seconds(1_607_497_440),
        end: Timestamp::from_seconds(1_607_497_560),
        state: &json!({"1": 282, "2": 715}),
        is_final: false,
        terminated_early: false,
    };
    let envelope = Envelope::window(&"shardId-000000000006".into(), &config, &members);
    let event: Value = serde_json::from_str(&envelope.event(&[])).expect("an event is JSON");
    assert_eq!(
        event,
        json!({
            "Records": [],
            "window": {"start": "2020-12-09T07:04:00Z", "end": "2020-12-09T07:06:00Z"},
            "state": {"1": 282, "2": 715},
            "shardId": "shardId-000000000006",
            "eventSourceARN": "arn:aws:kinesis:us-east-1:123456789012:stream/lambda-stream",
            "isFinalInvokeForWindow": false,
            "isWindowTerminatedEarly": false,
        })
    );
}

/// <https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html>
#[test]
fn a_dynamodb_event() {
    let arn = "arn:aws:dynamodb:us-east-2:123456789012:table/my-table/stream/2023-06-10T19:26:16.525";
    let config = config(MappingSettings::new(arn, super::FUNCTION));
    let change = json!({
        "Keys": {"Id": {"N": "101"}},
        "NewImage": {"Message": {"S": "New item!"}, "Id": {"N": "101"}},
        "StreamViewType": "NEW_AND_OLD_IMAGES",
        "SequenceNumber": "111",
        "SizeBytes": 26,
    });
    let record = StreamRecord {
        sequence_number: "111".into(),
        arrival: Timestamp::from_seconds(1_686_425_176),
        body: RecordBody::DynamoDb {
            event_id: "1".into(),
            event_name: "INSERT".into(),
            change: change.clone(),
        },
    };
    let record = EventRecord::new(&record, &"shardId-00000001573689847184-864758bb".into(), &config);
    let event: Value = serde_json::from_str(&Envelope::default().event(&[record])).expect("an event is JSON");
    assert_eq!(
        event,
        json!({"Records": [{
            "eventID": "1",
            "eventVersion": "1.1",
            "dynamodb": change,
            "awsRegion": "us-east-2",
            "eventName": "INSERT",
            "eventSourceARN": arn,
            "eventSource": "aws:dynamodb",
        }]})
    );
}

/// <https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html>
#[test]
fn a_report_on_a_discarded_batch() {
    let config = kinesis("us-east-2", "mystream");
    let shard = ShardId::from("shardId-000000000001");
    let record = |number: &str, arrival| EventRecord::new(&record(number, arrival, "{}"), &shard, &config);
    let first = record(
        "49601189658422359378836298521827638475320189012309704722",
        1_573_691_884_835,
    );
    let last = record(
        "49601189658422359378836298522902373528957594348623495186",
        1_573_691_885_580,
    );
    let records: Vec<_> = std::iter::repeat_n(first, 499).chain([last]).collect();
    let event = Envelope::default().event(&records);
    let batch = Batch {
        attempts: 1,
        last_failure: Some(Failure::FunctionError("Unhandled".into())),
        ..Batch::of(records)
    };
    let at = Timestamp::from_millis(1_573_691_886_021);
    let report = OnFailureReport::new(&batch, Condition::RetryAttemptsExhausted, &shard, &config, at);
    let metadata = json!({
        "requestContext": {
            "requestId": "c9b8fa9f-5a7f-xmpl-af9c-0c604cde93a5",
            "functionArn": "arn:aws:lambda:us-east-2:123456789012:function:myfunction",
            "condition": "RetryAttemptsExhausted",
            "approximateInvokeCount": 1,
        },
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "version": "1.0",
        "timestamp": "2019-11-14T00:38:06.021Z",
        "KinesisBatchInfo": {
            "shardId": "shardId-000000000001",
            "startSequenceNumber": "49601189658422359378836298521827638475320189012309704722",
            "endSequenceNumber": "49601189658422359378836298522902373528957594348623495186",
            "approximateArrivalOfFirstRecord": "2019-11-14T00:38:04.835Z",
            "approximateArrivalOfLastRecord": "2019-11-14T00:38:05.580Z",
            "batchSize": 500,
            "streamArn": "arn:aws:kinesis:us-east-2:123456789012:stream/mystream",
        },
    });
    let request_id = "c9b8fa9f-5a7f-xmpl-af9c-0c604cde93a5";
    assert_eq!(
        report.metadata(request_id),
        metadata,
        "to a queue: no record in it"
    );
    let mut with_payload = metadata;
    with_payload["payload"] = event.into();
    assert_eq!(
        report.metadata_with_payload(request_id),
        with_payload,
        "to a bucket: the whole event, as a string"
    );
    assert_eq!(
        report.object_key(
            "14e0db71-5d35-4eb5-b481-8945cf9d10c2",
            "c9b8fa9f-5a7f-4b9d-af9c-0c604cde93a5"
        ),
        "aws/lambda/14e0db71-5d35-4eb5-b481-8945cf9d10c2/shardId-000000000001/2019/11/14/\
         2019-11-14T00.38.06-c9b8fa9f-5a7f-4b9d-af9c-0c604cde93a5"
    );
}

/// <https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errorhandling.html>
#[test]
fn a_report_on_a_discarded_batch_of_changes() {
    let arn = "arn:aws:dynamodb:us-east-2:123456789012:table/mytable/stream/2019-11-14T00:04:06.388";
    let config = config(MappingSettings::new(arn, super::FUNCTION));
    let shard = ShardId::from("shardId-00000001573689847184-864758bb");
    let record = StreamRecord {
        sequence_number: "800000000003126276362".into(),
        arrival: Timestamp::from_seconds(1_573_690_399),
        body: RecordBody::DynamoDb {
            event_id: "1".into(),
            event_name: "INSERT".into(),
            change: json!({"Keys": {}}),
        },
    };
    let batch = Batch::of(vec![EventRecord::new(&record, &shard, &config)]);
    let at = Timestamp::from_millis(1_573_690_429_717);
    let report = OnFailureReport::new(&batch, Condition::RetryAttemptsExhausted, &shard, &config, at);
    assert_eq!(
        report.metadata("316aa6d0")["DDBStreamBatchInfo"],
        json!({
            "shardId": "shardId-00000001573689847184-864758bb",
            "startSequenceNumber": "800000000003126276362",
            "endSequenceNumber": "800000000003126276362",
            "approximateArrivalOfFirstRecord": "2019-11-14T00:13:19Z",
            "approximateArrivalOfLastRecord": "2019-11-14T00:13:19Z",
            "batchSize": 1,
            "streamArn": arn,
        })
    );
}
