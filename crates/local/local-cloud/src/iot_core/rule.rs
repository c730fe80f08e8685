//! A deployed topic rule, as far as its Kinesis action needs it.

use serde_json::Value;

/// What a rule does with a message.
#[derive(Debug, PartialEq)]
pub(super) struct Rule {
    /// Behind the SELECT clause: `FROM …`, and `WHERE …` where there is one.
    pub(super) from: String,
    pub(super) stream_name: String,
    pub(super) partition_key: PartitionKey,
}

/// What a rule may have as its partition key here. IoT Core takes any substitution template.
///
/// <https://docs.aws.amazon.com/iot/latest/developerguide/kinesis-rule-action.html>
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum PartitionKey {
    /// `${topic(n)}`: the n-th level of the topic, from 1.
    TopicLevel(usize),
    /// `${clientid()}`
    ClientId,
}

/// Why a rule cannot be bridged.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(super) enum NotBridged {
    #[error("its first action is not kinesis")]
    NoKinesisAction,
    #[error("its partition key is neither ${{topic(n)}} nor ${{clientid()}}")]
    PartitionKey,
    #[error("its SQL does not hand the whole payload on as it is: SELECT * FROM …")]
    Projection,
}

impl Rule {
    /// The rule in the answer to GetTopicRule.
    pub(super) fn read(answer: &Value) -> Result<Self, NotBridged> {
        let kinesis = answer
            .pointer("/rule/actions/0/kinesis")
            .ok_or(NotBridged::NoKinesisAction)?;
        let stream_name = kinesis["streamName"]
            .as_str()
            .ok_or(NotBridged::NoKinesisAction)?;
        let sql = answer.pointer("/rule/sql").and_then(Value::as_str);
        Ok(Self {
            from: behind_select(sql.unwrap_or_default())
                .ok_or(NotBridged::Projection)?
                .to_owned(),
            stream_name: stream_name.to_owned(),
            partition_key: kinesis["partitionKey"]
                .as_str()
                .and_then(PartitionKey::read)
                .ok_or(NotBridged::PartitionKey)?,
        })
    }
}

/// The message reaches the stream byte for byte only if the rule selects the whole of it.
fn behind_select(sql: &str) -> Option<&str> {
    let rest = sql.trim().strip_prefix("SELECT")?.trim_start();
    let rest = rest.strip_prefix('*')?.trim_start();
    rest.starts_with("FROM").then_some(rest)
}

impl PartitionKey {
    fn read(template: &str) -> Option<Self> {
        let expression = template.strip_prefix("${")?.strip_suffix('}')?.trim();
        if expression == "clientid()" {
            return Some(Self::ClientId);
        }
        let level = expression.strip_prefix("topic(")?.strip_suffix(')')?.trim();
        level
            .parse()
            .ok()
            .filter(|level| *level > 0)
            .map(Self::TopicLevel)
    }

    /// The key of a message. Empty where the topic has no such level, which Kinesis refuses.
    pub(super) fn of<'a>(self, topic: &'a str, client_id: &'a str) -> &'a str {
        match self {
            Self::TopicLevel(level) => topic.split('/').nth(level - 1).unwrap_or_default(),
            Self::ClientId => client_id,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(sql: &str, partition_key: &str) -> Value {
        json!({ "rule": {
            "sql": sql,
            "actions": [{ "kinesis": { "streamName": "readings", "partitionKey": partition_key, "roleArn": "r" } }],
        } })
    }

    #[test]
    fn a_rule_is_read() {
        let read = |sql, key| Rule::read(&answer(sql, key));
        let rule = read("SELECT * FROM 'telemetry/+/+'", "${topic(3)}").unwrap();
        assert_eq!(rule.from, "FROM 'telemetry/+/+'");
        assert_eq!(rule.stream_name, "readings");
        assert_eq!(rule.partition_key, PartitionKey::TopicLevel(3));
        let rule = read("SELECT * FROM 't/#' WHERE topic(2) <> 'x'", "${clientid()}").unwrap();
        assert_eq!(rule.from, "FROM 't/#' WHERE topic(2) <> 'x'");
        assert_eq!(rule.partition_key, PartitionKey::ClientId);
    }

    #[test]
    fn what_cannot_be_bridged_says_why() {
        let refused = |sql, key| Rule::read(&answer(sql, key)).unwrap_err();
        assert_eq!(
            refused("SELECT value FROM 't'", "${topic(1)}"),
            NotBridged::Projection
        );
        assert_eq!(
            refused("SELECT *, 1 AS a FROM 't'", "${topic(1)}"),
            NotBridged::Projection
        );
        for key in [
            "",
            "device",
            "${topic(0)}",
            "${topic(x)}",
            "${newuuid()}",
            "${topic(1)",
        ] {
            assert_eq!(
                refused("SELECT * FROM 't'", key),
                NotBridged::PartitionKey,
                "{key}"
            );
        }
        let none = json!({ "rule": { "sql": "SELECT * FROM 't'", "actions": [{ "sqs": {} }] } });
        assert_eq!(Rule::read(&none), Err(NotBridged::NoKinesisAction));
    }

    #[test]
    fn a_key_is_a_level_or_the_client() {
        let topic = "telemetry/hamburg/d-1";
        assert_eq!(PartitionKey::TopicLevel(3).of(topic, "c"), "d-1");
        assert_eq!(PartitionKey::TopicLevel(1).of(topic, "c"), "telemetry");
        assert_eq!(PartitionKey::TopicLevel(4).of(topic, "c"), "");
        assert_eq!(PartitionKey::ClientId.of(topic, "c"), "c");
    }
}
