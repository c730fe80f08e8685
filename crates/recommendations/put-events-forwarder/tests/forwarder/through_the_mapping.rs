//! The function behind Lambda's mapping, with the stand-in as its sink and everything going wrong on the way: nothing
//! is lost, what is delivered first is in order, what is poison is a dead letter, and a repeat changes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use event_source_mapping::simulation::{CompletionOrder, Ending, SimulatedStream, Simulation};
use event_source_mapping::{InvokeResult, MappingSettings};
use proptest::prelude::*;
use put_events_forwarder::handler::Handler;
use put_events_forwarder::personalize::PersonalizeEvents;
use serde_json::{Value, json};
use stand_ins::personalize::Personalize;

use crate::support::aggregate::aggregate;
use crate::support::events::STREAM_ARN;
use crate::support::fakes::Letters;
use crate::support::handler;
use crate::support::records::{interaction, item, user, with};
use crate::support::stand_in::{Fate, edge, stand_in, state};

/// What the sink refuses although every limit is kept.
const REFUSED_EVENT_TYPE: &str = "refused-by-the-sink";

/// What a producer may put.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Event { user: Option<u8>, with_id: bool },
    Item(u8),
    User(u8),
    Poison(u8),
}

/// A record of a session, or of an item's or user's own key.
#[derive(Debug, Clone, Copy)]
struct Produced {
    session: u8,
    kind: Kind,
    /// Whether it is aggregated with the record before, where the key is the same.
    aggregated: bool,
}

#[derive(Debug, Clone)]
struct Case {
    produced: Vec<Produced>,
    shards: u32,
    parallelization: i64,
    batch_size: i64,
    bisect: bool,
    resharding: Resharding,
    faults: u64,
    /// Of a thousand calls.
    fault_rate: u64,
    /// What an invocation has, in milliseconds.
    time_limit: u64,
}

#[derive(Debug, Clone, Copy)]
enum Resharding {
    None,
    Split,
    Merge,
}

fn kinds() -> impl Strategy<Value = Kind> {
    prop_oneof![
        8 => (prop::option::weighted(0.8, 0..2_u8), any::<bool>())
            .prop_map(|(user, with_id)| Kind::Event { user, with_id }),
        1 => (0..4_u8).prop_map(Kind::Item),
        1 => (0..4_u8).prop_map(Kind::User),
        2 => (0..6_u8).prop_map(Kind::Poison),
    ]
}

fn cases() -> impl Strategy<Value = Case> {
    let produced = (0..5_u8, kinds(), prop::bool::weighted(0.3));
    let produced = produced.prop_map(|(session, kind, aggregated)| Produced {
        session,
        kind,
        aggregated,
    });
    let resharding = prop_oneof![
        Just(Resharding::None),
        Just(Resharding::Split),
        Just(Resharding::Merge)
    ];
    (
        prop::collection::vec(produced, 1..80),
        2..4_u32,
        1..=10_i64,
        1..40_i64,
        any::<bool>(),
        resharding,
        any::<u64>(),
        0..500_u64,
        40..400_u64,
    )
        .prop_map(
            |(
                produced,
                shards,
                parallelization,
                batch_size,
                bisect,
                resharding,
                faults,
                fault_rate,
                time_limit,
            )| Case {
                produced,
                shards,
                parallelization,
                batch_size,
                bisect,
                resharding,
                faults,
                fault_rate,
                time_limit,
            },
        )
}

impl Produced {
    fn key(&self) -> String {
        match self.kind {
            Kind::Item(id) => format!("i{id}"),
            Kind::User(id) => format!("u{id}"),
            Kind::Event { .. } | Kind::Poison(_) => format!("s{}", self.session),
        }
    }

    /// The payload of the `n`th record. An event's item says which it is.
    fn payload(&self, n: usize) -> Vec<u8> {
        let session = format!("s{}", self.session);
        let marker = format!("{n:04}");
        let event = |user: Option<u8>| {
            let user = user.map(|user| format!("u{user}"));
            interaction(&session, user.as_deref(), &marker)
        };
        let json = match self.kind {
            Kind::Event { user, with_id: true } => event(user),
            Kind::Event { user, with_id: false } => with(event(user), "eventId", Value::Null),
            Kind::Item(id) => item(&format!("i{id}"), n),
            Kind::User(id) => user_record(id, n),
            Kind::Poison(0) => return format!("not JSON {n}").into_bytes(),
            Kind::Poison(1) => with(event(None), "schemaVersion", json!(9)),
            Kind::Poison(2) => with(event(None), "sentAt", json!("noon")),
            Kind::Poison(3) => with(event(None), "impression", json!(vec!["1"; 26])),
            Kind::Poison(4) => with(event(Some(0)), "eventType", json!(REFUSED_EVENT_TYPE)),
            Kind::Poison(_) => with(event(None), "trackingId", json!("nobody's")),
        };
        json.to_string().into_bytes()
    }
}

