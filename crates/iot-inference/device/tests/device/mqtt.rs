//! MQTT: a PUBACK is matched to its payload, whatever the broker and the line do; nothing is lost; order is kept.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use device::disk::Memory;
use device::entry::Entry;
use device::fleet::{FaultKind, Fleet, Plan};
use device::forwarding::{ForwardError, Forwarder, SoFar};
use device::mqtt::{Client, Mqtt, PAYLOAD_BYTES};
use device::sink::{Answer, Sink};
use device::store::{Drop, Fsync, Settings, Store};
use device::truth::Truth;
use proptest::prelude::*;
use rumqttc::ConnectReturnCode;

use crate::broker::{Broker, Reply};
use crate::faulty_disk::{Crash, FaultyDisk};
use crate::fleet_to_sink::{arrived, first_of, told};

/// Long enough on a machine that is busy.
const LONG: Duration = Duration::from_secs(20);

fn entry(device: &str, payload: impl Into<Vec<u8>>) -> Entry {
    Entry::new(&device.parse().unwrap(), &"turin".parse().unwrap(), payload)
}

fn one() -> Client {
    Client::One("core".parse().unwrap())
}

fn acknowledged(answers: &[Answer]) -> Vec<bool> {
    answers
        .iter()
        .map(|answer| *answer == Answer::Acknowledged)
        .collect()
}

/// Sends until everything is acknowledged, as the store does: from the first that is not, in order.
async fn send_all(sink: &Mqtt, mut entries: Vec<Entry>) {
    let begin = Instant::now();
    while !entries.is_empty() {
        assert!(begin.elapsed() < LONG, "{} left", entries.len());
        let answers = sink.send(&entries, Duration::from_secs(1)).await;
        if !answers.contains(&Answer::Acknowledged) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let mut answers = acknowledged(&answers).into_iter();
        entries.retain(|_| !answers.next().unwrap());
    }
}

#[tokio::test]
async fn each_device_has_its_connection_and_what_arrives_is_what_was_sent() {
    let broker = Broker::start(|_, _| Reply::Ack);
    let sink = broker.sink(Client::EachDevice);
    let entries = [
        entry("a", "1"),
        entry("b", *b"\xff\0"),
        entry("a", "2"),
        entry("a", ""),
    ];
    let answers = sink.send(&entries, LONG).await;
    assert_eq!(answers, vec![Answer::Acknowledged; 4]);
    broker.seen(|seen| {
        let of = |device: &str| -> Vec<_> {
            let topic = format!("telemetry/turin/{device}");
            let mine = seen.taken.iter().filter(|(client, _, _)| client == device);
            mine.inspect(|(_, to, _)| assert_eq!(*to, topic))
                .map(|(_, _, payload)| payload.clone())
                .collect()
        };
        assert_eq!(of("a"), [b"1".to_vec(), b"2".to_vec(), Vec::new()]);
        assert_eq!(of("b"), [b"\xff\0"]);
        assert!(seen.connects.values().all(|connects| *connects == 1));
    });
    sink.close().await;
    broker.wait_until(|seen| seen.disconnects.len() == 2);
    let mut disconnects = broker.seen(|seen| seen.disconnects.clone());
    disconnects.sort();
    assert_eq!(disconnects, ["a", "b"]);
}

#[tokio::test]
async fn acknowledgements_in_another_order_are_matched() {
    // Of d there is none: the others' are not taken for it.
    let broker = Broker::start(|publish, _| match publish.payload.as_ref() {
        b"silent" => Reply::Silence,
        _ => Reply::Reversed(3),
    });
    let mut settings = broker.settings(one(), None);
    settings.timing.acknowledge = LONG;
    let sink = Mqtt::new(settings);
    let deaf = [entry("d", "silent"), entry("d", "2")];
    let answers = sink.send(&deaf, Duration::from_millis(50)).await;
    assert_eq!(acknowledged(&answers), [false, false]);
    let [first, second] = deaf;
    let entries = [entry("a", "1"), first, entry("b", "1"), second, entry("c", "1")];
    let answers = sink.send(&entries, Duration::from_millis(300)).await;
    assert_eq!(acknowledged(&answers), [true, false, true, false, true]);
    broker.seen(|seen| {
        assert_eq!(
            seen.taken.len(),
            4,
            "what is on its way, or behind it, is not sent"
        );
        assert_eq!(seen.connects["core"], 1);
    });
}

