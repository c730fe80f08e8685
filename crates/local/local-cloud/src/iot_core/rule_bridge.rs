//! From a topic rule onto its Kinesis stream, which the emulator's rules cannot do: a second rule with the same FROM and
//! WHERE puts each message, topic and client on a queue, and from there it goes onto the stream as the first rule says.
//!
//! As IoT Core does, it writes one record a message and keeps no order. What a rule cannot deliver goes to its error
//! action there; here it stays in the queue until the stream takes it.

use std::sync::Arc;
use std::time::Duration;

use aws_types::SdkConfig;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use put_many::kinesis::{PutRecords, Record};
use put_many::{Outcome, Policy, put_many};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::rule::Rule;
use crate::Error;
use crate::endpoint::Services;

/// How long to wait when there was nothing to take, or when the emulator did not answer.
const PAUSE: Duration = Duration::from_millis(50);
/// How long one round of writes may take before what is left of it is tried again.
const ROUND: Duration = Duration::from_secs(60);
/// The most that a call may take from a queue.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html>
const MESSAGES: usize = 10;
/// Calls of which the messages go onto the stream together.
const CALLS: usize = 20;

/// The bridge at work. Dropping it ends it.
#[derive(Debug)]
pub(crate) struct RuleBridge {
    task: JoinHandle<()>,
}

impl RuleBridge {
    /// Carries what `rule_name` takes onto its stream.
    pub(crate) async fn start(
        config: &SdkConfig,
        services: Arc<Services>,
        rule_name: &str,
    ) -> Result<Self, Error> {
        let failed = |what: &str| Error::argument(format!("topic rule {rule_name}: {what}"));
        let path = format!("/rules/{rule_name}");
        let deployed = services.ask_path("iot", (&Method::GET, &path), &Value::Null);
        let deployed = deployed.await.ok_or_else(|| failed("the emulator has none"))?;
        let rule = Rule::read(&deployed).map_err(|reason| failed(&reason.to_string()))?;
        let queue = Queue::create(services, &format!("{rule_name}_to_kinesis")).await;
        let queue = queue.ok_or_else(|| failed("the emulator makes no queue for it"))?;
        queue
            .feed(&rule)
            .await
            .ok_or_else(|| failed("the emulator does not take it with an SQS action"))?;
        let api = PutRecords::new(aws_sdk_kinesis::Client::new(config), &rule.stream_name);
        let task = tokio::spawn(async move {
            loop {
                let messages = queue.take().await;
                if messages.is_empty() {
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
                put_all(
                    &api,
                    messages
                        .iter()
                        .filter_map(|message| message.record(&rule))
                        .collect(),
                )
                .await;
                // Only now: what a killed bridge had taken is visible in the queue again.
                queue.forget(&messages).await;
            }
        });
        Ok(Self { task })
    }
}

impl Drop for RuleBridge {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Tries until the stream has every record.
async fn put_all(api: &PutRecords, mut records: Vec<Record>) {
    let policy = Policy::unordered();
    while !records.is_empty() {
        let deliveries = put_many(api, &records, &policy, ROUND, fastrand::f64).await;
        let with_outcomes = records.into_iter().zip(deliveries.into_outcomes());
        let left = with_outcomes.filter(|(_, outcome)| matches!(outcome, Outcome::Undelivered(_)));
        records = left.map(|(record, _)| record).collect();
    }
}

/// The queue between the second rule and the stream.
struct Queue {
    services: Arc<Services>,
    name: String,
    url: String,
}

impl Queue {
    async fn create(services: Arc<Services>, name: &str) -> Option<Self> {
        let wanted = json!({ "QueueName": name });
        let created = services.ask("sqs", "AmazonSQS.CreateQueue", &wanted).await?;
        let url = created["QueueUrl"].as_str()?.to_owned();
        Some(Self {
            services,
            name: name.to_owned(),
            url,
        })
    }