fn user_record(id: u8, version: usize) -> Value {
    user(&format!("u{id}"), version)
}

/// One run: the stream behind the mapping, the function, the sink, and what can go wrong.
struct Run {
    simulation: Simulation,
    personalize: Arc<Personalize>,
    letters: &'static Letters,
    handler: Handler<PersonalizeEvents, &'static Letters>,
    trouble: Trouble,
    time_limit: Duration,
}

/// Seeded trouble, which can be switched off.
#[derive(Clone)]
struct Trouble {
    seed: Arc<AtomicU64>,
    on: Arc<AtomicBool>,
    rate: u64,
}

impl Trouble {
    /// A number below `bound`; splitmix64.
    fn draw(&self, bound: u64) -> u64 {
        let seed = self.seed.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
        let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound
    }

    fn strikes(&self) -> bool {
        self.on.load(Ordering::Relaxed) && self.draw(1_000) < self.rate
    }

    fn fate(&self, body: &[u8]) -> Fate {
        let refused = REFUSED_EVENT_TYPE.as_bytes();
        if body.windows(refused.len()).any(|window| window == refused) {
            return Fate::Fails(400, "InvalidInputException");
        }
        if !self.strikes() {
            return Fate::Answered(Duration::from_millis(self.draw(20)));
        }
        match self.draw(7) {
            0 => Fate::Fails(400, "ThrottlingException"),
            1 => Fate::Fails(503, "ServiceUnavailable"),
            2 => Fate::Fails(403, "AccessDeniedException"),
            3 => Fate::LostBefore,
            4 => Fate::LostAfter,
            5 => Fate::Panics,
            _ => Fate::Answered(Duration::from_millis(500)),
        }
    }
}

impl Run {
    fn new(case: &Case) -> Self {
        let stream = SimulatedStream::kinesis("interactions", case.shards);
        assert_eq!(stream.arn(), STREAM_ARN);
        let settings = MappingSettings {
            batch_size: Some(case.batch_size),
            parallelization_factor: Some(case.parallelization),
            bisect_batch_on_function_error: Some(case.bisect),
            function_response_types: vec!["ReportBatchItemFailures".into()],
            ..MappingSettings::new(
                stream.arn(),
                "arn:aws:lambda:us-east-1:000000000000:function:forwarder",
            )
        };
        let config = settings.validate().expect("a valid mapping");
        let trouble = Trouble {
            seed: Arc::new(AtomicU64::new(case.faults)),
            on: Arc::new(AtomicBool::new(true)),
            rate: case.fault_rate,
        };
        let personalize = stand_in();
        let letters: &Letters = Box::leak(Box::default());
        let fates = trouble.clone();
        let edge = edge(personalize.clone(), Arc::new(move |body| fates.fate(body)));
        Self {
            simulation: Simulation::new(config, stream)
                .with_completion_order(CompletionOrder::Shuffled(case.faults)),
            personalize,
            letters,
            handler: handler(edge, letters),
            trouble,
            time_limit: Duration::from_millis(case.time_limit),
        }
    }

    /// Puts the records, those that are to be aggregated in one.
    fn put(&mut self, produced: &[Produced], first: usize) {
        let mut runs: Vec<(String, Vec<Vec<u8>>)> = Vec::new();
        for (n, record) in produced.iter().enumerate() {
            let payload = record.payload(first + n);
            match runs.last_mut() {
                Some((key, payloads)) if record.aggregated && *key == record.key() => payloads.push(payload),
                _ => runs.push((record.key(), vec![payload])),
            }
        }
        for (key, payloads) in runs {
            let data = match payloads.as_slice() {
                [single] => single.clone(),
                several => aggregate(&key, several),
            };
            self.simulation.stream_mut().put(&key, data);
        }
    }

    fn reshard(&mut self, resharding: Resharding) {
        let stream = self.simulation.stream_mut();
        let open = stream.open_shards();
        match resharding {
            Resharding::None => {}
            Resharding::Split => drop(stream.split(&open[0]).expect("an open shard")),
            Resharding::Merge => drop(stream.merge(&open[0], &open[1]).expect("adjacent shards")),
        }
    }

    async fn run(&mut self, limit: usize) -> Ending {
        let Self {
            simulation,
            handler,
            trouble,
            letters,
            time_limit,
            ..
        } = self;
        simulation
            .run_async(limit, |event| {
                letters.set_down(trouble.strikes());
                invoke(handler, event, *time_limit, trouble.strikes())
            })
            .await
    }

