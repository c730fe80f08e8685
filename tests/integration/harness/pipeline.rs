//! The recommendations pipeline on a local cloud of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use local_cloud::{LocalCloud, Options, Pattern};
use put_many::kinesis::PutRecords;
use put_many::{Policy, put_many};
use rand::{RngExt as _, SeedableRng as _};
use stand_ins::faults::Plan;
use tokio::sync::MutexGuard;

use super::{Account, DeadLettered, MACHINE, Record, eventually, root};

/// A running pipeline.
pub struct Pipeline {
    /// The cloud that it runs on.
    pub cloud: LocalCloud,
    kinesis: aws_sdk_kinesis::Client,
    s3: aws_sdk_s3::Client,
    _machine: MutexGuard<'static, ()>,
}

impl Pipeline {
    /// The pipeline as the CDK app deploys it, with the functions of the debug build.
    pub async fn start() -> Self {
        let machine = MACHINE.lock().await;
        let mut options = Options::new(root());
        options.deploy = Some(Pattern::Recommendations);
        let cloud = LocalCloud::start(options, |_| {})
            .await
            .expect("the local cloud starts");
        let config = cloud.sdk_config();
        Self {
            kinesis: aws_sdk_kinesis::Client::new(&config),
            s3: aws_sdk_s3::Client::new(&config),
            cloud,
            _machine: machine,
        }
    }

    /// An output of the stack.
    pub fn output(&self, name: &str) -> &str {
        self.cloud
            .outputs()
            .get(name)
            .unwrap_or_else(|| panic!("the stack has no output {name}"))
    }

    /// A client for the stream.
    pub fn kinesis(&self) -> &aws_sdk_kinesis::Client {
        &self.kinesis
    }

    /// A client for the buckets.
    pub fn s3(&self) -> &aws_sdk_s3::Client {
        &self.s3
    }

    /// Sends records in their order, and holds that the stream took each.
    pub async fn send(&self, records: &[Record]) {
        let api = PutRecords::new(self.kinesis.clone(), self.output("InteractionStreamName"));
        let entries: Vec<_> = records
            .iter()
            .map(|record| {
                put_many::kinesis::Record::new(&record.session, record.payload.clone())
                    .expect("a fit partition key")
            })
            .collect();
        let mut random = rand::rngs::StdRng::seed_from_u64(7);
        let policy = Policy::per_key(put_many::kinesis::Record::partition_key);
        let sent = put_many(&api, &entries, &policy, Duration::from_secs(120), || {
            random.random()
        })
        .await;
        assert!(sent.all_accepted(), "the stream takes every record");
    }

    /// Puts a fault plan in force, written as the endpoint takes it.
    pub fn set_faults(&self, plan: serde_json::Value) {
        self.cloud
            .set_faults(Plan::from_json(plan.to_string().as_bytes()).expect("a sound fault plan"));
    }

    /// How many faults were put in, over all rules of the plan.
    pub fn faults_injected(&self) -> u64 {
        let report = self.cloud.fault_report();
        let rules = report["rules"].as_array().expect("a report has rules");
        rules.iter().filter_map(|rule| rule["injected"].as_u64()).sum()
    }

    /// How many requests of an operation were answered with `status`.
    pub fn answered(&self, operation: &str, status: u16) -> u64 {
        let counts = self.cloud.requests();
        let of_operation = counts
            .iter()
            .filter(|count| count.operation == operation && count.status == Some(status));
        of_operation.map(|count| count.count).sum()
    }

    /// What the sinks hold by now.
    pub async fn account(&self) -> Account {
        let summary = self.state("/_state/personalize");
        let summary: serde_json::Value = serde_json::from_str(&summary).expect("the summary is JSON");
        let mut stored = BTreeMap::new();
        for line in self.state("/_state/personalize/interactions").lines() {
            let event: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
            let id = event["eventId"].as_str().expect("an event has an id").to_owned();
            *stored.entry(id).or_default() += 1;
        }
        Account {
            stored,
            duplicates: summary["duplicates"]
                .as_u64()
                .expect("the summary counts duplicates"),
            dead_letters: self.dead_letters().await,
        }
    }

