//! A store that is full drops as it was told to, and counts it.

use device::store::{Drop, Fsync};
use proptest::prelude::*;

use crate::crashes::{Run, Step, settings, steps};
use crate::faulty_disk::Crash;

/// Room for some ten entries.
const BYTES: usize = 700;

fn drop() -> impl Strategy<Value = Drop> {
    prop::sample::select(vec![Drop::Oldest, Drop::Newest])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn what_is_neither_sent_nor_waiting_is_counted(steps in steps(), drop in drop()) {
        let mut run = Run::new(settings(BYTES, drop, Fsync::Always), Crash::PowerCut);
        let calm = |step: &&Step| !matches!(step, Step::Stop(..));
        for step in steps.iter().filter(calm) {
            run.take(step);
            let gone = run.lost().len() as u64;
            // A restart may bring back what was acknowledged out of turn; dropped then, it counts once more.
            prop_assert!(run.store.dropped() >= gone, "{} dropped, {gone} gone", run.store.dropped());
            prop_assert!(run.segment_bytes() <= BYTES, "{} bytes", run.segment_bytes());
        }
    }

    #[test]
    fn without_a_restart_the_account_is_exact(steps in steps(), drop in drop()) {
        let mut run = Run::new(settings(BYTES, drop, Fsync::Always), Crash::PowerCut);
        let calm = |step: &&Step| !matches!(step, Step::Stop(..) | Step::Restart);
        for step in steps.iter().filter(calm) {
            run.take(step);
            let known = run.acknowledged.len() as u64 + run.waiting().len() as u64 + run.store.dropped();
            prop_assert_eq!(known, run.attempted());
        }
    }

    #[test]
    fn over_any_crash_nothing_is_lost_that_is_not_counted(steps in steps(), drop in drop()) {
        let mut run = Run::new(settings(BYTES, drop, Fsync::Always), Crash::PowerCut);
        for step in steps.iter().chain(&[Step::Restart]) {
            run.take(step);
            run.check()?;
            prop_assert!(run.store.dropped() >= run.lost().len() as u64);
        }
    }

    #[test]
    fn the_oldest_go_or_the_newest_do_not_come(sizes in prop::collection::vec(0_usize..60, 30..60), drop in drop()) {
        let mut run = Run::new(settings(BYTES, drop, Fsync::Always), Crash::Kill);
        for size in &sizes {
            run.take(&Step::Append(vec![*size]));
        }
        let waiting = run.waiting();
        prop_assert!(run.store.dropped() > 0);
        if drop == Drop::Oldest {
            prop_assert_eq!(waiting.last(), Some(&(run.attempted() - 1)));
            prop_assert_eq!(waiting.first(), Some(&run.store.dropped()));
        } else {
            prop_assert_eq!(waiting.first(), Some(&0));
        }
        // What was acknowledged makes room.
        while !run.waiting().is_empty() {
            run.take(&Step::Acknowledge(u8::MAX));
        }
        run.take(&Step::Append(vec![10]));
        prop_assert_eq!(run.waiting(), [run.attempted() - 1]);
    }
}

#[test]
fn an_entry_larger_than_the_store_is_dropped() {
    for drop in [Drop::Oldest, Drop::Newest] {
        let mut run = Run::new(settings(BYTES, drop, Fsync::Always), Crash::Kill);
        run.take(&Step::Append(vec![BYTES]));
        assert_eq!((run.store.waiting(), run.store.dropped()), (0, 1));
    }
}
