//! A fake Personalize that answers by a script and remembers what it was asked, and a state store in memory that keeps
//! to the conditions of the table's writes.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use recommendation_api::arn::SourceArn;
use recommendation_api::breaker::{Probe, Shared};
use recommendation_api::personalize::{Call, CallError, CallErrorKind, Personalize};
use recommendation_api::popular::PopularItems;
use recommendation_api::recommended::{Recommended, RecommendedItem};
use recommendation_api::request::Request;
use recommendation_api::state::{StateError, StateStore, Writer, Written};
use recommendation_api::unix_time::UnixTime;
use tokio::time::sleep;

/// Longer than any test waits.
pub const FOREVER: Duration = Duration::from_secs(100_000);

/// How a call goes: after so long this answer comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step(pub Duration, pub Result<(), CallErrorKind>);

/// An answer at once.
pub const FINE: Step = Step(Duration::ZERO, Ok(()));
/// An answer that does not come.
pub const HANGS: Step = Step(FOREVER, Ok(()));

/// A failure at once.
pub const fn fails(kind: CallErrorKind) -> Step {
    Step(Duration::ZERO, Err(kind))
}

/// Answers the first calls by its script, and the rest as it usually does.
#[derive(Debug)]
pub struct FakePersonalize {
    script: Mutex<VecDeque<Step>>,
    usually: Mutex<Step>,
    asked: Mutex<Vec<Asked>>,
    under_way: AtomicUsize,
}

/// A call that was made.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Of which source.
    pub source: String,
    /// What.
    pub request: Request,
}

impl FakePersonalize {
    /// Always answers so.
    pub fn usually(step: Step) -> Self {
        Self::answering([], step)
    }

    /// Answers so, call by call, and then as `usually`.
    pub fn answering(script: impl IntoIterator<Item = Step>, usually: Step) -> Self {
        Self {
            script: Mutex::new(script.into_iter().collect()),
            usually: Mutex::new(usually),
            asked: Mutex::default(),
            under_way: AtomicUsize::new(0),
        }
    }

    /// Answers so from now on.
    pub fn become_usual(&self, step: Step) {
        *self.usually.lock().expect("no panic") = step;
    }

    /// Every call, in order.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no panic").clone()
    }

    /// How many calls there were.
    pub fn calls(&self) -> usize {
        self.asked().len()
    }
}

/// Counts a call as under way while it lives: a caller may drop it.
struct UnderWay<'fake>(&'fake AtomicUsize);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Personalize for &FakePersonalize {
    async fn recommend(&self, call: Call<'_>) -> Result<Recommended, CallError> {
        let Step(time, answer) = {
            let scripted = self.script.lock().expect("no panic").pop_front();
            scripted.unwrap_or(*self.usually.lock().expect("no panic"))
        };
        self.asked.lock().expect("no panic").push(Asked {
            source: call.source.to_string(),
            request: call.request.clone(),
        });
        self.under_way.fetch_add(1, Ordering::Relaxed);
        let _under_way = UnderWay(&self.under_way);
        if !time.is_zero() {
            sleep(time).await;
        }
        match answer {
            Ok(()) => Ok(recommended()),
            Err(kind) => Err(CallError {
                kind,
                code: format!("{kind:?}"),
            }),
        }
    }
}

/// What the fake recommends.
pub fn recommended() -> Recommended {
    Recommended {
        id: Some("RID-1".to_owned()),
        items: vec![RecommendedItem::bare("mine")],
    }
}

/// How the store goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// It answers after so long.
    Answers(Duration),
    /// It answers with errors.
    Fails,
    /// It does not answer.
    Hangs,
}

/// The state in memory.
#[derive(Debug)]
pub struct FakeState {
    mood: Mutex<Mood>,
    popular: Mutex<Option<PopularItems>>,
    breakers: Mutex<HashMap<SourceArn, Record>>,
    operations: Mutex<Vec<&'static str>>,
}

/// The attributes of a breaker's item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    pub open_until: Option<UnixTime>,
    pub probe: Option<(UnixTime, String)>,
}

impl Record {
    fn shared(&self) -> Shared {
        Shared {
            open_until: self.open_until,
            probe_until: self.probe.as_ref().map(|(until, _)| *until),
        }
    }

    fn probe_is_over(&self, now: UnixTime) -> bool {
        self.probe.as_ref().is_none_or(|(until, _)| *until <= now)
    }

