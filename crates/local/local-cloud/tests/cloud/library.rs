//! An empty cloud, from inside a test.

use aws_sdk_kinesis::primitives::Blob;
use aws_sdk_lambda::types::{EventSourcePosition, FunctionCode, Runtime};
use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use local_cloud::{Error, LocalCloud, Options};
use stand_ins::faults::Plan;

use crate::{emulator, eventually, project, runs};

async fn empty_cloud() -> LocalCloud {
    LocalCloud::start(Options::new(project()), |_| {}).await.unwrap()
}

/// The emulator's process group.
fn group(cloud: &LocalCloud) -> i32 {
    let logs = cloud.logs();
    let (_, log) = logs.iter().find(|(part, _)| *part == "emulator").unwrap();
    emulator(log).unwrap().0
}

async fn stream(cloud: &LocalCloud) -> aws_sdk_kinesis::Client {
    let kinesis = aws_sdk_kinesis::Client::new(&cloud.sdk_config());
    kinesis
        .create_stream()
        .stream_name("numbers")
        .shard_count(1)
        .send()
        .await
        .unwrap();
    kinesis
}

async fn put(kinesis: &aws_sdk_kinesis::Client) -> Result<String, aws_sdk_kinesis::Error> {
    let put = kinesis
        .put_record()
        .stream_name("numbers")
        .partition_key("a")
        .data(Blob::new("1"));
    Ok(put.send().await?.sequence_number().to_owned())
}

#[tokio::test]
async fn calls_pass_and_are_recorded() {
    let cloud = empty_cloud().await;
    let kinesis = stream(&cloud).await;
    put(&kinesis).await.unwrap();
    let s3 = aws_sdk_s3::Client::new(&cloud.sdk_config());
    s3.create_bucket().bucket("objects").send().await.unwrap();
    let body = aws_sdk_s3::primitives::ByteStream::from_static(b"content");
    s3.put_object()
        .bucket("objects")
        .key("a/b")
        .body(body)
        .send()
        .await
        .unwrap();
    let object = s3.get_object().bucket("objects").key("a/b").send().await.unwrap();
    assert_eq!(object.body.collect().await.unwrap().to_vec(), b"content");

    let mut counts = Vec::new();
    for counted in cloud.requests() {
        if counted.service != "lambda" {
            counts.push((counted.operation, counted.status, counted.count));
        }
    }
    let once = [
        "CreateStream",
        "PutRecord",
        "CreateBucket",
        "GetObject",
        "PutObject",
    ];
    assert_eq!(counts, once.map(|operation| (operation.to_owned(), Some(200), 1)));
    assert_eq!(cloud.violations(), []);
    cloud.stop().await;
}

#[tokio::test]
async fn what_aws_refuses_is_told_though_the_emulator_takes_it() {
    let cloud = empty_cloud().await;
    let kinesis = stream(&cloud).await;
    let key = "k".repeat(257);
    // Whether the emulator takes it does not matter.
    let _ = kinesis
        .put_record()
        .stream_name("numbers")
        .partition_key(key)
        .data(Blob::new("1"))
        .send()
        .await;
    let violations = cloud.violations();
    let told: Vec<_> = violations
        .iter()
        .map(|v| (v.operation.as_str(), v.member.as_str(), v.problem.as_str()))
        .collect();
    assert_eq!(
        told,
        [(
            "PutRecord",
            "PartitionKey",
            "has 257 characters, allowed is 1 to 256"
        )]
    );
}

#[tokio::test]
async fn a_restarted_emulator_has_its_streams() {
    let cloud = empty_cloud().await;
    let kinesis = stream(&cloud).await;
    let first = put(&kinesis).await.unwrap();
    let before = group(&cloud);
    cloud.restart_emulator().await.unwrap();
    assert_ne!(group(&cloud), before);
    assert!(!runs(before));

    let shards = kinesis
        .get_shard_iterator()
        .stream_name("numbers")
        .shard_id("shardId-000000000000");
    let horizon = aws_sdk_kinesis::types::ShardIteratorType::TrimHorizon;
    let iterator = shards.shard_iterator_type(horizon).send().await.unwrap();
    let read = kinesis
        .get_records()
        .set_shard_iterator(iterator.shard_iterator)
        .send()
        .await
        .unwrap();
    assert_eq!(read.records()[0].sequence_number(), first);
    assert!(put(&kinesis).await.is_ok());
}