    /// The second rule. `encode` keeps every byte, where the emulator's `SELECT *` would write JSON anew.
    async fn feed(&self, rule: &Rule) -> Option<()> {
        let path = format!("/rules/{}", self.name);
        let rule = json!({
            "sql": format!("SELECT encode(*, 'base64') AS data, topic() AS topic, clientid() AS client {}", rule.from),
            "awsIotSqlVersion": "2016-03-23",
            "actions": [{ "sqs": {
                "queueUrl": self.url,
                "roleArn": "arn:aws:iam::000000000000:role/rule-bridge",
                "useBase64": false,
            } }],
        });
        let made = self.services.ask_path("iot", (&Method::POST, &path), &rule);
        made.await.map(drop)
    }

    /// Some of the messages that wait.
    async fn take(&self) -> Vec<Message> {
        let mut taken = Vec::new();
        for _ in 0..CALLS {
            let wanted = json!({ "QueueUrl": self.url, "MaxNumberOfMessages": MESSAGES });
            let answer = self
                .services
                .ask("sqs", "AmazonSQS.ReceiveMessage", &wanted)
                .await;
            let messages: Vec<Value> = answer
                .and_then(|mut answer| serde_json::from_value(answer["Messages"].take()).ok())
                .unwrap_or_default();
            let last = messages.len() < MESSAGES;
            taken.extend(messages.iter().filter_map(Message::read));
            if last {
                break;
            }
        }
        taken
    }

    async fn forget(&self, messages: &[Message]) {
        for messages in messages.chunks(MESSAGES) {
            let entries: Vec<Value> = (0..)
                .zip(messages)
                .map(|(place, message): (usize, _)| json!({ "Id": place.to_string(), "ReceiptHandle": message.receipt }))
                .collect();
            let wanted = json!({ "QueueUrl": self.url, "Entries": entries });
            // What is not forgotten comes again, and is on the stream twice, as may happen on AWS.
            let _ = self
                .services
                .ask("sqs", "AmazonSQS.DeleteMessageBatch", &wanted)
                .await;
        }
    }
}

struct Message {
    receipt: String,
    payload: Vec<u8>,
    topic: String,
    client: String,
}

/// What the second rule selects.
#[derive(Deserialize)]
struct Selected {
    data: String,
    topic: String,
    client: String,
}

impl Message {
    fn read(message: &Value) -> Option<Self> {
        let selected: Selected = serde_json::from_str(message["Body"].as_str()?).ok()?;
        Some(Self {
            receipt: message["ReceiptHandle"].as_str()?.to_owned(),
            payload: STANDARD.decode(selected.data).ok()?,
            topic: selected.topic,
            client: selected.client,
        })
    }

    /// None where the rule would fail: a key that is empty. MQTT's payloads are far smaller than a record may be.
    fn record(&self, rule: &Rule) -> Option<Record> {
        let key = rule.partition_key.of(&self.topic, &self.client);
        Record::new(key, self.payload.clone()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule() -> Rule {
        let answer = json!({ "rule": {
            "sql": "SELECT * FROM 'telemetry/+/+'",
            "actions": [{ "kinesis": { "streamName": "s", "partitionKey": "${topic(3)}" } }],
        } });
        Rule::read(&answer).unwrap()
    }

    #[test]
    fn a_message_becomes_a_record_byte_for_byte() {
        let body = json!({ "data": "/wB7", "topic": "telemetry/x/d-1", "client": "c" }).to_string();
        let message = Message::read(&json!({ "ReceiptHandle": "r", "Body": body })).unwrap();
        let record = message.record(&rule()).unwrap();
        assert_eq!(record.partition_key(), "d-1");
        assert_eq!(record.data(), b"\xff\x00{");
    }

    #[test]
    fn a_message_without_a_key_becomes_none() {
        let body = json!({ "data": "e30=", "topic": "telemetry/x", "client": "c" }).to_string();
        let message = Message::read(&json!({ "ReceiptHandle": "r", "Body": body })).unwrap();
        assert!(message.record(&rule()).is_none());
    }
}