    fn is_probed_by(&self, writer: &Writer<'_>) -> bool {
        self.probe
            .as_ref()
            .is_some_and(|(_, owner)| owner == writer.request_id)
    }
}

impl Default for FakeState {
    fn default() -> Self {
        Self {
            mood: Mutex::new(Mood::Answers(Duration::ZERO)),
            popular: Mutex::default(),
            breakers: Mutex::default(),
            operations: Mutex::default(),
        }
    }
}

impl FakeState {
    /// A store with these popular items, fetched now.
    pub fn with_popular(ids: &[&str]) -> Self {
        let state = Self::default();
        let items = ids.iter().map(|id| id.parse().expect("an id")).collect();
        *state.popular.lock().expect("no panic") = PopularItems::new(items, super::clock::unix_now());
        state
    }

    pub fn set_mood(&self, mood: Mood) {
        *self.mood.lock().expect("no panic") = mood;
    }

    /// The popular items that are kept.
    pub fn kept(&self) -> Option<PopularItems> {
        self.popular.lock().expect("no panic").clone()
    }

    /// What is known of a source's breaker.
    pub fn record(&self, source: &str) -> Record {
        let source: SourceArn = source.parse().expect("an ARN");
        let breakers = self.breakers.lock().expect("no panic");
        breakers.get(&source).cloned().unwrap_or_default()
    }

    /// Every operation that was asked for, in order.
    pub fn operations(&self) -> Vec<&'static str> {
        self.operations.lock().expect("no panic").clone()
    }

    async fn answer<T>(&self, operation: &'static str, work: impl FnOnce() -> T) -> Result<T, StateError> {
        self.operations.lock().expect("no panic").push(operation);
        let mood = *self.mood.lock().expect("no panic");
        match mood {
            Mood::Answers(time) if time.is_zero() => {}
            Mood::Answers(time) => sleep(time).await,
            Mood::Hangs => sleep(FOREVER).await,
            Mood::Fails => {
                let code = "on purpose".to_owned();
                return Err(StateError { operation, code });
            }
        }
        Ok(work())
    }

    fn write(
        &self,
        source: &SourceArn,
        condition: impl FnOnce(&Record) -> bool,
        update: impl FnOnce(&mut Record),
    ) -> Written {
        let mut breakers = self.breakers.lock().expect("no panic");
        let record = breakers.entry(source.clone()).or_default();
        if !condition(record) {
            return Written::Refused(record.shared());
        }
        update(record);
        Written::Done
    }
}

impl StateStore for &FakeState {
    async fn popular(&self) -> Result<Option<PopularItems>, StateError> {
        self.answer("popular", || self.kept()).await
    }

    async fn put_popular(&self, popular: &PopularItems) -> Result<bool, StateError> {
        let write = || {
            let mut kept = self.popular.lock().expect("no panic");
            let newer = kept
                .as_ref()
                .is_none_or(|kept| kept.fetched_at() < popular.fetched_at());
            if newer {
                *kept = Some(popular.clone());
            }
            newer
        };
        self.answer("put_popular", write).await
    }

    async fn breaker(&self, source: &SourceArn) -> Result<Shared, StateError> {
        let read = || self.record(source.as_str()).shared();
        self.answer("breaker", read).await
    }

    async fn open(
        &self,
        source: &SourceArn,
        until: UnixTime,
        by: &Writer<'_>,
    ) -> Result<Written, StateError> {
        let write = || {
            let condition = |record: &Record| {
                record.open_until.is_none_or(|open| open < until)
                    && (record.probe_is_over(by.now) || record.is_probed_by(by))
            };
            self.write(source, condition, |record| {
                record.open_until = Some(until);
                record.probe = None;
            })
        };
        self.answer("open", write).await
    }

    async fn take_probe(
        &self,
        source: &SourceArn,
        probe: Probe,
        by: &Writer<'_>,
    ) -> Result<Written, StateError> {
        let write = || {
            let condition = |record: &Record| {
                record.open_until == Some(probe.open_until)
                    && probe.open_until <= by.now
                    && record.probe_is_over(by.now)
            };
            self.write(source, condition, |record| {
                record.probe = Some((probe.lease_until, by.request_id.to_owned()));
            })
        };
        self.answer("take_probe", write).await
    }

    async fn close(&self, source: &SourceArn, by: &Writer<'_>) -> Result<Written, StateError> {
        let write = || {
            self.write(
                source,
                |record| record.is_probed_by(by),
                |record| {
                    *record = Record::default();
                },
            )
        };
        self.answer("close", write).await
    }
}
