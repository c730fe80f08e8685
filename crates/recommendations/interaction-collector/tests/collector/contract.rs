//! The cases that hold the templates and this crate together: the infrastructure's tests run them too.

use std::path::{Path, PathBuf};

use interaction_collector::{Answer, Caller, Entry, KinesisError, Refusal};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::support::{SESSION, collector};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    interaction: Map<String, Value>,
    cases: Vec<Value>,
}

/// One case, as the README describes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    caller: Option<CallerCase>,
    #[serde(default)]
    with: Map<String, Value>,
    #[serde(default)]
    without: Vec<String>,
    batch: Option<Vec<Map<String, Value>>>,
    body: Option<Value>,
    text: Option<String>,
    route: Option<String>,
    kinesis: Option<Kinesis>,
    records: Option<Vec<Value>>,
    answer: Option<Expected>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CallerCase {
    session_id: String,
    user_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kinesis {
    status: u16,
    body: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Expected {
    status: u16,
    retry_after: Option<u32>,
    body: Option<Value>,
    /// What the detail of a refusal begins with; the gateway has its own words.
    about: Option<String>,
}

/// What a case sends: to which route, which bytes, and what is in them.
struct Sent {
    batch: bool,
    body: Vec<u8>,
    interactions: Vec<Map<String, Value>>,
}

fn files() -> Vec<PathBuf> {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let entries = std::fs::read_dir(cases).expect("the folder of cases");
    entries.map(|entry| entry.expect("a file").path()).collect()
}

/// `{"$text": "x", "times": 300}` and `{"$list": {}, "times": 500}` written out.
fn expanded(value: Value) -> Value {
    match value {
        Value::Array(elements) => elements.into_iter().map(expanded).collect(),
        Value::Object(mut members) => {
            let times = members.get("times").and_then(Value::as_u64).unwrap_or_default() as usize;
            if let Some(Value::String(text)) = members.get("$text") {
                return json!(text.repeat(times));
            }
            if let Some(element) = members.remove("$list") {
                return json!(vec![expanded(element); times]);
            }
            let members = members.into_iter();
            Value::Object(members.map(|(name, member)| (name, expanded(member))).collect())
        }
        plain => plain,
    }
}

impl Case {
    fn sent(&self, interaction: &Map<String, Value>) -> Sent {
        let overlaid = |fields: &Map<String, Value>| {
            let mut interaction = interaction.clone();
            interaction.extend(fields.clone());
            interaction.retain(|name, _| !self.without.contains(name));
            interaction
        };
        if let Some(batch) = &self.batch {
            let interactions: Vec<_> = batch.iter().map(overlaid).collect();
            let body = json!({ "interactions": interactions }).to_string().into_bytes();
            return Sent {
                batch: true,
                body,
                interactions,
            };
        }
        let batch = self.route.as_deref() == Some("interactions/batch");
        let interaction = overlaid(&self.with);
        let whole = self
            .text
            .clone()
            .or_else(|| self.body.as_ref().map(Value::to_string));
        let interactions = if whole.is_some() {
            Vec::new()
        } else {
            vec![interaction.clone()]
        };
        let body = whole.unwrap_or_else(|| Value::Object(interaction).to_string());
        Sent {
            batch,
            body: body.into_bytes(),
            interactions,
        }
    }

    fn caller(&self) -> Caller {
        let (session, user) = match &self.caller {
            Some(caller) => (caller.session_id.as_str(), caller.user_id.as_deref()),
            None => (SESSION, None),
        };
        Caller::parse(session, user).expect("a caller")
    }

    /// What Kinesis says in this case, and then the collector.
    fn answer(&self, batch: bool, entries: usize) -> Answer {
        let records = vec![json!({ "SequenceNumber": "49" }); entries];
        match &self.kinesis {
            None if batch => of_records(&records),
            None => Answer::accepted(1),
            Some(Kinesis { status: 200, body }) if batch => {
                of_records(body["Records"].as_array().map_or(&[], Vec::as_slice))
            }
            Some(Kinesis { status: 200, .. }) => Answer::accepted(1),
            Some(Kinesis { status, body }) => Answer::of_kinesis_error(&KinesisError {
                status: *status,
                code: body["__type"].as_str().unwrap_or_default().to_owned(),
            }),
        }
    }

    fn check_refusal(&self, refusal: Refusal, expected: &Expected) {
        let answer = Answer::from(refusal);
        assert_eq!(answer.status, expected.status, "{}", self.name);
        let detail = answer.body["detail"].as_str().expect("a detail");
        let about = expected.about.as_deref().unwrap_or_default();
        assert!(detail.starts_with(about), "{}: {detail}", self.name);
    }
}

/// As the template reads an answer of PutRecords.
fn of_records(records: &[Value]) -> Answer {
    let error = |record: &Value| match (record["ErrorCode"].as_str(), record["SequenceNumber"].as_str()) {
        (Some(code), _) => Some(code.to_owned()),
        (None, None) => Some("InternalFailure".to_owned()),
        (None, Some(_)) => None,
    };
    let errors: Vec<_> = records.iter().map(error).collect();
    Answer::of_entries(&errors.iter().map(Option::as_deref).collect::<Vec<_>>())
}

/// What the record of an interaction is: the body's fields under the token's ids.
fn record(interaction: &Map<String, Value>, caller: &Caller) -> Value {
    let mut record = interaction.clone();
    record.insert("schemaVersion".to_owned(), json!(1));
    record.insert("type".to_owned(), json!("interaction"));
    record.insert("sessionId".to_owned(), json!(caller.session_id()));
    if let Some(user) = caller.user_id() {
        record.insert("userId".to_owned(), json!(user));
    }
    Value::Object(record)
}

/// Every number as a double: how one is written says nothing.
fn canonical(value: Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64().expect("a double") + 0.0),
        Value::Array(elements) => elements.into_iter().map(canonical).collect(),
        Value::Object(members) => {
            let members = members.into_iter();
            Value::Object(members.map(|(name, member)| (name, canonical(member))).collect())
        }
        plain => plain,
    }
}