#[tokio::test]
async fn what_was_on_its_way_when_the_connection_went_is_sent_again_and_only_that() {
    let broker = Broker::start(|_, number| match number {
        1 => Reply::TakeAndClose,
        3 => Reply::Close,
        _ => Reply::Ack,
    });
    let sink = broker.sink(Client::EachDevice);
    send_all(
        &sink,
        (0..4).map(|number| entry("a", format!("{number}"))).collect(),
    )
    .await;
    broker.seen(|seen| {
        let taken: Vec<_> = seen
            .taken
            .iter()
            .map(|(_, _, payload)| payload.as_slice())
            .collect();
        assert_eq!(taken, [b"0", b"1", b"1", b"2", b"3"]);
        assert_eq!(seen.connects["a"], 3);
    });
}

#[tokio::test]
async fn a_client_that_is_refused_says_so_and_holds_up_no_other() {
    let door = |client: &str| match client {
        "stranger" => ConnectReturnCode::NotAuthorized,
        _ => ConnectReturnCode::Success,
    };
    let broker = Broker::start_with(|_, _| Reply::Ack, door, None);
    let sink = broker.sink(Client::EachDevice);
    let entries = [entry("stranger", "1"), entry("a", "1"), entry("stranger", "2")];
    let answers = sink.send(&entries, LONG).await;
    assert_eq!(acknowledged(&answers), [false, true, false]);
    let expected = format!(
        "MQTT broker {}, client stranger: connection refused: not authorized",
        broker.address
    );
    assert_eq!(answers[0], Answer::Unanswered(expected));
}

#[tokio::test]
async fn a_broker_that_closes_a_connection_without_a_word_is_named() {
    let broker = Broker::start(|_, _| Reply::Close);
    let sink = broker.sink(Client::EachDevice);
    let answers = sink.send(&[entry("a", "1")], LONG).await;
    let Answer::Unanswered(why) = &answers[0] else {
        panic!("{answers:?}")
    };
    assert!(
        why.contains("client a: ") && why.contains("closed the connection"),
        "{why}"
    );
    assert!(broker.seen(|seen| seen.taken.is_empty()));
}

#[tokio::test]
async fn nobody_who_listens_is_named() {
    let broker = Broker::start(|_, _| Reply::Ack);
    let mut settings = broker.settings(Client::EachDevice, None);
    settings.address = "127.0.0.1:1".parse().unwrap();
    let answers = Mqtt::new(settings).send(&[entry("a", "1")], LONG).await;
    let Answer::Unanswered(why) = &answers[0] else {
        panic!("{answers:?}")
    };
    assert!(
        why.starts_with("MQTT broker 127.0.0.1:1, client a: Connection refused"),
        "{why}"
    );
}

#[tokio::test]
async fn a_broker_slower_than_a_portion_is_waited_for_and_gets_nothing_twice() {
    let broker = Broker::start(|_, _| Reply::Later(Duration::from_millis(150)));
    let sink = broker.sink(Client::EachDevice);
    let entries: Vec<_> = (0..3).map(|number| entry("a", format!("{number}"))).collect();
    let (mut left, mut unanswered) = (entries.as_slice(), 0);
    let begin = Instant::now();
    while !left.is_empty() {
        assert!(begin.elapsed() < LONG);
        let answers = acknowledged(&sink.send(left, Duration::from_millis(40)).await);
        let done = answers.iter().take_while(|done| **done).count();
        unanswered += usize::from(done == 0);
        left = &left[done..];
    }
    assert!(unanswered > 3);
    assert_eq!(broker.seen(|seen| seen.taken.len()), 3);
}