    /// The stored event with this id.
    pub fn stored_event(&self, id: &str) -> serde_json::Value {
        let state = self.state("/_state/personalize/interactions");
        let mut events = state
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("a line is JSON"));
        events
            .find(|event| event["eventId"] == id)
            .unwrap_or_else(|| panic!("no event {id} is stored"))
    }

    /// Waits until every record of `sent` has arrived where it belongs, and holds that it is there once, that nothing
    /// else is there, and that no request broke a rule of AWS.
    pub async fn everything_arrives(&self, sent: &[Record]) -> Account {
        let sound = sent.iter().filter(|record| record.event_id.is_some()).count();
        let poison = sent.len() - sound;
        let complete =
            |account: &Account| account.stored.len() >= sound && account.dead_letters.len() >= poison;
        let account = eventually("every record arrives", || self.account(), complete).await;
        self.holds_exactly(sent, &account);
        account
    }

    fn holds_exactly(&self, sent: &[Record], account: &Account) {
        let wanted: BTreeSet<&str> = sent
            .iter()
            .filter_map(|record| record.event_id.as_deref())
            .collect();
        let stored: BTreeSet<&str> = account.stored.keys().map(String::as_str).collect();
        assert!(
            stored == wanted,
            "{} are stored that were not sent",
            stored.difference(&wanted).count()
        );
        assert!(
            account.stored.values().all(|times| *times == 1),
            "each event is stored once"
        );
        let mut poison: Vec<&[u8]> = sent
            .iter()
            .filter(|record| record.event_id.is_none())
            .map(|record| record.payload.as_slice())
            .collect();
        let mut rejected: Vec<&[u8]> = account
            .dead_letters
            .values()
            .map(|letter| letter.payload.as_slice())
            .collect();
        poison.sort_unstable();
        rejected.sort_unstable();
        assert!(
            poison == rejected,
            "the dead letters carry the payloads of the poison, each once"
        );
        assert_eq!(
            self.cloud.violations(),
            [],
            "every request keeps the rules of AWS's service models"
        );
    }

    fn state(&self, path: &str) -> String {
        let answer = self
            .cloud
            .personalize()
            .state(path)
            .expect("the stand-in has this state");
        String::from_utf8(answer.into_body().to_vec()).expect("the state is text")
    }

    /// Every dead letter, by shard, sequence number and index.
    async fn dead_letters(&self) -> BTreeMap<(String, String), DeadLettered> {
        let bucket = self.output("DeadLetterBucketName");
        let mut letters = BTreeMap::new();
        for key in self.keys(bucket).await {
            let object = self
                .s3
                .get_object()
                .bucket(bucket)
                .key(&key)
                .send()
                .await
                .expect("the object is there");
            let body = object
                .body
                .collect()
                .await
                .expect("the object can be read")
                .into_bytes();
            let batch: serde_json::Value =
                serde_json::from_slice(&body).expect("a dead-letter batch is JSON");
            for letter in batch["deadLetters"].as_array().expect("a batch has dead letters") {
                letters.insert(place(letter), dead_lettered(letter));
            }
        }
        letters
    }

    /// The keys of a bucket; none where the bucket is missing.
    async fn keys(&self, bucket: &str) -> Vec<String> {
        let mut pages = self.s3.list_objects_v2().bucket(bucket).into_paginator().send();
        let mut keys = Vec::new();
        while let Some(page) = pages.next().await {
            match page {
                Ok(page) => keys.extend(
                    page.contents()
                        .iter()
                        .filter_map(|object| object.key().map(str::to_owned)),
                ),
                Err(error)
                    if error
                        .as_service_error()
                        .is_some_and(|error| error.is_no_such_bucket()) =>
                {
                    break;
                }
                Err(error) => panic!("cannot list {bucket}: {error:?}"),
            }
        }
        keys
    }
}

fn place(letter: &serde_json::Value) -> (String, String) {
    let text = |field: &str| {
        letter[field]
            .as_str()
            .unwrap_or_else(|| panic!("a dead letter has {field}"))
            .to_owned()
    };
    (
        text("shardId"),
        format!("{}/{}", text("sequenceNumber"), letter["index"]),
    )
}

fn dead_lettered(letter: &serde_json::Value) -> DeadLettered {
    let payload = letter["payload"].as_str().expect("a dead letter has its payload");
    DeadLettered {
        payload: STANDARD.decode(payload).expect("the payload is base64"),
        reason: letter["reason"]
            .as_str()
            .expect("a dead letter has a reason")
            .to_owned(),
    }
}
