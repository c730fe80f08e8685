//! What passes the collector's door is delivered: no interaction that its schema accepts ends as a dead letter, and the
//! event says what the app said, of whom the token said.

use std::sync::Arc;
use std::time::Duration;

use interaction_collector::limits::{
    ATTRIBUTION_SOURCE_CHARACTERS, EVENT_VALUE, ID_CHARACTERS, IMPRESSION_ITEMS, PLAIN_PROPERTY_CHARACTERS,
    PROPERTIES, PROPERTY_CHARACTERS, PROPERTY_NAME_CHARACTERS, RECOMMENDATION_ID_CHARACTERS,
};
use interaction_collector::{Caller, Collector, Entry};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use time::{OffsetDateTime, UtcOffset};

use crate::support::events::event;
use crate::support::fakes::Letters;
use crate::support::handler;
use crate::support::stand_in::{Fate, edge, stand_in, state};

/// Local times from the first to the last second that the schema takes, as Unix time.
const LOCAL_SECONDS: std::ops::Range<i64> = 31_536_000..221_845_392_000;

/// An interaction of the body, and the second that its `sentAt` stands for.
#[derive(Debug, Clone)]
struct Sent {
    body: Map<String, Value>,
    second: i64,
}

/// Text of up to `limit` of these characters, often of just as many: a few at random, then one of them again and again.
fn text_of(characters: BoxedStrategy<char>, limit: usize) -> impl Strategy<Value = String> {
    let length = prop_oneof![1..=limit, Just(limit)];
    (vec(characters, 1..6), length)
        .prop_map(|(characters, length)| characters.into_iter().cycle().take(length).collect())
}

/// The same of any characters, of one byte to four, among them those that JSON escapes.
fn text(limit: usize) -> impl Strategy<Value = String> {
    let characters = prop_oneof![
        prop::char::range(' ', '~'),
        prop::char::range('\0', '\u{ff}'),
        prop::char::range('\u{2000}', '\u{20ff}'),
        any::<char>(),
        Just('"'),
        Just('\u{1f6d2}'),
    ];
    text_of(characters.boxed(), limit)
}

fn among(characters: &'static str) -> BoxedStrategy<char> {
    let characters: Vec<_> = characters.chars().collect();
    prop::sample::select(characters).boxed()
}

fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        Just(EVENT_VALUE),
        Just(-EVENT_VALUE),
        Just(-0.0),
        -EVENT_VALUE..=EVENT_VALUE,
        any::<f32>()
            .prop_map(f64::from)
            .prop_filter("in range", |value| value.abs() <= EVENT_VALUE),
        -1e6..1e6,
        Just(f64::MIN_POSITIVE),
    ]
}

/// A time as RFC 3339 writes it, and its second.
fn time() -> impl Strategy<Value = (String, i64)> {
    let fraction = prop_oneof![Just(String::new()), "\\.[0-9]{1,9}"];
    let local = prop_oneof![
        4 => LOCAL_SECONDS,
        1 => Just(LOCAL_SECONDS.start),
        1 => Just(LOCAL_SECONDS.end - 1),
    ];
    (local, fraction, -1_439..=1_439_i32).prop_map(|(local, fraction, minutes)| {
        let offset = UtcOffset::from_whole_seconds(minutes * 60).expect("within a day");
        let second = local - i64::from(minutes) * 60;
        let at = OffsetDateTime::from_unix_timestamp(second)
            .expect("in range")
            .to_offset(offset);
        let (sign, minutes) = (if minutes < 0 { '-' } else { '+' }, minutes.unsigned_abs());
        let (date, time) = (at.date(), at.time());
        let (hour, minute, second_of) = time.as_hms();
        let text = format!(
            "{:04}-{:02}-{:02}T{hour:02}:{minute:02}:{second_of:02}{fraction}{sign}{:02}:{:02}",
            date.year(),
            u8::from(date.month()),
            date.day(),
            minutes / 60,
            minutes % 60,
        );
        (text, second)
    })
}