#[tokio::test]
async fn a_connection_on_which_nothing_is_acknowledged_is_made_again() {
    let broker = Broker::start(|_, number| if number == 0 { Reply::Silence } else { Reply::Ack });
    let sink = broker.sink(Client::EachDevice);
    send_all(&sink, vec![entry("a", "1"), entry("a", "2")]).await;
    broker.seen(|seen| {
        assert_eq!(seen.connects["a"], 2);
        assert_eq!(seen.taken.len(), 3);
    });
}

#[tokio::test]
async fn one_connection_has_at_most_a_hundred_on_their_way() {
    let broker = Broker::start(|_, _| Reply::Silence);
    let mut settings = broker.settings(one(), None);
    settings.timing.acknowledge = LONG;
    let sink = Mqtt::new(settings);
    let entries: Vec<_> = (0..150)
        .map(|number| entry(&format!("d-{number}"), "x"))
        .collect();
    let sending = tokio::spawn(async move { sink.send(&entries, Duration::from_millis(700)).await });
    let answers = sending.await.unwrap();
    assert!(!acknowledged(&answers).contains(&true));
    assert_eq!(broker.seen(|seen| seen.taken.len()), 100);
}

#[tokio::test]
async fn what_is_too_large_is_refused_and_nothing_else_is() {
    let broker = Broker::start(|_, _| Reply::Ack);
    let sink = broker.sink(Client::EachDevice);
    let at_limit = vec![b'x'; PAYLOAD_BYTES];
    let entries = [
        entry("a", at_limit.clone()),
        entry("a", [at_limit, b"x".to_vec()].concat()),
        entry("a", "3"),
    ];
    let answers = sink.send(&entries, LONG).await;
    let refused = Answer::Refused("payload has 131073 bytes, the limit is 131072".to_owned());
    assert_eq!(answers, [Answer::Acknowledged, refused, Answer::Acknowledged]);
    assert_eq!(broker.seen(|seen| seen.taken.len()), 2);
}

#[tokio::test]
async fn what_a_device_never_gets_rid_of_does_not_hold_up_the_fleet() {
    let door = |client: &str| match client {
        "d-000001" => ConnectReturnCode::BadClientId,
        _ => ConnectReturnCode::Success,
    };
    let broker = Broker::start_with(|_, _| Reply::Ack, door, None);
    let so_far = SoFar::default();
    let store = Store::open(Memory::default(), settings()).unwrap();
    let mut fleet = Fleet::new(plan(1, 0)).unwrap();
    let mut forwarder = Forwarder::new(store, broker.sink(Client::EachDevice), None, &so_far);
    let mut expected = 0;
    // Far more of the first device than fit into a portion.
    for _ in 0..1_500 {
        let tick = fleet.tick(usize::MAX).unwrap();
        expected += tick
            .entries
            .iter()
            .filter(|entry| entry.device_id() != "d-000001")
            .count();
        forwarder.take(tick).unwrap();
    }
    let error = forwarder.drain(0, Duration::from_secs(1)).await.unwrap_err();
    assert!(matches!(error, ForwardError::Stalled { .. }), "{error}");
    assert_eq!(so_far.sent.get(), expected);
    let taken = broker.seen(|seen| seen.taken.len());
    assert_eq!(taken, expected);
}

fn settings() -> Settings {
    Settings {
        bytes: 1 << 23,
        segment_bytes: 1 << 19,
        drop: Drop::Oldest,
        fsync: Fsync::Always,
    }
}

fn plan(seed: u64, first_sequence: u64) -> Plan {
    Plan {
        devices: 4,
        seed,
        start: 1_764_000_000_000_000,
        interval: 1_000_000,
        first_sequence,
        faults: FaultKind::ALL.to_vec(),
    }
}

