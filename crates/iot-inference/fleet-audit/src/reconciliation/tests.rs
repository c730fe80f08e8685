use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::fixtures::reading;
use crate::letter::sha256;
use crate::on_stream::StreamRecord;

/// A world in which all adds up: `readings` of two devices, some of them twice, and garbage, some of it twice.
struct World {
    truth: Truth,
    found: Found,
}

/// The number and value of each reading, and how often it was sent.
fn world(readings: &[(u64, &str, usize)], garbage: &[(&[u8], usize)]) -> World {
    let mut world = World {
        truth: Truth::default(),
        found: Found::default(),
    };
    for (place, (sequence, value, times)) in readings.iter().enumerate() {
        let sent = reading(["d-1", "d-2"][place % 2], *sequence, value);
        for _ in 0..*times {
            world.send(&sent);
        }
    }
    for (payload, times) in garbage {
        for _ in 0..*times {
            world.send_garbage(payload);
        }
    }
    world
}

impl World {
    fn send(&mut self, reading: &telemetry::Reading) {
        let line = format!(
            r#"{{"kind":"reading","readingId":"{}","deviceId":"{}","sensorId":"{}","measuredAt":"{}","sequence":{},"value":{}}}"#,
            reading.reading_id(),
            reading.device_id(),
            reading.sensor_id(),
            reading.measured_at().fixed_width(),
            reading.sequence(),
            reading.value()
        );
        self.truth.add(&line).unwrap();
        self.deliver(reading);
    }

    /// To every hop, not to the truth.
    fn deliver(&mut self, reading: &telemetry::Reading) {
        self.found
            .stream
            .take(&record(&reading.to_json(), reading.device_id(), 1_000));
        let id = reading.reading_id();
        if self.found.archive_lines.insert(id.clone(), 1).is_some() {
            self.found
                .archive_lines
                .insert(id.clone(), self.found.stream.readings()[&id].times);
            return;
        }
        let stored = stored(reading);
        match self
            .found
            .latest
            .iter_mut()
            .find(|state| state.sensor == stored.sensor)
        {
            Some(state) if state.version < stored.version => *state = stored.clone(),
            Some(_) => {}
            None => self.found.latest.push(stored.clone()),
        }
        self.found.history.push(stored);
        self.found.archive.push(ArchivedReading {
            reading_id: id,
            measured_at: Some(reading.measured_at()),
            sequence: Some(reading.sequence()),
            value: Some(reading.value().to_f64()),
        });
    }

    fn send_garbage(&mut self, payload: &[u8]) {
        let line = format!(
            r#"{{"kind":"garbage","deviceId":"d-1","sha256":"{}"}}"#,
            sha256(payload)
        );
        self.truth.add(&line).unwrap();
        self.deliver_garbage(payload);
    }

    fn deliver_garbage(&mut self, payload: &[u8]) {
        self.found.stream.take(&record(payload, "d-1", 1_000));
        let letter = Letter {
            record: (None, self.found.stream.records().to_string(), None),
            sha256: sha256(payload),
            reason: "record 7: expected a value".to_owned(),
        };
        self.found.state_letters.push(letter.clone());
        self.found.archive_letters.push(letter);
    }

    fn report(&self, rules: Rules) -> Report {
        reconcile(&self.truth, &self.found, rules)
    }

    fn differences(&self) -> Vec<String> {
        let differences = self.report(Rules::default()).differences;
        differences.iter().map(ToString::to_string).collect()
    }
}

fn record(data: &[u8], device: &str, arrived_at: i64) -> StreamRecord {
    StreamRecord {
        shard_id: "s".to_owned(),
        sequence_number: "1".to_owned(),
        partition_key: device.to_owned(),
        arrived_at: Some(arrived_at),
        data: data.to_vec(),
    }
}

/// As DynamoDB has it: without trailing zeros.
fn stored(reading: &telemetry::Reading) -> StoredReading {
    let sent = SentReading::from(reading);
    StoredReading {
        reading_id: reading.reading_id(),
        sensor: sent.sensor,
        version: sent.version,
        value: reading
            .value()
            .as_str()
            .trim_end_matches('0')
            .trim_end_matches('.')
            .to_owned(),
        unit: "Cel".to_owned(),
        quality: "good".to_owned(),
    }
}