fn properties() -> impl Strategy<Value = Value> {
    let value = prop_oneof![
        text(PROPERTY_CHARACTERS).prop_map(Value::from),
        text_of(
            among("azAZ09 !#$%()*+,-.:;?@[]^_`{|}~"),
            PLAIN_PROPERTY_CHARACTERS
        )
        .prop_map(Value::from),
        value().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
    ];
    // No name that Personalize reserves begins so.
    let name = text_of(among("azAZ09_"), PROPERTY_NAME_CHARACTERS - 1).prop_map(|name| format!("x{name}"));
    btree_map(name, value, 0..=PROPERTIES).prop_map(|map| json!(map))
}

fn interactions() -> impl Strategy<Value = Sent> {
    let maybe = prop::option::of::<BoxedStrategy<Value>>;
    let json_of = |text: BoxedStrategy<String>| text.prop_map(Value::from).boxed();
    let impression = prop_oneof![
        vec(text(ID_CHARACTERS), 1..=2),
        vec(text_of(among("0123456789"), 5), IMPRESSION_ITEMS)
    ];
    let source = text_of(prop::char::range('!', '~').boxed(), ATTRIBUTION_SOURCE_CHARACTERS);
    let source = source.prop_map(|source| json!({ "eventAttributionSource": source }));
    let optional = (
        maybe(json_of(text(ID_CHARACTERS).boxed())),
        maybe(value().prop_map(Value::from).boxed()),
        maybe(properties().boxed()),
        maybe(impression.prop_map(Value::from).boxed()),
        maybe(json_of(text(RECOMMENDATION_ID_CHARACTERS).boxed())),
        maybe(source.boxed()),
    );
    (text(ID_CHARACTERS), text(ID_CHARACTERS), time(), optional).prop_map(
        |(
            id,
            kind,
            (sent_at, second),
            (item, value, properties, impression, recommendation, attribution),
        )| {
            let fields = [
                ("eventId", Some(json!(id))),
                ("eventType", Some(json!(kind))),
                ("sentAt", Some(json!(sent_at))),
                ("itemId", item),
                ("eventValue", value),
                ("properties", properties),
                ("impression", impression),
                ("recommendationId", recommendation),
                ("metricAttribution", attribution),
            ];
            let fields = fields.into_iter();
            let body = fields.filter_map(|(name, value)| Some((name.to_owned(), value?)));
            Sent {
                body: body.collect(),
                second,
            }
        },
    )
}

/// The same with a field that may be over its limit, or not of its kind.
fn nearly_interactions() -> impl Strategy<Value = Map<String, Value>> {
    let long = |limit: usize| "[a-z\"é]".prop_map(move |text| json!(text.repeat(limit)));
    let field = prop_oneof![
        "eventId|eventType|itemId|recommendationId|sentAt|eventValue|properties|impression|metricAttribution"
    ];
    let value = prop_oneof![
        long(ID_CHARACTERS),
        long(ID_CHARACTERS + 1),
        long(RECOMMENDATION_ID_CHARACTERS),
        any::<f64>().prop_map(Value::from),
        "[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,10})?(Z|[+-][0-2][0-9]:[0-6][0-9])"
            .prop_map(Value::from),
        vec("\\PC{0,2}", IMPRESSION_ITEMS - 1..=IMPRESSION_ITEMS + 1).prop_map(Value::from),
        "[ -~é]{0,4}".prop_map(|source| json!({ "eventAttributionSource": source })),
        btree_map("[a-zA-Z_]{1,5}|[uU]serI[dD]", "\\PC{0,15}", 0..7).prop_map(|map| json!(map)),
    ];
    (interactions(), field, value).prop_map(|(mut sent, field, value)| {
        sent.body.insert(field, value);
        sent.body
    })
}

fn callers() -> impl Strategy<Value = Caller> {
    let user = prop::option::of(text(ID_CHARACTERS));
    ("[0-9a-f]{32}", user)
        .prop_map(|(session, user)| Caller::parse(&session, user.as_deref()).expect("a caller"))
}

