//! The breaker's laws.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::Duration;

use proptest::prelude::*;
use recommendation_api::breaker::{Breaker, Change, Pass, Policy, Shared, Verdict};
use recommendation_api::unix_time::UnixTime;

const OPEN_FOR: Duration = Duration::from_secs(10);
const LEASE: Duration = Duration::from_secs(1);
const FAILURES: u32 = 3;

fn policy() -> Policy {
    Policy {
        failures: NonZeroU32::new(FAILURES).expect("not zero"),
        open_for: OPEN_FOR,
        lease: LEASE,
    }
}

fn at(milliseconds: u64) -> UnixTime {
    UnixTime::from_millis(milliseconds)
}

/// A breaker that opened at 0.
fn opened() -> Breaker {
    let mut breaker = Breaker::new(policy());
    for _ in 0..FAILURES {
        let pass = breaker.pass(at(0));
        breaker.settle(pass, Verdict::Failed, at(0));
    }
    breaker
}

#[test]
fn it_opens_with_the_last_of_failures_in_a_row() {
    let mut breaker = Breaker::new(policy());
    for failure in 1..=FAILURES {
        assert_eq!(breaker.pass(at(0)), Pass::Call);
        let change = breaker.settle(Pass::Call, Verdict::Failed, at(0));
        let expected = (failure == FAILURES).then_some(Change::Opened { until: at(10_000) });
        assert_eq!(change, expected, "failure {failure}");
    }
    assert_eq!(breaker.pass(at(9_999)), Pass::Refused);
}

#[test]
fn an_answer_ends_the_row() {
    let mut breaker = Breaker::new(policy());
    for _ in 0..10 {
        for verdict in [Verdict::Failed, Verdict::Failed, Verdict::Answered] {
            assert_eq!(breaker.settle(Pass::Call, verdict, at(0)), None);
        }
    }
    assert!(breaker.is_closed());
}

#[test]
fn after_its_time_one_probe_goes() {
    let mut breaker = opened();
    let pass = breaker.pass(at(10_000));
    let Pass::Probe(probe) = pass else {
        panic!("{pass:?}")
    };
    assert_eq!((probe.open_until, probe.lease_until), (at(10_000), at(11_000)));
    assert_eq!(breaker.pass(at(10_999)), Pass::Refused);
    assert_eq!(
        breaker.settle(pass, Verdict::Answered, at(10_500)),
        Some(Change::Closed)
    );
    assert_eq!(breaker.pass(at(10_500)), Pass::Call);
}

#[test]
fn a_probe_that_fails_opens_it_again() {
    let mut breaker = opened();
    let pass = breaker.pass(at(10_000));
    let change = breaker.settle(pass, Verdict::Failed, at(10_400));
    assert_eq!(change, Some(Change::Opened { until: at(20_400) }));
    assert_eq!(breaker.pass(at(20_399)), Pass::Refused);
    assert!(matches!(breaker.pass(at(20_400)), Pass::Probe(_)));
}

#[test]
fn a_probe_that_nobody_hears_of_again_is_followed_by_another_and_no_longer_counts() {
    let mut breaker = opened();
    let lost = breaker.pass(at(10_000));
    let next = breaker.pass(at(11_000));
    assert!(matches!(next, Pass::Probe(_)));
    assert_eq!(breaker.settle(lost, Verdict::Answered, at(11_001)), None);
    assert_eq!(breaker.pass(at(11_002)), Pass::Refused);
    assert_eq!(
        breaker.settle(next, Verdict::Answered, at(11_003)),
        Some(Change::Closed)
    );
}

#[test]
fn a_call_that_began_before_it_opened_changes_nothing() {
    let mut breaker = opened();
    for _ in 0..FAILURES {
        assert_eq!(breaker.settle(Pass::Call, Verdict::Failed, at(1)), None);
    }
    assert_eq!(breaker.settle(Pass::Call, Verdict::Answered, at(2)), None);
    assert_eq!(breaker.pass(at(3)), Pass::Refused);
    assert!(matches!(breaker.pass(at(10_000)), Pass::Probe(_)));
}

fn shared(open_until: Option<u64>, probe_until: Option<u64>) -> Shared {
    Shared {
        open_until: open_until.map(at),
        probe_until: probe_until.map(at),
    }
}