/// A broker that takes most things, and fails in every way by chance.
fn moody(seed: u64) -> impl Fn(&rumqttc::Publish, usize) -> Reply + Send + Sync {
    move |_, number| {
        let mut rng = fastrand::Rng::with_seed(seed ^ (number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        match rng.u8(0..100) {
            0 => Reply::Silence,
            1..=3 => Reply::TakeAndClose,
            4..=6 => Reply::Close,
            7..=15 => Reply::Later(Duration::from_micros(rng.u64(0..3_000))),
            16..=20 => Reply::Reversed(2),
            _ => Reply::Ack,
        }
    }
}

/// One run of the process, until the disk stops or all is sent. It ends as a kill ends it: without a word to the broker.
async fn run(
    disk: &FaultyDisk,
    sink: Mqtt,
    truth: &std::path::Path,
    seed: u64,
    ticks: usize,
) -> Result<(), ForwardError> {
    let so_far = SoFar::default();
    let store = Store::open(disk.clone(), settings())?;
    let mut fleet = Fleet::new(plan(seed, store.reserved())).expect("a fleet");
    let mut forwarder = Forwarder::new(store, sink, Some(Truth::open(truth)?), &so_far);
    for _ in 0..ticks {
        forwarder.measure(&mut fleet, usize::MAX)?;
        forwarder.drain(16, LONG).await?;
    }
    forwarder.drain(0, LONG).await
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

fn impatient(broker: &Broker, together: bool) -> Mqtt {
    let client = if together { one() } else { Client::EachDevice };
    let mut settings = broker.settings(client, None);
    settings.timing.acknowledge = Duration::from_millis(80);
    Mqtt::new(settings)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5, max_shrink_iters: 0, ..ProptestConfig::default() })]

    #[test]
    fn killed_again_and_again_before_a_broker_with_moods_it_loses_nothing(
        crashes in prop::collection::vec((5_usize..60, any::<u64>()), 0..4), seed in any::<u64>(), together in any::<bool>()
    ) {
        let folder = tempfile::tempdir().unwrap();
        let truth = folder.path().join("truth.jsonl");
        let (runtime, broker, disk) = (runtime(), Broker::start(moody(seed)), FaultyDisk::default());
        for (after, chance) in &crashes {
            disk.stop_after(*after, *chance);
            let _ = runtime.block_on(run(&disk, impatient(&broker, together), &truth, *chance, 10));
            disk.restart(Crash::PowerCut);
        }
        runtime.block_on(run(&disk, impatient(&broker, together), &truth, seed, 10)).expect("no crash");
        let (readings, garbage) = arrived(&broker.entries());
        let (told_readings, told_garbage, _) = told(&truth);
        prop_assert_eq!(readings.keys().cloned().collect::<BTreeSet<_>>(), told_readings);
        prop_assert_eq!(garbage.len(), told_garbage.len());
        prop_assert!(!readings.is_empty());
    }

    #[test]
    fn first_occurrences_of_a_device_are_in_the_order_they_were_made_in(seed in any::<u64>(), together in any::<bool>()) {
        let folder = tempfile::tempdir().unwrap();
        let truth = folder.path().join("truth.jsonl");
        let (broker, disk) = (Broker::start(moody(seed)), FaultyDisk::default());
        runtime().block_on(run(&disk, impatient(&broker, together), &truth, seed, 25)).expect("no crash");
        let mut fleet = Fleet::new(plan(seed, 0)).expect("a fleet");
        let made: Vec<_> = (0..25).flat_map(|_| fleet.tick(usize::MAX).expect("readings").entries).collect();
        let taken = broker.entries();
        prop_assert!(taken.len() > made.len(), "the broker was in no mood");
        prop_assert_eq!(first_of(&taken), first_of(&made));
        prop_assert_eq!(broker.seen(|seen| seen.most_on_their_way), 1);
    }
}
