//! Whatever the disk was doing when it stopped: what was appended and not acknowledged is there, in order.

use std::collections::BTreeSet;

use device::entry::Entry;
use device::store::{Drop, Fsync, Settings, Store};
use proptest::prelude::*;

use crate::faulty_disk::{Crash, FaultyDisk};

/// What is done with a store.
#[derive(Debug, Clone)]
pub enum Step {
    /// Appends entries of these sizes together.
    Append(Vec<usize>),
    /// Acknowledges those of the first eight that wait whose bit is set.
    Acknowledge(u8),
    /// Reserves so many numbers more.
    Reserve(u64),
    /// Stops the disk after so many operations, by a chance.
    Stop(usize, u64),
    /// Ends the process between two operations.
    Restart,
}

pub fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        5 => prop::collection::vec(0_usize..60, 0..6).prop_map(Step::Append),
        3 => any::<u8>().prop_map(Step::Acknowledge),
        1 => (1_u64..5).prop_map(Step::Reserve),
        2 => (0_usize..12, any::<u64>()).prop_map(|(after, chance)| Step::Stop(after, chance)),
        1 => Just(Step::Restart),
    ];
    prop::collection::vec(step, 1..40)
}

/// A store, and what it must hold.
pub struct Run {
    disk: FaultyDisk,
    pub store: Store<FaultyDisk>,
    settings: Settings,
    crash: Crash,
    /// The number of the next entry: it is its payload too.
    next: u64,
    reserved: u64,
    /// Entries whose append returned.
    pub stored: BTreeSet<u64>,
    /// Entries that were acknowledged, whether or not that returned.
    pub acknowledged: BTreeSet<u64>,
    /// Every entry below was acknowledged, and that returned.
    settled: u64,
}

impl Run {
    pub fn new(settings: Settings, crash: Crash) -> Self {
        let disk = FaultyDisk::default();
        Self {
            store: Store::open(disk.clone(), settings).expect("an empty disk"),
            disk,
            settings,
            crash,
            next: 0,
            reserved: 0,
            stored: BTreeSet::new(),
            acknowledged: BTreeSet::new(),
            settled: 0,
        }
    }

    pub fn waiting(&self) -> Vec<u64> {
        self.store
            .pending(usize::MAX)
            .map(|(_, entry)| number(entry))
            .collect()
    }

    pub fn attempted(&self) -> u64 {
        self.next
    }

    pub fn segment_bytes(&self) -> usize {
        self.disk.segment_bytes()
    }

    pub fn take(&mut self, step: &Step) {
        let done = match step {
            Step::Append(sizes) => self.append(sizes),
            Step::Acknowledge(bits) => self.acknowledge(*bits),
            Step::Reserve(more) => {
                let reserved = self.store.reserve(self.reserved + more).is_ok();
                self.reserved += if reserved { *more } else { 0 };
                reserved
            }
            Step::Stop(after, chance) => {
                self.disk.stop_after(*after, *chance);
                true
            }
            Step::Restart => false,
        };
        if !done {
            self.restart();
        }
    }

    fn append(&mut self, sizes: &[usize]) -> bool {
        let numbers = self.next..self.next + sizes.len() as u64;
        let entries = numbers
            .clone()
            .zip(sizes)
            .map(|(number, size)| entry(number, *size))
            .collect();
        self.next = numbers.end;
        let appended = self.store.append(entries).is_ok();
        if appended {
            self.stored.extend(numbers);
        }
        appended
    }

    fn acknowledge(&mut self, bits: u8) -> bool {
        let chosen: Vec<_> = (self.store.pending(8).enumerate())
            .filter(|(place, _)| bits & (1 << place) != 0)
            .map(|(_, (index, entry))| (index, number(entry)))
            .collect();
        self.acknowledged.extend(chosen.iter().map(|(_, number)| *number));
        let indices: Vec<_> = chosen.iter().map(|(index, _)| *index).collect();
        let acknowledged = self.store.acknowledge(&indices).is_ok();
        if acknowledged {
            let first = self.waiting().first().copied();
            self.settled = self.settled.max(first.unwrap_or(self.next));
        }
        acknowledged
    }

    fn restart(&mut self) {
        self.disk.restart(self.crash);
        self.store =
            Store::open(self.disk.clone(), self.settings).expect("what a crash leaves can be opened");
    }