#[test]
fn what_the_others_know_opens_and_never_closes() {
    let mut breaker = Breaker::new(policy());
    breaker.learn(shared(None, None));
    assert_eq!(breaker.pass(at(0)), Pass::Call);
    breaker.learn(shared(Some(5_000), None));
    assert_eq!(breaker.pass(at(4_999)), Pass::Refused);
    breaker.learn(shared(Some(4_000), None));
    breaker.learn(shared(None, None));
    assert_eq!(breaker.pass(at(4_999)), Pass::Refused);
    breaker.learn(shared(Some(6_000), Some(6_500)));
    assert_eq!(breaker.pass(at(6_499)), Pass::Refused);
    assert!(matches!(breaker.pass(at(6_500)), Pass::Probe(_)));
}

#[test]
fn a_probe_is_refused_for_a_reason() {
    let cases = [
        ("closed by now", shared(None, None), at(10_000), Pass::Call),
        (
            "open for longer",
            shared(Some(12_000), None),
            at(11_999),
            Pass::Refused,
        ),
        (
            "probed by another",
            shared(Some(10_000), Some(10_700)),
            at(10_699),
            Pass::Refused,
        ),
        (
            "for none that is known",
            shared(Some(10_000), Some(9_000)),
            at(10_999),
            Pass::Refused,
        ),
    ];
    for (reason, known, then, expected) in cases {
        let mut breaker = opened();
        breaker.pass(at(10_000));
        breaker.probe_refused(known, at(10_000));
        assert_eq!(breaker.pass(then), expected, "{reason}");
    }
    let mut breaker = opened();
    breaker.pass(at(10_000));
    breaker.probe_refused(shared(Some(10_000), Some(10_700)), at(10_000));
    assert!(
        matches!(breaker.pass(at(10_700)), Pass::Probe(_)),
        "asked again when that probe is over"
    );
}

/// What happens to several environments, one after the other.
#[derive(Debug, Clone)]
enum Happening {
    /// Time passes.
    Pause(u64),
    /// An environment asks for a call. Where it may, the call is under way.
    Ask(usize),
    /// The oldest call of an environment ends.
    End(usize, Verdict),
    /// An environment reads what the others know.
    Read(usize),
}

fn happenings(environments: usize) -> impl Strategy<Value = Vec<Happening>> {
    let verdicts = prop_oneof![
        Just(Verdict::Answered),
        Just(Verdict::Failed),
        Just(Verdict::Failed)
    ];
    let happening = prop_oneof![
        2 => prop_oneof![0_u64..200, 8_000_u64..11_000].prop_map(Happening::Pause),
        4 => (0..environments).prop_map(Happening::Ask),
        4 => (0..environments, verdicts).prop_map(|(environment, verdict)| Happening::End(environment, verdict)),
        1 => (0..environments).prop_map(Happening::Read),
    ];
    prop::collection::vec(happening, 1..200)
}

/// Environments with a table between them, whose writes are conditional as the table's are.
struct World {
    now: u64,
    environments: Vec<Environment>,
    table: Shared,
    owner: Option<usize>,
    calls: usize,
}

struct Environment {
    breaker: Breaker,
    /// Calls under way by number: what let them pass, and since when.
    under_way: BTreeMap<usize, (Pass, u64)>,
    failures_in_a_row: u32,
}

/// A call ends within half a lease: the budget is half of it.
const LONGEST_CALL: u64 = 500;

impl World {
    fn new(environments: usize) -> Self {
        let environment = || Environment {
            breaker: Breaker::new(policy()),
            under_way: BTreeMap::new(),
            failures_in_a_row: 0,
        };
        Self {
            now: 0,
            environments: (0..environments).map(|_| environment()).collect(),
            table: Shared::default(),
            owner: None,
            calls: 0,
        }
    }

    fn happen(&mut self, happening: &Happening) -> Result<(), TestCaseError> {
        match happening {
            Happening::Pause(milliseconds) => self.pause(*milliseconds),
            Happening::Ask(environment) => self.ask(*environment),
            Happening::End(environment, verdict) => {
                let oldest = self.environments[*environment].under_way.keys().next().copied();
                oldest.map_or(Ok(()), |call| self.end(*environment, call, *verdict))
            }
            Happening::Read(environment) => {
                self.environments[*environment].breaker.learn(self.table);
                Ok(())
            }
        }
    }

