//! A fleet with every fault, a disk that stops, a sink that fails in every way: nothing is lost, and the truth is true.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Mutex;
use std::time::Duration;

use device::entry::Entry;
use device::fleet::{FaultKind, Fleet, Plan, Tick};
use device::forwarding::{ForwardError, Forwarder, SoFar};
use device::sink::{Answer, Sink};
use device::store::{Drop, Fsync, Settings, Store};
use device::truth::Truth;
use proptest::prelude::*;

use crate::faulty_disk::{Crash, FaultyDisk};

const PATIENCE: Duration = Duration::from_secs(3_600);

/// Answers by chance, and never takes an entry of a device behind one that it did not acknowledge.
struct FlakySink<'t> {
    taken: &'t Mutex<Vec<Entry>>,
    rng: Mutex<fastrand::Rng>,
    down: bool,
}

impl<'t> FlakySink<'t> {
    fn new(taken: &'t Mutex<Vec<Entry>>, seed: u64) -> Self {
        Self {
            taken,
            rng: Mutex::new(fastrand::Rng::with_seed(seed)),
            down: false,
        }
    }
}

impl Sink for FlakySink<'_> {
    async fn send(&self, entries: &[Entry], _: Duration) -> Vec<Answer> {
        let mut blocked = HashSet::new();
        let mut rng = self.rng.lock().unwrap();
        let mut answer = |entry: &Entry| {
            let no_answer = Answer::Unanswered("Throttled".to_owned());
            if self.down || blocked.contains(entry.device_id()) {
                return no_answer;
            }
            let chance = rng.u8(0..20);
            if chance > 0 {
                self.taken.lock().unwrap().push(entry.clone());
            }
            if chance > 1 {
                return Answer::Acknowledged;
            }
            blocked.insert(entry.device_id().to_owned());
            no_answer
        };
        entries.iter().map(&mut answer).collect()
    }
}

