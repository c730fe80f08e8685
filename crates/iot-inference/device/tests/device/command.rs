//! The command as it is run: what it says, what it ends with, and that a kill loses nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Condvar, Mutex};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

/// PutRecords over HTTP: takes most records, and fails some of every call.
struct Kinesis {
    endpoint: String,
    taken: Arc<Taken>,
}

#[derive(Default)]
struct Taken {
    payloads: Mutex<Vec<Vec<u8>>>,
    more: Condvar,
}

impl Kinesis {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let taken = Arc::new(Taken::default());
        let for_calls = Arc::clone(&taken);
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let taken = Arc::clone(&for_calls);
                std::thread::spawn(move || serve(connection, &taken));
            }
        });
        Self { endpoint, taken }
    }

    fn wait_for(&self, payloads: usize) {
        let taken = self.taken.payloads.lock().unwrap();
        let arrived = |taken: &mut Vec<Vec<u8>>| taken.len() < payloads;
        drop(self.taken.more.wait_while(taken, arrived).unwrap());
    }
}

/// Answers the calls of one connection until it ends.
fn serve(connection: TcpStream, taken: &Taken) -> Option<()> {
    let mut reader = BufReader::new(connection.try_clone().ok()?);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let answer = put_records(&serde_json::from_slice(&body).ok()?, taken).to_string();
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.1\r\ncontent-length: ";
        write!(&connection, "{head}{}\r\n\r\n{answer}", answer.len()).ok()?;
    }
}

fn put_records(call: &Value, taken: &Taken) -> Value {
    let records = call["Records"].as_array().expect("records");
    let mut payloads = taken.payloads.lock().unwrap();
    let answers: Vec<_> = records
        .iter()
        .enumerate()
        .map(|(place, record)| {
            if place % 7 == 6 {
                return json!({"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "as told"});
            }
            let data = record["Data"].as_str().expect("data");
            payloads.push(BASE64_STANDARD.decode(data).expect("base64"));
            json!({"SequenceNumber": payloads.len().to_string(), "ShardId": "shardId-000000000000"})
        })
        .collect();
    taken.more.notify_all();
    let failed = answers
        .iter()
        .filter(|answer| answer.get("ErrorCode").is_some())
        .count();
    json!({"FailedRecordCount": failed, "Records": answers})
}

/// The command in an environment of nothing but these variables.
pub fn device(arguments: &str, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_device"));
    command
        .args(arguments.split(' '))
        .env_clear()
        .envs(variables.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn with_kinesis(arguments: &str, kinesis: &Kinesis) -> Command {
    let variables = [
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ACCESS_KEY_ID", "a"),
        ("AWS_SECRET_ACCESS_KEY", "b"),
        ("AWS_ENDPOINT_URL", kinesis.endpoint.as_str()),
    ];
    device(&format!("{arguments} --stream telemetry"), &variables)
}

pub fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

pub fn told(path: &Path) -> BTreeSet<String> {
    let text = std::fs::read_to_string(path).expect("the truth");
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("a whole line"));
    lines
        .filter_map(|line| line["readingId"].as_str().map(str::to_owned))
        .collect()
}

fn arrived(kinesis: &Kinesis) -> BTreeSet<String> {
    let mut readings = BTreeMap::new();
    for payload in kinesis.taken.payloads.lock().unwrap().iter() {
        if let Ok(reading) = telemetry::parse(payload) {
            let before = readings.insert(reading.reading_id(), payload.clone());
            assert!(
                before.is_none_or(|before| before == *payload),
                "a number was used twice"
            );
        }
    }
    readings.into_keys().collect()
}

#[test]
fn a_fleet_that_is_killed_and_started_again_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (spool, truth) = (folder.path().join("spool"), folder.path().join("truth.jsonl"));
    let kinesis = Kinesis::start();
    let options = format!(
        "--faults all --spool {} --truth {}",
        spool.display(),
        truth.display()
    );
    for round in 1..=3 {
        let mut fleet = with_kinesis(
            &format!("fleet --devices 60 --readings 1000000 --seed {round} {options}"),
            &kinesis,
        );
        let mut fleet = fleet.spawn().expect("the command runs");
        kinesis.wait_for(round * 1_500);
        fleet.kill().expect("killed");
        fleet.wait().expect("ended");
    }
    let last = with_kinesis(&format!("fleet --devices 3 --readings 100 {options}"), &kinesis).output();
    let last = last.expect("the command runs");
    assert_eq!(last.status.code(), Some(0), "{}", said(&last));
    let summary = String::from_utf8(last.stdout).unwrap();
    assert!(summary.ends_with("0 refused, 0 dropped, 0 wait\n"), "{summary}");
    let arrived = arrived(&kinesis);
    assert!(arrived.len() > 4_500 / 2);
    assert_eq!(arrived, told(&truth));
}

#[test]
fn a_file_is_replayed_line_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("room.csv");
    std::fs::write(
        &file,
        "timestamp,value\n2013-07-04 00:00:00,69.88083514\n2013-07-04 01:00:00,71.2\n",
    )
    .unwrap();
    let kinesis = Kinesis::start();
    let output = with_kinesis(&format!("replay --input {}", file.display()), &kinesis)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let payloads = kinesis.taken.payloads.lock().unwrap();
    assert_eq!(payloads.len(), 2);
    assert_eq!(
        telemetry::parse(&payloads[0]).unwrap().value().as_str(),
        "69.88083514"
    );
}

#[test]
fn what_is_generated_is_the_same_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    for name in ["one", "two"] {
        let arguments = format!(
            "generate --devices 9 --readings 500 --faults all --start 2026-11-25T00:00:00Z --output {} --truth {}",
            file(name).display(),
            file(&format!("{name}.truth")).display()
        );
        let output = device(&arguments, &[]).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    }
    assert_eq!(
        std::fs::read(file("one")).unwrap(),
        std::fs::read(file("two")).unwrap()
    );
    assert_eq!(told(&file("one.truth")).len(), 500);
}

