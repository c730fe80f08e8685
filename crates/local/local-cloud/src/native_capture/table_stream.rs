//! Reads a table's DynamoDB stream from the emulator, as JSON: attribute values stay what they are.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::endpoint::Services;

/// Where reading is. After a failure the iterator is asked for anew, behind the last change that was read.
#[derive(Debug)]
pub(super) struct TableStream {
    services: Arc<Services>,
    table_name: String,
    iterator: Option<String>,
    last_read: Option<String>,
}

impl TableStream {
    pub(super) fn new(services: Arc<Services>, table_name: String) -> Self {
        Self {
            services,
            table_name,
            iterator: None,
            last_read: None,
        }
    }

    /// The next changes in their order; none when there are none yet, or the emulator does not answer just now.
    pub(super) async fn next(&mut self) -> Vec<Value> {
        let changes = self.read().await;
        if changes.is_none() {
            self.iterator = None;
        }
        changes.unwrap_or_default()
    }

    async fn read(&mut self) -> Option<Vec<Value>> {
        let iterator = match self.iterator.take() {
            Some(iterator) => iterator,
            None => self.open().await?,
        };
        let mut page = self
            .ask(
                "DynamoDBStreams_20120810.GetRecords",
                json!({ "ShardIterator": iterator }),
            )
            .await?;
        self.iterator = text(&page, "/NextShardIterator");
        let changes = match page.get_mut("Records")?.take() {
            Value::Array(changes) => changes,
            _ => return None,
        };
        if let Some(last) = changes.last() {
            self.last_read = text(last, "/dynamodb/SequenceNumber");
        }
        Some(changes)
    }

    /// An iterator for the stream's one shard: the emulator splits none.
    async fn open(&self) -> Option<String> {
        let table = self
            .ask(
                "DynamoDB_20120810.DescribeTable",
                json!({ "TableName": self.table_name }),
            )
            .await?;
        let stream = text(&table, "/Table/LatestStreamArn")?;
        let described = self
            .ask(
                "DynamoDBStreams_20120810.DescribeStream",
                json!({ "StreamArn": stream }),
            )
            .await?;
        let mut wanted = json!({
            "StreamArn": stream,
            "ShardId": text(&described, "/StreamDescription/Shards/0/ShardId")?,
            "ShardIteratorType": "TRIM_HORIZON",
        });
        if let Some(last) = &self.last_read {
            wanted["ShardIteratorType"] = json!("AFTER_SEQUENCE_NUMBER");
            wanted["SequenceNumber"] = json!(last);
        }
        let opened = self
            .ask("DynamoDBStreams_20120810.GetShardIterator", wanted)
            .await?;
        text(&opened, "/ShardIterator")
    }

    async fn ask(&self, target: &str, body: Value) -> Option<Value> {
        self.services.ask("dynamodb", target, &body).await
    }
}

fn text(value: &Value, pointer: &str) -> Option<String> {
    value.pointer(pointer)?.as_str().map(str::to_owned)
}