fn settings(bytes: usize) -> Settings {
    Settings {
        bytes,
        segment_bytes: bytes / 16,
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

/// One run of the process, until the disk stops or the ticks are done.
async fn run(
    disk: &FaultyDisk,
    sink: FlakySink<'_>,
    truth: &std::path::Path,
    seed: u64,
    ticks: usize,
) -> Result<SoFar, ForwardError> {
    let so_far = SoFar::default();
    let store = Store::open(disk.clone(), settings(1 << 20))?;
    let mut fleet = Fleet::new(plan(seed, store.reserved())).expect("a fleet");
    let mut forwarder = Forwarder::new(store, sink, Some(Truth::open(truth)?), &so_far);
    for _ in 0..ticks {
        forwarder.measure(&mut fleet, usize::MAX)?;
        forwarder.drain(8, PATIENCE).await?;
    }
    forwarder.take(Tick {
        entries: fleet.finish(),
        ..Tick::default()
    })?;
    forwarder.drain(0, PATIENCE).await?;
    std::mem::drop(forwarder);
    Ok(so_far)
}

/// What the truth file says: readings by id with their value and sequence, and garbage by hash.
pub fn told(path: &std::path::Path) -> (BTreeSet<String>, BTreeSet<String>, usize) {
    let (mut readings, mut garbage, mut faults) = (BTreeSet::new(), BTreeSet::new(), 0);
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let line: serde_json::Value = serde_json::from_str(line).expect("a whole line");
        match line["kind"].as_str().unwrap() {
            "reading" => readings.insert(line["readingId"].as_str().unwrap().to_owned()),
            "garbage" => garbage.insert(line["sha256"].as_str().unwrap().to_owned()),
            "fault" => {
                faults += 1;
                true
            }
            other => panic!("{other}"),
        };
    }
    (readings, garbage, faults)
}

/// What arrived, by id: and an id has one content, however often it came.
pub fn arrived(taken: &[Entry]) -> (BTreeMap<String, Vec<u8>>, BTreeSet<Vec<u8>>) {
    let (mut readings, mut garbage) = (BTreeMap::new(), BTreeSet::new());
    for entry in taken {
        match telemetry::parse(entry.payload()) {
            Ok(reading) => {
                let before = readings.insert(reading.reading_id(), entry.payload().to_vec());
                assert!(
                    before.is_none_or(|before| before == entry.payload()),
                    "a number was used twice"
                );
            }
            Err(_) => {
                garbage.insert(entry.payload().to_vec());
            }
        }
    }
    (readings, garbage)
}

thread_local! {
    static RUNTIME: RefCell<tokio::runtime::Runtime> = RefCell::new(
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime")
    );
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    RUNTIME.with_borrow(|runtime| runtime.block_on(future))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn killed_again_and_again_it_loses_nothing_and_the_truth_is_what_arrived(
        crashes in prop::collection::vec((0_usize..200, any::<u64>()), 0..6), seed in any::<u64>()
    ) {
        let folder = tempfile::tempdir().unwrap();
        let truth = folder.path().join("truth.jsonl");
        let (disk, taken) = (FaultyDisk::default(), Mutex::new(Vec::new()));
        for (number, (after, chance)) in crashes.iter().enumerate() {
            disk.stop_after(*after, *chance);
            let _ = block_on(run(&disk, FlakySink::new(&taken, *chance), &truth, seed ^ number as u64, 60));
            disk.restart(Crash::PowerCut);
        }
        let so_far = block_on(run(&disk, FlakySink::new(&taken, seed), &truth, seed, 60)).expect("no crash");
        prop_assert_eq!((so_far.waiting.get(), so_far.dropped.get(), so_far.refused.get()), (0, 0, 0));
        let (readings, garbage) = arrived(&taken.lock().unwrap());
        let (told_readings, told_garbage, _) = told(&truth);
        prop_assert_eq!(readings.keys().cloned().collect::<BTreeSet<_>>(), told_readings);
        prop_assert_eq!(garbage.len(), told_garbage.len());
        prop_assert!(so_far.readings.get() > 0);
    }
}

/// The payloads of each device, in the order in which they came first.
pub fn first_of(entries: &[Entry]) -> BTreeMap<String, Vec<Vec<u8>>> {
    let mut first: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
    let mut seen = HashSet::new();
    for entry in entries
        .iter()
        .filter(|entry| seen.insert(entry.payload().to_vec()))
    {
        first
            .entry(entry.device_id().to_owned())
            .or_default()
            .push(entry.payload().to_vec());
    }
    first
}

#[tokio::test(start_paused = true)]
async fn first_occurrences_of_a_device_are_in_the_order_they_were_made_in() {
    let folder = tempfile::tempdir().unwrap();
    let taken = Mutex::new(Vec::new());
    let disk = FaultyDisk::default();
    let truth = folder.path().join("truth.jsonl");
    run(&disk, FlakySink::new(&taken, 5), &truth, 7, 300)
        .await
        .expect("no crash");
    let mut fleet = Fleet::new(plan(7, 0)).expect("a fleet");
    let mut made = Vec::new();
    for _ in 0..300 {
        made.extend(fleet.tick(usize::MAX).expect("readings").entries);
    }
    made.extend(fleet.finish());
    assert!(first_of(&taken.lock().unwrap()) == first_of(&made));
    assert!(told(&truth).2 > 0, "faults are told");
}

#[tokio::test(start_paused = true)]
async fn a_sink_that_is_down_is_an_error_and_what_waits_is_sent_by_the_next_run() {
    let folder = tempfile::tempdir().unwrap();
    let truth = folder.path().join("truth.jsonl");
    let (disk, taken) = (FaultyDisk::default(), Mutex::new(Vec::new()));
    let mut sink = FlakySink::new(&taken, 1);
    sink.down = true;
    let error = run(&disk, sink, &truth, 7, 3).await.expect_err("it is down");
    assert_eq!(
        error.to_string(),
        "nothing was acknowledged for 3600 s, 11 payloads wait: Throttled"
    );
    assert!(told(&truth).0.is_empty(), "nothing was acknowledged");
    run(&disk, FlakySink::new(&taken, 2), &truth, 8, 0)
        .await
        .expect("it is up");
    assert_eq!(told(&truth).0.len(), 11);
    assert_eq!(arrived(&taken.lock().unwrap()).0.len(), 11);
}