fn small() -> World {
    world(
        &[(0, "21.50", 1), (0, "1.0", 1), (1, "22.0", 2)],
        &[(b"prose", 1)],
    )
}

#[test]
fn what_is_everywhere_adds_up() {
    let report = small().report(Rules::default());
    assert_eq!(report.to_string(), "0 differences");
    assert!(report.adds_up());
    let hops = &report.hops;
    assert_eq!(
        (hops.sent.readings, hops.sent.repeats, hops.sent.garbage),
        (3, 1, 1)
    );
    assert_eq!((hops.history, hops.archive, hops.archive_repeats), (3, 3, 1));
    assert_eq!((hops.latest, hops.sensors), (2, 2));
    assert_eq!((hops.state_letters, hops.archive_letters), (1, Some(1)));
}

#[test]
fn what_is_missing_is_told_by_id_with_what_each_hop_has() {
    let mut world = small();
    world
        .found
        .history
        .retain(|stored| stored.reading_id != "d-1/temperature-1/1");
    world
        .found
        .archive
        .retain(|archived| archived.reading_id != "d-2/temperature-1/0");
    world.found.archive_lines.remove("d-2/temperature-1/0");
    assert_eq!(
        world.differences(),
        [
            "reading d-1/temperature-1/1: missing in the history (sent 2, stream 2, history 0, archive 1 of 2 lines)",
            "reading d-2/temperature-1/0: missing in the archive (sent 1, stream 1, history 1, archive 0 of 0 lines)",
        ]
    );
}

#[test]
fn a_latest_state_that_went_backwards_is_told() {
    let mut world = small();
    let old = world.found.history[0].clone();
    world.found.latest[0] = old;
    assert_eq!(
        world.differences(),
        [
            "latest state of d-1/temperature-1: older than the newest that was sent (newest sent d-1/temperature-1/1, \
             latest state d-1/temperature-1/0)"
        ]
    );
}

#[test]
fn a_value_that_changed_on_the_way_is_told_and_not_shown() {
    let mut world = small();
    world.found.latest[1].value = "1.01".to_owned();
    world.found.history[0].value = "21.51".to_owned();
    world.found.archive[0].value = Some(21.5000001);
    assert_eq!(
        world.differences(),
        [
            "reading d-1/temperature-1/0: another reading in the history; another reading in the archive (sent 1, stream \
             1, history 1, archive 1 of 1 lines)",
            "latest state of d-2/temperature-1: not the newest that was sent (newest sent d-2/temperature-1/0, latest \
             state d-2/temperature-1/0)",
        ]
    );
}

#[test]
fn a_dead_letter_that_is_missing_or_one_too_many_is_told() {
    let mut world = small();
    world.found.archive_letters.clear();
    world.found.state_letters.push(Letter {
        record: (None, "9".to_owned(), None),
        sha256: "ff".to_owned(),
        reason: "record 9: field site: missing".to_owned(),
    });
    let prose = sha256(b"prose");
    assert_eq!(
        world.differences(),
        [
            format!(
                "payload {prose}: not as often in the archive's dead letters as on the stream (sent 1, stream 1, dead \
                 letters of the state 1, of the archive 0; record 7: expected a value)"
            ),
            "payload ff: not in the truth; not as often in the state's dead letters as on the stream (sent 0, stream 0, \
             dead letters of the state 1, of the archive 0; record 9: field site: missing)"
                .to_owned(),
        ]
    );
}

#[test]
fn an_object_where_none_should_be_is_told() {
    let mut world = small();
    world
        .found
        .strays
        .push((ARCHIVE_ERRORS, "errors/format-conversion-failed/1".to_owned()));
    assert_eq!(
        world.differences(),
        ["the archive's error prefix: errors/format-conversion-failed/1: nothing should be there"]
    );
}

