//! AWS's models as botocore has them, at limits that the pipelines live by. Needs `.venv` (scripts/setup).

use std::path::Path;

use super::*;

fn check(service: &str, request: &Request<Bytes>) -> (String, Vec<String>) {
    let venv = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../.venv");
    let models = ServiceModels::in_venv(&venv).expect("scripts/setup makes .venv");
    told(models.check(service, request))
}

fn put_events(events: usize, session: &str) -> Request<Bytes> {
    let event = json!({ "eventType": "click", "sentAt": 1_700_000_000 });
    let body = json!({ "trackingId": "t", "sessionId": session, "eventList": vec![event; events] });
    Request::post("/events")
        .body(Bytes::from(body.to_string()))
        .unwrap()
}

#[test]
fn put_events_takes_one_to_ten_events_of_a_session() {
    let allowed = "allowed is 1 to 10";
    let cases = [
        (put_events(1, "s"), vec![]),
        (put_events(10, "s"), vec![]),
        (
            put_events(0, "s"),
            vec![format!("eventList has 0 elements, {allowed}")],
        ),
        (
            put_events(11, "s"),
            vec![format!("eventList has 11 elements, {allowed}")],
        ),
        (put_events(1, &"s".repeat(256)), vec![]),
        (
            put_events(1, &"s".repeat(257)),
            vec!["sessionId has 257 characters, allowed is 1 to 256".to_owned()],
        ),
    ];
    for (request, expected) in cases {
        assert_eq!(
            check("personalize-events", &request),
            ("PutEvents".to_owned(), expected)
        );
    }
}

#[test]
fn put_records_takes_one_to_five_hundred_records() {
    let records = |count| {
        let record = json!({ "Data": "YQ==", "PartitionKey": "k" });
        json_call(
            "PutRecords",
            &json!({ "StreamName": "s", "Records": vec![record; count] }),
        )
    };
    assert_eq!(
        check("kinesis", &records(500)),
        ("PutRecords".to_owned(), Vec::new())
    );
    let problem = vec!["Records has 501 elements, allowed is 1 to 500".to_owned()];
    assert_eq!(
        check("kinesis", &records(501)),
        ("PutRecords".to_owned(), problem)
    );
}

#[test]
fn operations_are_told_apart_as_aws_does() {
    let cases = [
        ("s3", Request::put("/bucket/dead-letters/a.json"), "PutObject"),
        (
            "s3",
            Request::put("/bucket/key?partNumber=1&uploadId=u"),
            "UploadPart",
        ),
        ("s3", Request::put("/bucket/key?x-id=PutObject"), "PutObject"),
        (
            "s3",
            Request::get("/bucket?list-type=2&prefix=a"),
            "ListObjectsV2",
        ),
        ("s3", Request::get("/bucket/?list-type=2"), "ListObjectsV2"),
        ("s3", Request::get("/bucket/a/b"), "GetObject"),
        ("s3", Request::head("/bucket"), "HeadBucket"),
        ("s3", Request::get("/"), "ListBuckets"),
        (
            "lambda",
            Request::post("/2015-03-31/functions/f/invocations"),
            "Invoke",
        ),
        (
            "lambda",
            Request::get("/2015-03-31/event-source-mappings"),
            "ListEventSourceMappings",
        ),
        (
            "lambda",
            Request::get("/2015-03-31/event-source-mappings/?FunctionName=f"),
            "ListEventSourceMappings",
        ),
    ];
    for (service, request, operation) in cases {
        let request = request.body(Bytes::new()).unwrap();
        assert_eq!(
            check(service, &request),
            (operation.to_owned(), Vec::new()),
            "{}",
            request.uri()
        );
    }
}

#[test]
fn a_form_of_cloudformation() {
    let form = |body: &'static str| {
        let request = Request::post("/").header("content-type", "application/x-www-form-urlencoded");
        request.body(Bytes::from_static(body.as_bytes())).unwrap()
    };
    let good = form("Action=DescribeStacks&Version=2010-05-15&StackName=Recommendations");
    assert_eq!(
        check("cloudformation", &good),
        ("DescribeStacks".to_owned(), Vec::new())
    );
    let bad = form("Action=CreateChangeSet&StackName=s&Capabilities.member.1=CAPABILITY_EVERYTHING");
    let (operation, problems) = check("cloudformation", &bad);
    assert_eq!(operation, "CreateChangeSet");
    assert_eq!(
        problems,
        [
            "ChangeSetName is required",
            "Capabilities[0] is none of the allowed values"
        ]
    );
}