fn put(sent: &Sent, caller: &Caller) -> Result<Vec<Entry>, Refusal> {
    if sent.batch {
        collector().put_records(&sent.body, caller)
    } else {
        collector()
            .put_record(&sent.body, caller)
            .map(|entry| vec![entry])
    }
}

fn check(case: &Case, interaction: &Map<String, Value>) {
    let name = &case.name;
    let sent = case.sent(interaction);
    let caller = case.caller();
    let refused = case.answer.as_ref().filter(|answer| answer.status == 400);
    let entries = match (put(&sent, &caller), refused) {
        (Err(refusal), Some(expected)) => return case.check_refusal(refusal, expected),
        (Err(refusal), None) => panic!("{name}: {refusal}"),
        (Ok(_), Some(_)) => panic!("{name}: taken"),
        (Ok(entries), None) => entries,
    };
    let expected = case.records.clone();
    let of_body = || {
        sent.interactions
            .iter()
            .map(|each| record(each, &caller))
            .collect()
    };
    let expected: Vec<Value> = expected.unwrap_or_else(of_body);
    assert!(!expected.is_empty(), "{name}");
    assert_eq!(entries.len(), expected.len(), "{name}");
    for (entry, expected) in entries.iter().zip(expected) {
        assert_eq!(entry.partition_key, caller.session_id(), "{name}");
        let record: Value = serde_json::from_slice(&entry.data).expect("a record is JSON");
        assert_eq!(canonical(record), canonical(expected), "{name}");
    }
    let answer = case.answer(sent.batch, entries.len());
    let status = case.answer.as_ref().map_or(202, |answer| answer.status);
    assert_eq!(answer.status, status, "{name}");
    assert_eq!(
        answer.retry_after,
        case.answer.as_ref().and_then(|answer| answer.retry_after),
        "{name}"
    );
    let body = case.answer.as_ref().and_then(|answer| answer.body.clone());
    let body = body.unwrap_or_else(|| json!({ "accepted": entries.len() }));
    assert_eq!(answer.body, body, "{name}");
}

#[test]
fn every_case_is_as_it_says() {
    let mut checked = 0;
    for path in files() {
        let text = std::fs::read_to_string(&path).expect("a text file");
        let file: File =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for case in file.cases {
            let case: Case = serde_json::from_value(expanded(case)).expect("a case");
            check(&case, &file.interaction);
            checked += 1;
        }
    }
    assert!(checked > 200, "{checked} cases");
}