#[tokio::test]
async fn a_part_that_dies_is_told_with_its_log() {
    let cloud = empty_cloud().await;
    let group = group(&cloud);
    let killed = std::process::Command::new("kill")
        .args(["-KILL", &group.to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    let error = cloud.failed().await;
    assert!(
        matches!(&error, Error::Part { part, .. } if part == "emulator"),
        "{error}"
    );
    assert!(
        error.to_string().contains("ended (signal: 9 (SIGKILL))"),
        "{error}"
    );
    assert!(
        error.to_string().contains("Running on http://127.0.0.1"),
        "{error}"
    );
    drop(cloud);
    eventually("nothing of the emulator runs", || !runs(group)).await;
}

#[tokio::test]
async fn a_dropped_cloud_leaves_no_process() {
    let cloud = empty_cloud().await;
    let group = group(&cloud);
    assert!(runs(group));
    drop(cloud);
    eventually("nothing of the emulator runs", || !runs(group)).await;
}

#[tokio::test]
async fn faults_are_put_around_the_emulator_too() {
    let cloud = empty_cloud().await;
    let kinesis = stream(&cloud).await;
    let rule = |fault: &str| {
        format!(
            r#"{{"seed":1,"rules":[{{"service":"kinesis","operation":"PutRecord","probability":1.0,"max":1,"fault":{{"kind":"{fault}"}}}}]}}"#
        )
    };
    for (fault, status) in [
        ("throttle", Some(400)),
        ("server_error", Some(500)),
        ("reset", None),
    ] {
        cloud.set_faults(Plan::from_json(rule(fault).as_bytes()).unwrap());
        // The SDK tries again, and the second call passes.
        put(&kinesis).await.unwrap();
        assert_eq!(cloud.fault_report()["rules"][0]["injected"], 1, "{fault}");
        let seen = cloud
            .requests()
            .into_iter()
            .any(|counted| counted.operation == "PutRecord" && counted.status == status);
        assert!(seen, "{fault}");
    }
    cloud.clear_faults();
}

#[tokio::test]
async fn the_endpoint_speaks_http_2_without_tls_and_shows_its_state() {
    let cloud = empty_cloud().await;
    let authority = cloud.endpoint().trim_start_matches("http://").to_owned();
    let stream = tokio::net::TcpStream::connect(&authority).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
    tokio::spawn(connection);
    let get = |path: &str| {
        Request::get(format!("{}{path}", cloud.endpoint()))
            .body(Full::new(Bytes::new()))
            .unwrap()
    };
    let answer = sender.send_request(get("/_state/violations")).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "[]");
    let answer = sender.send_request(get("/_state/nonsense")).await.unwrap();
    assert_eq!(answer.status(), 404);
    // What is not ours passes to the emulator, whose protocol is HTTP/1.1.
    let answer = sender.send_request(get("/_ministack/health")).await.unwrap();
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn an_emulator_that_does_not_run_is_named() {
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let mut options = Options::new(project());
    options.emulator = local_cloud::Emulator::at(&format!("http://{free}")).unwrap();
    let error = LocalCloud::start(options, |_| {}).await.unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with(&format!("--endpoint http://{free}: ")),
        "{error}"
    );
}

#[tokio::test]
async fn a_running_emulator_is_used_and_left_running() {
    let host = empty_cloud().await;
    let mut options = Options::new(project());
    options.emulator = local_cloud::Emulator::at(&host.endpoint()).unwrap();
    options.run_mappings = false;
    let guest = LocalCloud::start(options, |_| {}).await.unwrap();
    let kinesis = stream(&guest).await;
    assert!(guest.restart_emulator().await.is_err());
    drop(guest);
    let kinesis_of_host = aws_sdk_kinesis::Client::new(&host.sdk_config());
    assert!(put(&kinesis).await.is_err());
    assert!(put(&kinesis_of_host).await.is_ok());
}

/// An archive's end record with nothing before it.
const EMPTY_ZIP: &[u8; 22] = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

#[tokio::test]
async fn without_the_driver_the_emulator_gets_the_mappings_enabled() {
    let host = empty_cloud().await;
    let lambda = aws_sdk_lambda::Client::new(&host.sdk_config());
    let code = FunctionCode::builder().zip_file(Blob::new(EMPTY_ZIP)).build();
    let function = lambda
        .create_function()
        .function_name("idle")
        .runtime(Runtime::Providedal2023)
        .code(code);
    function
        .role("arn:aws:iam::000000000000:role/idle")
        .handler("bootstrap")
        .send()
        .await
        .unwrap();
    let created = lambda
        .create_event_source_mapping()
        .event_source_arn("arn:aws:kinesis:us-east-1:000000000000:stream/numbers")
        .function_name("idle")
        .starting_position(EventSourcePosition::TrimHorizon)
        .enabled(false)
        .send()
        .await
        .unwrap();
    assert_eq!(created.state(), Some("Disabled"));
    let mut options = Options::new(project());
    options.emulator = local_cloud::Emulator::at(&host.endpoint()).unwrap();
    options.run_mappings = false;
    let _guest = LocalCloud::start(options, |_| {}).await.unwrap();
    let mapping = lambda.get_event_source_mapping().set_uuid(created.uuid);
    assert_eq!(mapping.send().await.unwrap().state(), Some("Enabled"));
}
