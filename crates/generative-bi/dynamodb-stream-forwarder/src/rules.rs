//! What becomes of a change: a record for the stream, nothing, or a reason why it cannot go there.

use put_many::kinesis::Record;
use stream_batch::dynamodb::Change;
use stream_batch::{Blocked, Rejection, StreamRecord};

use crate::document;
use crate::filter::{ForwardedEvents, ForwardedItems};
use crate::item_change::ItemChange;
use crate::limits::RecordLimit;
use crate::partition_key::partition_key;
use crate::redaction::Redaction;

/// The rules of one deployment.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// The kinds of changes that are forwarded.
    pub events: ForwardedEvents,
    /// The items whose changes are forwarded.
    pub items: ForwardedItems,
    /// The attributes that are taken out.
    pub redaction: Redaction,
    /// The most that a record may have.
    pub record_limit: RecordLimit,
}

/// What is to be done with a change.
#[derive(Debug)]
pub enum Plan {
    /// Put this onto the stream.
    Send(Record),
    /// Nothing: the filter does not let it pass.
    Filter,
    /// Have it come again: the rules cannot be followed.
    Block(Blocked),
}

impl Plan {
    /// What is put onto the stream.
    pub fn record(&self) -> Option<&Record> {
        match self {
            Self::Send(record) => Some(record),
            Self::Filter | Self::Block(_) => None,
        }
    }
}

impl Rules {
    /// Decides about one change.
    ///
    /// # Errors
    /// The change will never be a record: it is not what DynamoDB writes, or too large for the stream.
    pub fn plan(&self, record: &StreamRecord, change: &Change) -> Result<Plan, Rejection> {
        if !self.events.pass(change.event_name) {
            return Ok(Plan::Filter);
        }
        let item = ItemChange::parse(change)?;
        if let Some(name) = self.redaction.named_key(&item.keys) {
            let reason = format!("REDACTED_ATTRIBUTES names {name}, which is a key attribute");
            return Ok(Plan::Block(Blocked::configuration(reason)));
        }
        if !self.items.pass(&item) {
            return Ok(Plan::Filter);
        }
        let data = document::to_json(record, change, item, &self.redaction)?;
        self.fit(&partition_key(&record.partition_key), data)
            .map(Plan::Send)
    }

    fn fit(&self, partition_key: &str, data: Vec<u8>) -> Result<Record, Rejection> {
        let (bytes, limit) = (partition_key.len() + data.len(), self.record_limit.bytes());
        if bytes > limit {
            let reason =
                format!("the change has {bytes} bytes with its partition key, the stream's limit is {limit}");
            return Err(Rejection::invalid(reason));
        }
        Record::new(partition_key, data).map_err(|error| Rejection::invalid(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_counts_data_and_partition_key() {
        let rules = Rules {
            record_limit: "1".parse().expect("a limit"),
            ..Rules::default()
        };
        let fit = |key: usize, data: usize| rules.fit(&"k".repeat(key), vec![b'x'; data]);
        assert!(fit(24, 1000).is_ok());
        assert_eq!(
            fit(25, 1000).expect_err("too large").reason,
            "the change has 1025 bytes with its partition key, the stream's limit is 1024"
        );
    }
}
