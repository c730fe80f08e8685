//! When objects are written, and that nothing is lost on the way.

use std::time::Duration;

use local_firehose::limits::{ACTIVE_PARTITIONS, OBJECT_KEY_BYTES};
use local_firehose::{Settings, Undelivered};
use serde_json::json;

use crate::firehose::{Firehose, partitioned, patient, plain};

#[tokio::test]
async fn records_are_concatenated_as_they_came() {
    let firehose = Firehose::start(patient(), plain()).await;
    firehose.accepted(&["one\n", "", "two"]).await;
    firehose.accepted(&[b"\xff"]).await;
    assert!(firehose.emulator.objects("").is_empty());
    firehose.stand_in.flush().await;
    let objects = firehose.emulator.objects("raw/20");
    assert_eq!(objects.len(), 1);
    assert_eq!(objects[0].1, &b"one\ntwo\xff"[..]);
    let name = objects[0].0.rsplit('/').next().unwrap();
    assert!(name.starts_with("archive-1-20"), "{name}");
    assert_eq!(objects[0].0.matches('/').count(), 5);
}

#[tokio::test]
async fn a_delimiter_is_written_behind_each_record() {
    let mut destination = plain();
    destination["ProcessingConfiguration"] =
        json!({ "Enabled": true, "Processors": [{ "Type": "AppendDelimiterToRecord" }] });
    let firehose = Firehose::start(patient(), destination).await;
    firehose.accepted(&["a", "b"]).await;
    firehose.stand_in.flush().await;
    assert_eq!(firehose.emulator.objects("raw/")[0].1, "a\nb\n");
}

#[tokio::test]
async fn a_buffer_is_written_when_it_is_full() {
    let firehose = Firehose::start(patient(), plain()).await;
    let half = vec![b'x'; 512 * 1024];
    firehose.accepted(&[&half]).await;
    firehose.accepted(&[&half[1..]]).await;
    assert_eq!((firehose.count("objects"), firehose.count("buffered")), (0, 2));
    firehose.accepted(&[b"y"]).await;
    firehose.eventually("objects", 1).await;
    assert_eq!(firehose.count("buffered"), 0);
    assert_eq!(firehose.emulator.objects("raw/")[0].1.len(), 1024 * 1024);
}

#[tokio::test]
async fn a_buffer_is_written_after_its_interval() {
    let settings = Settings {
        interval_cap: Duration::from_millis(20),
        ..patient()
    };
    let firehose = Firehose::start(settings, plain()).await;
    firehose.accepted(&["a"]).await;
    firehose.eventually("objects", 1).await;
    firehose.accepted(&["b"]).await;
    firehose.eventually("objects", 2).await;
}

#[tokio::test]
async fn the_streams_own_interval_counts_when_it_is_shorter() {
    let mut destination = plain();
    destination["BufferingHints"]["IntervalInSeconds"] = json!(0);
    let firehose = Firehose::start(patient(), destination).await;
    firehose.accepted(&["a"]).await;
    firehose.eventually("objects", 1).await;
}

#[tokio::test]
async fn a_put_that_fails_is_made_again_by_the_same_key() {
    let firehose = Firehose::start(patient(), plain()).await;
    firehose.emulator.state().failing_puts = 5;
    firehose.accepted(&["a"]).await;
    firehose.stand_in.flush().await;
    assert_eq!(firehose.count("failed_puts"), 5);
    assert_eq!((firehose.count("objects"), firehose.count("delivered")), (1, 1));
    let objects = firehose.emulator.objects("");
    assert_eq!(objects.len(), 1);
    assert_eq!(objects[0].1, "a");
}

#[tokio::test]
async fn a_stop_writes_what_was_accepted_and_takes_nothing_more() {
    let firehose = Firehose::start(patient(), plain()).await;
    firehose.accepted(&["a"]).await;
    assert_eq!(firehose.stand_in.stop().await, Ok(()));
    assert_eq!(firehose.emulator.objects("raw/")[0].1, "a");
    let (status, answer) = firehose.put(&["b"]).await;
    assert_eq!(
        (status.as_u16(), &answer["__type"]),
        (503, &json!("ServiceUnavailableException"))
    );
    assert_eq!(firehose.count("records"), 1);
}

#[tokio::test]
async fn a_stop_says_what_could_not_be_written() {
    let settings = Settings {
        stop_deadline: Duration::from_millis(50),
        ..patient()
    };
    let firehose = Firehose::start(settings, plain()).await;
    firehose.emulator.state().failing_puts = usize::MAX;
    firehose.accepted(&["a", "b"]).await;
    assert_eq!(firehose.stand_in.stop().await, Err(Undelivered { records: 2 }));
}

#[tokio::test]
async fn no_more_waits_for_s3_than_there_is_room_for() {
    let settings = Settings {
        backlog_bytes: 10,
        ..patient()
    };
    let firehose = Firehose::start(settings, plain()).await;
    firehose.accepted(&["0123456789"]).await;
    assert_eq!(firehose.put(&["x"]).await.0, 503);
    firehose.stand_in.flush().await;
    firehose.accepted(&["x"]).await;
}