    /// What holds at any time, however small the store is.
    pub fn check(&self) -> Result<(), TestCaseError> {
        let waiting = self.waiting();
        prop_assert!(
            waiting.is_sorted_by(|one, two| one < two),
            "out of order: {:?}",
            waiting
        );
        prop_assert!(
            waiting.iter().all(|number| *number < self.next),
            "made up: {:?}",
            waiting
        );
        let again = waiting.iter().find(|number| **number < self.settled);
        prop_assert_eq!(again, None, "acknowledged, and there again");
        prop_assert!(
            self.store.reserved() >= self.reserved,
            "numbers would be used twice"
        );
        Ok(())
    }

    /// Entries that were stored, not acknowledged, and are not there.
    pub fn lost(&self) -> Vec<u64> {
        let waiting: BTreeSet<_> = self.waiting().into_iter().collect();
        let expected = self.stored.difference(&self.acknowledged);
        expected
            .filter(|number| !waiting.contains(number))
            .copied()
            .collect()
    }
}

fn entry(number: u64, size: usize) -> Entry {
    let payload = [number.to_le_bytes().as_slice(), &vec![0xA5; size]].concat();
    Entry::new(
        &"d-1".parse().expect("a device"),
        &"x".parse().expect("a site"),
        payload,
    )
}

fn number(entry: &Entry) -> u64 {
    let (number, rest) = entry.payload().split_first_chunk().expect("a number");
    assert!(rest.iter().all(|byte| *byte == 0xA5), "an entry is harmed");
    u64::from_le_bytes(*number)
}

pub fn settings(bytes: usize, drop: Drop, fsync: Fsync) -> Settings {
    Settings {
        bytes,
        segment_bytes: 200,
        drop,
        fsync,
    }
}

fn loses_nothing(steps: &[Step], fsync: Fsync, crash: Crash) -> Result<(), TestCaseError> {
    let mut run = Run::new(settings(1 << 20, Drop::Oldest, fsync), crash);
    for step in steps.iter().chain(&[Step::Restart, Step::Restart]) {
        run.take(step);
        run.check()?;
        prop_assert_eq!(run.lost(), Vec::<u64>::new(), "lost after {:?}", step);
        prop_assert_eq!(run.store.dropped(), 0);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn a_power_cut_loses_nothing_that_was_stored(steps in steps()) {
        loses_nothing(&steps, Fsync::Always, Crash::PowerCut)?;
    }

    #[test]
    fn a_kill_loses_nothing_even_without_fsync(steps in steps()) {
        loses_nothing(&steps, Fsync::Never, Crash::Kill)?;
    }

    #[test]
    fn what_is_left_after_a_power_cut_without_fsync_is_whole_and_in_order(steps in steps()) {
        let mut run = Run::new(settings(1 << 20, Drop::Oldest, Fsync::Never), Crash::PowerCut);
        for step in &steps {
            run.take(step);
            // Acknowledgements of what the power cut took say nothing about what has come since.
            let waiting = run.waiting();
            prop_assert!(waiting.is_sorted_by(|one, two| one < two), "{:?}", waiting);
        }
    }
}

#[test]
fn a_state_file_that_no_store_wrote_is_an_error_that_names_it() {
    use device::disk::Disk;
    let mut disk = FaultyDisk::default();
    disk.replace("state", b"{\"cursor\":").expect("written");
    let error = Store::open(disk, settings(1 << 20, Drop::Oldest, Fsync::Always)).expect_err("no state");
    assert!(
        error
            .to_string()
            .starts_with("spool, file state: not what a store wrote"),
        "{error}"
    );
}

#[test]
fn what_a_failed_append_left_does_not_come_back_among_what_was_appended_after_it() {
    let mut run = Run::new(settings(1 << 20, Drop::Oldest, Fsync::Always), Crash::Kill);
    assert!(run.append(&[1]));
    // The bytes are written, and bringing them to the medium fails: the disk is full for a moment.
    run.disk.stop_after(1, 0);
    assert!(!run.append(&[1, 1]));
    run.disk.restart(Crash::Kill);
    assert!(run.append(&[1]));
    assert_eq!(run.waiting(), [0, 3]);
    run.restart();
    assert_eq!(run.waiting(), [0, 3]);
}
