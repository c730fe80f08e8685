//! The table's own Kinesis destination, which the emulator's CloudFormation leaves out and whose times it rounds to a
//! second: changes are read from the table's DynamoDB stream and put on the Kinesis stream as the service writes them,
//! now and then twice and not in their order, as the service may too.
//!
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/kds.html>

mod delivery;
mod record;
mod table_stream;

use std::sync::Arc;
use std::time::Duration;

use aws_types::SdkConfig;
use put_many::kinesis::{PutRecords, Record};
use put_many::{Outcome, Policy, put_many};
use tokio::task::JoinHandle;

use self::delivery::Delivery;
use self::record::Clock;
use self::table_stream::TableStream;
use crate::endpoint::Services;

/// How long to wait when there was nothing to read, or when reading failed.
const PAUSE: Duration = Duration::from_millis(100);
/// How long one round of writes may take before what is left of it is tried again.
const ROUND: Duration = Duration::from_secs(60);

/// The capture at work. Dropping it ends it.
#[derive(Debug)]
pub(crate) struct NativeCapture {
    task: JoinHandle<()>,
}

impl NativeCapture {
    /// Captures every change of the table, from the first one, onto the stream.
    pub(crate) fn start(
        config: &SdkConfig,
        services: Arc<Services>,
        table_name: String,
        stream_name: &str,
    ) -> Self {
        let api = PutRecords::new(aws_sdk_kinesis::Client::new(config), stream_name);
        let task = tokio::spawn(async move {
            let mut changes = TableStream::new(services, table_name.clone());
            let mut clock = Clock::default();
            let mut delivery = Delivery::default();
            loop {
                let changes = changes.next().await;
                if changes.is_empty() {
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
                let captured = changes
                    .into_iter()
                    .map(|change| record::captured(change, &table_name, &mut clock));
                put_all(&api, delivery.arrange(captured.collect())).await;
            }
        });
        Self { task }
    }
}

impl Drop for NativeCapture {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Tries until the stream has every record. It refuses what is over its limit, which both images of an item of 400 KB
/// are not, unless most of it is escapes.
async fn put_all(api: &PutRecords, mut records: Vec<Record>) {
    let policy = Policy::unordered();
    while !records.is_empty() {
        let deliveries = put_many(api, &records, &policy, ROUND, fastrand::f64).await;
        let with_outcomes = records.into_iter().zip(deliveries.into_outcomes());
        let left = with_outcomes.filter(|(_, outcome)| matches!(outcome, Outcome::Undelivered(_)));
        records = left.map(|(record, _)| record).collect();
    }
}