#[test]
fn after_a_kill_the_stream_may_have_more_and_the_other_hops_must_have_it_too() {
    let mut world = small();
    let untold = reading("d-2", 9, "3.0");
    world.deliver(&untold);
    world.deliver_garbage(b"untold");
    assert_eq!(world.differences().len(), 3, "{:?}", world.differences());
    let killed = Rules {
        killed: true,
        ..Rules::default()
    };
    assert!(world.report(killed).adds_up());
    world
        .found
        .history
        .retain(|stored| stored.reading_id != untold.reading_id());
    let report = world.report(killed).to_string();
    assert!(
        report.contains("reading d-2/temperature-1/9: missing in the history (sent 0, stream 1"),
        "{report}"
    );
}

#[test]
fn what_has_expired_may_be_gone_from_the_history() {
    let mut world = small();
    world.found.history.clear();
    let since = |history_since| {
        let rules = Rules {
            history_since,
            ..Rules::default()
        };
        world.report(rules).differences.len()
    };
    assert_eq!((since(None), since(Some(1_000)), since(Some(1_001))), (3, 3, 0));
}

#[test]
fn what_firehose_read_by_itself_is_only_looked_for() {
    let mut world = small();
    world.found.archive[0].value = None;
    world.found.archive_letters.clear();
    world
        .found
        .archive_lines
        .insert("d-1/temperature-1/77".to_owned(), 1);
    world.found.strays.push((ARCHIVE_ERRORS, "errors/1".to_owned()));
    let native = Rules {
        archive_source: ArchiveSource::Stream,
        ..Rules::default()
    };
    assert_eq!(world.report(native).to_string(), "0 differences");
    world.found.archive.remove(0);
    assert_eq!(world.report(native).differences.len(), 1);
}

#[test]
fn many_differences_are_counted() {
    let readings: Vec<_> = (0..30).map(|sequence| (sequence, "1.0", 1)).collect();
    let mut world = world(&readings, &[]);
    world.found.history.clear();
    let report = world.report(Rules::default()).to_string();
    assert!(
        report.starts_with("30 differences\n") && report.ends_with("\n    and 10 more"),
        "{report}"
    );
}

/// Something is taken away, or put where it does not belong.
fn damage(found: &mut Found, kind: usize, place: Index) {
    fn remove<T>(from: &mut Vec<T>, place: Index) {
        from.remove(place.index(from.len()));
    }
    match kind {
        0 => remove(&mut found.history, place),
        1 => remove(&mut found.archive, place),
        2 => remove(&mut found.latest, place),
        3 => remove(&mut found.state_letters, place),
        4 => remove(&mut found.archive_letters, place),
        5 => found
            .history
            .push(found.history[place.index(found.history.len())].clone()),
        6 => found
            .archive
            .push(found.archive[place.index(found.archive.len())].clone()),
        7 => {
            let lost = found.history[place.index(found.history.len())].reading_id.clone();
            *found.archive_lines.get_mut(&lost).unwrap() -= 1;
        }
        8 => {
            let stored = place.index(found.history.len());
            found.history[stored].value.push('1');
        }
        9 => found.stream.take(&record(b"nobody's", "d-1", 1)),
        10 => found
            .stream
            .take(&record(&reading("d-3", 0, "1.0").to_json(), "d-3", 1)),
        _ => found.strays.push(("elsewhere", "k".to_owned())),
    }
}

proptest! {
    /// Whatever was sent in whatever order: nothing is told that is not so, and nothing that is so stays untold.
    #[test]
    fn any_damage_is_told_and_nothing_else(
        readings in prop::collection::vec((0_u64..50, 0_u32..9_999, 1_usize..4), 1..40),
        garbage in prop::collection::vec(("[a-z]{1,9}", 1_usize..3), 1..9),
        kind in 0_usize..12,
        place in any::<Index>(),
    ) {
        // One number, one value: a number is never used twice.
        let values: Vec<String> = readings.iter().map(|(sequence, _, _)| format!("{sequence}.10")).collect();
        let readings: Vec<_> = readings.iter().zip(&values)
            .map(|((sequence, _, times), value)| (*sequence, value.as_str(), *times)).collect();
        let garbage: Vec<_> = garbage.iter().map(|(text, times)| (text.as_bytes(), *times)).collect();
        let mut world = world(&readings, &garbage);
        let report = world.report(Rules::default());
        prop_assert!(report.adds_up(), "{}", report);
        damage(&mut world.found, kind, place);
        prop_assert!(!world.report(Rules::default()).adds_up());
    }
}