    /// What is under way for too long times out.
    fn pause(&mut self, milliseconds: u64) -> Result<(), TestCaseError> {
        let until = self.now + milliseconds;
        for environment in 0..self.environments.len() {
            let late: Vec<_> = self.environments[environment]
                .under_way
                .iter()
                .filter(|(_, (_, since))| since + LONGEST_CALL <= until)
                .map(|(call, (_, since))| (*call, *since))
                .collect();
            for (call, since) in late {
                self.now = self.now.max(since + LONGEST_CALL);
                self.end(environment, call, Verdict::Failed)?;
            }
        }
        self.now = self.now.max(until);
        Ok(())
    }

    fn ask(&mut self, environment: usize) -> Result<(), TestCaseError> {
        let now = at(self.now);
        let this = &mut self.environments[environment];
        let mut pass = this.breaker.pass(now);
        if let Pass::Probe(probe) = pass {
            let free = self.table.probe_until.is_none_or(|until| until <= now);
            if self.table.open_until == Some(probe.open_until) && free {
                self.table.probe_until = Some(probe.lease_until);
                self.owner = Some(self.calls);
            } else {
                this.breaker.probe_refused(self.table, now);
                pass = match this.breaker.pass(now) {
                    Pass::Call => Pass::Call,
                    _ => Pass::Refused,
                };
            }
        }
        if pass != Pass::Refused {
            this.under_way.insert(self.calls, (pass, self.now));
            self.calls += 1;
        }
        let probes = self.environments.iter().flat_map(|each| each.under_way.values());
        let probes = probes.filter(|(pass, _)| matches!(pass, Pass::Probe(_))).count();
        prop_assert!(probes <= 1, "{probes} probes at a time");
        Ok(())
    }

    fn end(&mut self, environment: usize, call: usize, verdict: Verdict) -> Result<(), TestCaseError> {
        let now = at(self.now);
        let this = &mut self.environments[environment];
        let (pass, _) = this.under_way.remove(&call).expect("under way");
        let change = this.breaker.settle(pass, verdict, now);
        this.failures_in_a_row = match verdict {
            Verdict::Answered => 0,
            Verdict::Failed => this.failures_in_a_row + 1,
        };
        match (pass, change) {
            (Pass::Probe(_), Some(Change::Closed)) => prop_assert_eq!(verdict, Verdict::Answered),
            (Pass::Probe(_), Some(Change::Opened { .. })) => prop_assert_eq!(verdict, Verdict::Failed),
            (_, Some(Change::Opened { .. })) => prop_assert!(this.failures_in_a_row >= FAILURES),
            (_, Some(Change::Closed)) => prop_assert!(false, "closed without a probe"),
            (_, None) => {}
        }
        self.write(change, call, now);
        Ok(())
    }

    fn write(&mut self, change: Option<Change>, call: usize, now: UnixTime) {
        let mine = self.owner == Some(call);
        match change {
            Some(Change::Opened { until }) => {
                let free = mine || self.table.probe_until.is_none_or(|end| end <= now);
                if free && self.table.open_until.is_none_or(|open| open < until) {
                    self.table = shared(Some(until.as_millis()), None);
                    self.owner = None;
                }
            }
            Some(Change::Closed) if mine => {
                self.table = Shared::default();
                self.owner = None;
            }
            Some(Change::Closed) | None => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_probe_at_a_time_among_all_and_only_failures_in_a_row_open(happenings in happenings(4)) {
        let mut world = World::new(4);
        for happening in &happenings {
            world.happen(happening)?;
        }
    }

    #[test]
    fn whatever_happened_a_source_that_answers_again_is_called_again(happenings in happenings(3)) {
        let mut world = World::new(3);
        for happening in &happenings {
            world.happen(happening)?;
        }
        // An opened breaker waits, probes are over, and each environment may need a turn to hear of it.
        for _ in 0..3 {
            for environment in 0..3 {
                world.pause(11_000)?;
                world.ask(environment)?;
                world.happen(&Happening::End(environment, Verdict::Answered))?;
            }
        }
        for environment in &world.environments {
            prop_assert!(environment.breaker.is_closed());
        }
    }
}
