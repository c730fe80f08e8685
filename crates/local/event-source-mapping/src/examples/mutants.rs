//! Wrong rules, each of which must make an example of the documentation fail.

use crate::answer::{Answer, read_report};
use crate::rules::Rules;
use crate::shards::Position;

fn mutants() -> Vec<(&'static str, Rules)> {
    let rules = Rules::documented();
    vec![
        (
            "reports the highest",
            Rules {
                checkpoint: |reported| *reported.iter().max().expect("one"),
                ..rules
            },
        ),
        (
            "takes the first of the list",
            Rules {
                checkpoint: |reported| reported[0],
                ..rules
            },
        ),
        (
            "skips the reported record",
            Rules {
                checkpoint: |reported| reported.iter().min().expect("one") + 1,
                ..rules
            },
        ),
        (
            "goes back too far",
            Rules {
                checkpoint: |reported| reported.iter().min().expect("one") - 1,
                ..rules
            },
        ),
        (
            "starts again from the first record",
            Rules {
                checkpoint: |_| 0,
                ..rules
            },
        ),
        (
            "ignores the report",
            Rules {
                read_report: |_, _| Answer::Success,
                ..rules
            },
        ),
        (
            "never believes in success",
            Rules {
                read_report: |_, _| Answer::WholeBatchFailed,
                ..rules
            },
        ),
        (
            "takes a bad report for success",
            Rules {
                read_report: fails_open,
                ..rules
            },
        ),
        (
            "takes an empty report for a failure",
            Rules {
                read_report: fails_on_empty,
                ..rules
            },
        ),
        (
            "splits one too late",
            Rules {
                halfway: |records| records / 2 + 1,
                ..rules
            },
        ),
        (
            "splits one too early",
            Rules {
                halfway: |records| records / 2 - 1,
                ..rules
            },
        ),
        (
            "does not split",
            Rules {
                halfway: |_| 0,
                ..rules
            },
        ),
        (
            "drops the first half",
            Rules {
                split: |mut records, at| [Vec::new(), records.split_off(at)],
                ..rules
            },
        ),
        (
            "drops the second half",
            Rules {
                split: |mut records, at| [drain(&mut records, at), Vec::new()],
                ..rules
            },
        ),
        (
            "drops the record at the split",
            Rules {
                split: |mut records, at| [drain(&mut records, at), records.split_off(1)],
                ..rules
            },
        ),
        (
            "has the record at the split twice",
            Rules {
                split: |mut records, at| [records[..=at].to_vec(), records.split_off(at)],
                ..rules
            },
        ),
        (
            "swaps the halves",
            Rules {
                split: |mut records, at| [records.split_off(at), records],
                ..rules
            },
        ),
        (
            "counts a split as a retry",
            Rules {
                retries_after_split: |used| used + 1,
                ..rules
            },
        ),
        (
            "forgets the retries of a batch",
            Rules {
                may_retry: |_, _| true,
                ..rules
            },
        ),
        (
            "retries once too often",
            Rules {
                may_retry: |used, most| most.is_none_or(|most| used <= most),
                ..rules
            },
        ),
        (
            "retries once too seldom",
            Rules {
                may_retry: |used, most| most.is_none_or(|most| used + 1 < most),
                ..rules
            },
        ),
        (
            "takes no limit for none at all",
            Rules {
                may_retry: |used, most| used < most.unwrap_or(0),
                ..rules
            },
        ),
        (
            "never finds a record too old",
            Rules {
                too_old: |_, _| false,
                ..rules
            },
        ),
        (
            "finds every record too old",
            Rules {
                too_old: |_, most| most.is_some(),
                ..rules
            },
        ),
        (
            "deals records out in turn",
            Rules {
                lane: |_, nth, lanes| nth as usize % lanes,
                ..rules
            },
        ),
        (
            "reads a child beside its parent",
            Rules {
                may_open: |_| true,
                ..rules
            },
        ),
        (
            "waits for one parent of two",
            Rules {
                may_open: |done| done.first().is_none_or(|first| *first),
                ..rules
            },
        ),
        (
            "loses a shard's child",
            Rules {
                may_open: |parents| parents.is_empty(),
                ..rules
            },
        ),
        (
            "loses a merge's child",
            Rules {
                may_open: |parents| parents.len() < 2 && parents != [false],
                ..rules
            },
        ),
        (
            "reads a child from its end",
            Rules {
                child_position: |_| Position::Latest,
                ..rules
            },
        ),
    ]
}

#[test]
fn every_mutant_of_the_rules_makes_an_example_fail() {
    let examples = super::all();
    for (mutant, rules) in mutants() {
        let noticed = examples.iter().filter(|example| !(example.holds)(rules)).count();
        assert!(noticed > 0, "no example notices a mapping that {mutant}");
    }
}

fn fails_open(answer: &[u8], batch: &[&crate::SequenceNumber]) -> Answer {
    match read_report(answer, batch) {
        Answer::WholeBatchFailed => Answer::Success,
        other => other,
    }
}

fn fails_on_empty(answer: &[u8], batch: &[&crate::SequenceNumber]) -> Answer {
    match answer {
        b"{}" => Answer::WholeBatchFailed,
        answer => read_report(answer, batch),
    }
}

fn drain(records: &mut Vec<crate::event::EventRecord>, at: usize) -> Vec<crate::event::EventRecord> {
    let rest = records.split_off(at);
    std::mem::replace(records, rest)
}