    /// Gives the function everything once more that it was ever given.
    async fn repeat_everything(&self) {
        for past in self.simulation.invocations() {
            let event = past.invocation.event.clone();
            let _ = invoke(&self.handler, event, Duration::from_secs(3_600), false).await;
        }
    }

    /// Each session's events, in the order in which the sink first had them.
    fn stored_events(&self) -> Sessions {
        let text = |event: &Value, field: &str| event[field].as_str().map(str::to_owned);
        let mut sessions = Sessions::new();
        for event in state(&self.personalize, "interactions") {
            let session = text(&event, "sessionId").expect("a session");
            let item = text(&event, "itemId").expect("an item");
            let user = text(&event, "userId");
            sessions.entry(session).or_default().push((item, user));
        }
        sessions
    }

    /// The version that the sink holds of each item and user.
    fn stored_versions(&self) -> BTreeMap<String, usize> {
        let version = |row: Value| {
            let id = row.get("itemId").or(row.get("userId")).and_then(Value::as_str);
            let properties = row["properties"].as_str().expect("text");
            let properties: Value = serde_json::from_str(properties).expect("JSON");
            let version = properties["version"].as_u64().expect("a version");
            (id.expect("an id").to_owned(), version as usize)
        };
        let parts = ["items", "users"].into_iter();
        parts
            .flat_map(|part| state(&self.personalize, part))
            .map(version)
            .collect()
    }

    fn letters(&self) -> BTreeSet<Bytes> {
        self.letters
            .stored()
            .into_iter()
            .map(|letter| letter.payload)
            .collect()
    }
}

/// As Lambda: an invocation that takes longer than it may, or that is killed, is a function error.
async fn invoke(
    handler: &Handler<PersonalizeEvents, &'static Letters>,
    event: Bytes,
    time_limit: Duration,
    killed: bool,
) -> InvokeResult {
    let patience = if killed { time_limit / 4 } else { time_limit };
    let forwarded = handler.forward(&event, time_limit);
    match tokio::time::timeout(patience, forwarded).await {
        Ok(Ok(response)) => InvokeResult::Returned(serde_json::to_vec(&response).expect("JSON").into()),
        Ok(Err(error)) => InvokeResult::FunctionError(error.to_string()),
        Err(_) => InvokeResult::FunctionError("timed out".to_owned()),
    }
}

/// By session, each event's item and user.
type Sessions = BTreeMap<String, Vec<(String, Option<String>)>>;

/// What the sink and the dead letters must hold in the end.
#[derive(Default)]
struct Expected {
    events: Sessions,
    versions: BTreeMap<String, usize>,
    letters: BTreeSet<Bytes>,
}

impl Expected {
    fn of(produced: &[Produced]) -> Self {
        let mut expected = Self::default();
        for (n, record) in produced.iter().enumerate() {
            match record.kind {
                Kind::Event { user, .. } => {
                    let session = expected.events.entry(record.key()).or_default();
                    session.push((format!("{n:04}"), user.map(|user| format!("u{user}"))));
                }
                Kind::Item(_) | Kind::User(_) => drop(expected.versions.insert(record.key(), n)),
                Kind::Poison(_) => drop(expected.letters.insert(record.payload(n).into())),
            }
        }
        expected
    }
}

async fn check(case: Case) -> Result<(), TestCaseError> {
    let mut run = Run::new(&case);
    let (before, after) = case.produced.split_at(case.produced.len() / 2);
    run.put(before, 0);
    let _ = run.run(3).await;
    run.reshard(case.resharding);
    run.put(after, before.len());
    let _ = run.run(200).await;
    // The trouble ends, and what it left behind is worked off.
    run.trouble.on.store(false, Ordering::Relaxed);
    run.time_limit = Duration::from_secs(60);
    prop_assert_eq!(run.run(2_000).await, Ending::Drained);

    let simulation = &run.simulation;
    prop_assert!(simulation.pending().is_empty(), "a record is not acknowledged");
    prop_assert!(simulation.discarded().is_empty(), "a record was given up");
    let expected = Expected::of(&case.produced);
    prop_assert_eq!(
        run.stored_versions(),
        expected.versions.clone(),
        "the latest version of each"
    );
    holds(&run, &expected)?;
    run.repeat_everything().await;
    holds(&run, &expected)
}

/// Each event once and in the order of its session, each poison record as it came, and nothing else.
fn holds(run: &Run, expected: &Expected) -> Result<(), TestCaseError> {
    prop_assert_eq!(run.stored_events(), expected.events.clone());
    prop_assert_eq!(run.letters(), expected.letters.clone());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_and_order_is_kept(case in cases()) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        runtime.block_on(check(case))?;
    }
}