#[tokio::test]
async fn a_changed_configuration_begins_another_object() {
    let firehose = Firehose::start(patient(), plain()).await;
    firehose.accepted(&["a"]).await;
    firehose.accepted(&["b"]).await;
    let mut changed = plain();
    changed["Prefix"] = json!("other/");
    firehose.deploy("2", changed);
    firehose.accepted(&["c"]).await;
    firehose.stand_in.flush().await;
    assert_eq!(firehose.emulator.objects("raw/")[0].1, "ab");
    let (name, body) = &firehose.emulator.objects("other/")[0];
    assert!(name.contains("/archive-2-"));
    assert_eq!(body, "c");
}

#[tokio::test]
async fn a_configuration_is_read_again_when_it_is_old() {
    let settings = Settings {
        configuration_age: Duration::from_secs(3600),
        ..patient()
    };
    let firehose = Firehose::start(settings, plain()).await;
    firehose.accepted(&["a"]).await;
    firehose.accepted(&["b"]).await;
    assert_eq!(firehose.emulator.state().describes, 1);

    let firehose = Firehose::start(patient(), plain()).await;
    firehose.accepted(&["a"]).await;
    firehose.accepted(&["b"]).await;
    assert_eq!(firehose.emulator.state().describes, 2);
    // An emulator that is starting again is no reason to refuse.
    firehose.emulator.state().confused = true;
    firehose.accepted(&["c"]).await;
}

fn reading(site: &str) -> String {
    json!({ "site": site, "measuredAt": "2026-11-25T01:02:03Z" }).to_string()
}

#[tokio::test]
async fn each_partition_has_its_objects() {
    let firehose = Firehose::start(patient(), partitioned()).await;
    firehose
        .accepted(&[reading("a"), reading("ä b"), reading("a")])
        .await;
    assert_eq!(firehose.count("active_partitions"), 2);
    firehose.stand_in.flush().await;
    let objects = firehose.emulator.objects("readings/day=2026-11-25/site=");
    assert_eq!(objects.len(), 2);
    assert_eq!(objects[0].1, format!("{0}{0}", reading("a")));
    assert!(objects[1].0.contains("site=ä b/"));
    assert_eq!(firehose.count("active_partitions"), 0);
}

#[tokio::test]
async fn records_without_keys_are_errors() {
    let firehose = Firehose::start(patient(), partitioned()).await;
    let long = reading(&"x".repeat(1024));
    let dots = reading("a/../b");
    let records = ["no JSON", "{}", &long, &dots];
    firehose.accepted(&records).await;
    firehose.stand_in.flush().await;
    let lines = firehose.lines("errors/processing-failed/archive-1-");
    assert_eq!(lines.len(), records.len());
    let reasons = [
        "not one JSON text",
        "key day: is missing",
        "too long",
        "folder of dots",
    ];
    for (line, reason) in lines.iter().zip(reasons) {
        assert!(line["errorMessage"].as_str().unwrap().contains(reason), "{line}");
    }
    assert_eq!(lines[1]["rawData"], "e30=");
    assert_eq!(
        (firehose.count("errors"), firehose.count("error_objects")),
        (4, 1)
    );
    assert_eq!(firehose.count("delivered"), 0);
}

#[tokio::test]
async fn a_key_has_up_to_1024_bytes() {
    let firehose = Firehose::start(patient(), partitioned()).await;
    firehose.accepted(&[reading("x")]).await;
    firehose.stand_in.flush().await;
    let room = OBJECT_KEY_BYTES - firehose.emulator.objects("readings/")[0].0.len() + 1;
    firehose
        .accepted(&[reading(&"x".repeat(room)), reading(&"x".repeat(room + 1))])
        .await;
    firehose.stand_in.flush().await;
    let longest = firehose
        .emulator
        .objects("readings/")
        .iter()
        .map(|(key, _)| key.len())
        .max();
    assert_eq!(longest, Some(OBJECT_KEY_BYTES));
    assert_eq!((firehose.count("delivered"), firehose.count("errors")), (2, 1));
}

#[tokio::test]
async fn five_hundred_partitions_are_active_at_most() {
    let firehose = Firehose::start(patient(), partitioned()).await;
    let records: Vec<_> = (0..ACTIVE_PARTITIONS)
        .map(|site| reading(&site.to_string()))
        .collect();
    firehose.accepted(&records).await;
    assert_eq!(firehose.count("active_partitions"), 500);
    // One that is active takes more; another is one too many.
    firehose.accepted(&[reading("7"), reading("new")]).await;
    firehose.stand_in.flush().await;
    assert_eq!(firehose.lines("errors/activePartitionExceeded/").len(), 1);
    assert_eq!(firehose.count("delivered"), 501);
    firehose.accepted(&[reading("new")]).await;
    firehose.stand_in.flush().await;
    assert_eq!(
        firehose
            .emulator
            .objects("readings/day=2026-11-25/site=new/")
            .len(),
        1
    );
}
