//! What a call is answered with.

use http::Request;
use local_firehose::LocalFirehose;
use local_firehose::limits::RECORDS_PER_CALL;
use serde_json::{Value, json};

use crate::firehose::{Firehose, archive, partitioned, patient, plain};

#[test]
fn puts_are_served_and_nothing_else() {
    assert!(LocalFirehose::serves("Firehose_20150804.PutRecord"));
    assert!(LocalFirehose::serves("Firehose_20150804.PutRecordBatch"));
    for target in [
        "Firehose_20150804.DescribeDeliveryStream",
        "Kinesis_20131202.PutRecord",
        "PutRecord",
        "",
    ] {
        assert!(!LocalFirehose::serves(target), "{target}");
    }
}

#[tokio::test]
async fn every_record_has_an_id_of_its_own() {
    let firehose = Firehose::start(patient(), plain()).await;
    let (status, answer) = firehose.put(&vec!["x"; RECORDS_PER_CALL]).await;
    assert_eq!(status, 200);
    assert_eq!(
        (&answer["FailedPutCount"], &answer["Encrypted"]),
        (&json!(0), &json!(false))
    );
    let mut ids: Vec<_> = answer["RequestResponses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["RecordId"].as_str().unwrap())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), RECORDS_PER_CALL);

    let one = json!({ "DeliveryStreamName": "archive", "Record": { "Data": "eA==" } });
    let (status, answer) = firehose.call("PutRecord", &one).await;
    assert_eq!(status, 200);
    assert!(answer["RecordId"].is_string() && answer["Encrypted"] == false);
    assert_eq!(firehose.count("records"), 501);
    assert_eq!(firehose.count("batches"), 2);
}

async fn refused(firehose: &Firehose, code: &str, message: &str) {
    let (status, answer) = firehose.put(&["x"]).await;
    assert!(!status.is_success());
    assert_eq!(answer["__type"], code);
    assert!(answer["message"].as_str().unwrap().contains(message), "{answer}");
    assert!(firehose.stand_in.state().as_object().unwrap().is_empty());
}

#[tokio::test]
async fn a_stream_must_exist_and_take_puts() {
    let firehose = Firehose::start(patient(), plain()).await;
    firehose.emulator.state().streams.clear();
    refused(&firehose, "ResourceNotFoundException", "archive not found").await;

    let source = json!({ "DeliveryStreamType": "KinesisStreamAsSource" });
    firehose
        .emulator
        .state()
        .streams
        .insert("archive".to_owned(), source);
    refused(
        &firehose,
        "InvalidArgumentException",
        "not permitted on KinesisStreamAsSource",
    )
    .await;

    firehose.emulator.state().confused = true;
    refused(&firehose, "ServiceUnavailableException", "did not answer").await;
}

#[tokio::test]
async fn what_is_not_known_is_refused_at_the_first_put() {
    let mut destination = partitioned();
    destination["ProcessingConfiguration"]["Processors"][0]["Parameters"][0]["ParameterValue"] =
        json!("{day:.at|fromdate,site:.site}");
    let firehose = Firehose::start(patient(), destination).await;
    refused(
        &firehose,
        "InvalidArgumentException",
        "MetadataExtractionQuery: expected",
    )
    .await;

    firehose.deploy("2", archive());
    refused(
        &firehose,
        "InvalidArgumentException",
        "Glue has no table iot.lines",
    )
    .await;
}

#[tokio::test]
async fn a_call_that_is_refused_leaves_nothing() {
    let firehose = Firehose::start(patient(), plain()).await;
    let (status, answer) = firehose.put(&vec!["x"; RECORDS_PER_CALL + 1]).await;
    assert_eq!(
        (status.as_u16(), &answer["__type"]),
        (400, &json!("InvalidArgumentException"))
    );
    let wrong = json!({ "DeliveryStreamName": "archive", "Records": [{ "Data": "eA==" }, {}] });
    assert_eq!(firehose.call("PutRecordBatch", &wrong).await.0, 400);
    assert_eq!(firehose.stand_in.state(), json!({}));

    let request = Request::post("/").header("x-amz-target", "Firehose_20150804.TagDeliveryStream");
    let answer = firehose
        .stand_in
        .handle(request.body(bytes::Bytes::new()).unwrap())
        .await;
    let answer: Value = serde_json::from_slice(answer.body()).unwrap();
    assert_eq!(answer["__type"], "UnknownOperationException");
}