fn collector() -> &'static Collector {
    static COLLECTOR: std::sync::LazyLock<Collector> =
        std::sync::LazyLock::new(|| Collector::new().expect("the schemas compile"));
    &COLLECTOR
}

/// What the sink holds after the function was given `entries`, each of which it must take.
fn delivered(entries: &[Entry]) -> Result<Vec<Value>, TestCaseError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    let personalize = stand_in();
    let letters = Letters::default();
    let sink = edge(personalize.clone(), Arc::new(|_| Fate::Answered(Duration::ZERO)));
    let records = event(entries.iter().map(|entry| &entry.data));
    let response = runtime.block_on(handler(sink, &letters).forward(&records, Duration::from_secs(3_600)));
    let response = response.expect("an event");
    prop_assert!(response.batch_item_failures.is_empty(), "a record is blocked");
    let reasons: Vec<_> = letters.stored().into_iter().map(|letter| letter.reason).collect();
    prop_assert!(reasons.is_empty(), "dead letters: {:?}", reasons);
    Ok(state(&personalize, "interactions"))
}

/// The event has the fields of the body, whole seconds, and 32 bits of the value.
fn same_fields(event: &Value, sent: &Sent) -> Result<(), TestCaseError> {
    for field in [
        "eventId",
        "eventType",
        "itemId",
        "impression",
        "recommendationId",
        "metricAttribution",
    ] {
        prop_assert_eq!(event.get(field), sent.body.get(field), "{}", field);
    }
    prop_assert_eq!(event["sentAt"].as_f64(), Some(sent.second as f64));
    let narrow = |value: Option<&Value>| value.and_then(Value::as_f64).map(|value| value as f32);
    prop_assert_eq!(
        narrow(event.get("eventValue")),
        narrow(sent.body.get("eventValue"))
    );
    let properties = event.get("properties").and_then(Value::as_str);
    let properties = properties.map(|text| serde_json::from_str::<Value>(text).expect("JSON"));
    prop_assert_eq!(properties.as_ref(), sent.body.get("properties"));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_interaction_within_the_limits_is_delivered_as_it_was_sent(sent in interactions(), caller in callers()) {
        let body = Value::from(sent.body.clone()).to_string();
        let entry = collector().put_record(body.as_bytes(), &caller);
        let entry = entry.map_err(|refusal| TestCaseError::fail(format!("{refusal}: {body}")))?;
        let events = delivered(&[entry])?;
        prop_assert_eq!(events.len(), 1);
        prop_assert_eq!(events[0]["sessionId"].as_str(), Some(caller.session_id()));
        prop_assert_eq!(events[0].get("userId").and_then(Value::as_str), caller.user_id());
        same_fields(&events[0], &sent)?;
    }

    #[test]
    fn whatever_the_schema_accepts_is_delivered(
        interactions in vec(nearly_interactions(), 1..12),
        caller in callers(),
    ) {
        let take = |body: &Map<String, Value>| {
            let body = Value::from(body.clone()).to_string();
            collector().put_record(body.as_bytes(), &caller).ok()
        };
        let entries: Vec<_> = interactions.iter().filter_map(take).collect();
        let events = delivered(&entries)?;
        let accepted = interactions.iter().filter(|body| take(body).is_some());
        let ids: std::collections::BTreeSet<_> = accepted.map(|body| body["eventId"].to_string()).collect();
        prop_assert_eq!(events.len(), ids.len());
    }
}

#[test]
fn a_batch_is_delivered_once_though_it_is_sent_twice() {
    let caller = Caller::parse("0123456789abcdef0123456789abcdef", Some("u1")).expect("a caller");
    let interaction = |n: usize| json!({ "eventId": format!("e{n}"), "eventType": "click", "sentAt": "2026-01-31T12:00:00Z" });
    let body = json!({ "interactions": (0..25).map(interaction).collect::<Vec<_>>() }).to_string();
    let put = || {
        collector()
            .put_records(body.as_bytes(), &caller)
            .expect("a batch")
    };
    let events = delivered(&[put(), put()].concat()).expect("delivered");
    assert_eq!(events.len(), 25);
}