#[test]
fn what_was_given_wrong_is_named_and_ends_with_2() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("room.csv");
    std::fs::write(&file, "timestamp,value\n2013-07-04 00:00:00,warm\n").unwrap();
    let path = file.display();
    let cases = [
        (
            format!("replay --input {path}"),
            format!("device: {path}, line 2, field value: expected a number\n"),
        ),
        (
            "replay --input no/such.csv".to_owned(),
            "device: no/such.csv: No such file or directory (os error 2)\n".to_owned(),
        ),
        (
            format!("fleet --readings 1 --stream s --spool {path}"),
            format!("device: {path}: File exists (os error 17)\n"),
        ),
        (
            "fleet --readings 1 --stream s --truth no/such.jsonl".to_owned(),
            "device: no/such.jsonl: No such file or directory (os error 2)\n".to_owned(),
        ),
        (
            "generate --output no/such.jsonl".to_owned(),
            "device: no/such.jsonl: No such file or directory (os error 2)\n".to_owned(),
        ),
    ];
    for (arguments, expected) in cases {
        let output = device(&arguments, &[]).output().unwrap();
        assert_eq!(
            (output.status.code(), said(&output)),
            (Some(2), expected),
            "{arguments}"
        );
    }
}

#[test]
fn what_is_missing_around_it_is_named_and_ends_with_1() {
    let cases = [
        ("fleet --readings 1", "device: STACK_OUTPUTS is missing"),
        (
            "fleet --readings 1 --stream s",
            "device: environment: AWS_REGION is missing",
        ),
    ];
    for (arguments, expected) in cases {
        let output = device(arguments, &[]).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments}");
        assert!(said(&output).starts_with(expected), "{}", said(&output));
    }
}

#[test]
fn a_stream_that_does_not_answer_is_an_error_that_says_how_much_waits() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap();
    let kinesis = Kinesis {
        endpoint: format!("http://{}", port.local_addr().unwrap()),
        taken: Arc::default(),
    };
    drop(port);
    let output = with_kinesis("fleet --devices 2 --readings 5 --patience 1", &kinesis)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = said(&output);
    assert!(
        said.starts_with("device: nothing was acknowledged for 1 s, 5 payloads wait: "),
        "{said}"
    );
}

#[test]
fn a_live_fleet_measures_every_second_and_now() {
    let folder = tempfile::tempdir().unwrap();
    let truth = folder.path().join("truth.jsonl");
    let kinesis = Kinesis::start();
    let arguments = format!("fleet --devices 3 --seconds 2 --truth {}", truth.display());
    let output = with_kinesis(&arguments, &kinesis).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    // Eight sensors, at the beginning and a second later.
    assert_eq!(arrived(&kinesis).len(), 16);
    assert_eq!(arrived(&kinesis), told(&truth));
}

#[test]
fn a_fleet_that_is_interrupted_says_what_waits_and_ends_with_130() {
    let kinesis = Kinesis::start();
    let fleet = with_kinesis("fleet --devices 3 --seconds 600", &kinesis)
        .spawn()
        .unwrap();
    kinesis.wait_for(1);
    let pid = fleet.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &pid])
            .status()
            .unwrap()
            .success()
    );
    let output = fleet.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let said = said(&output);
    assert!(
        said.starts_with("interrupted: ") && said.ends_with(" wait\n"),
        "{said}"
    );
}
