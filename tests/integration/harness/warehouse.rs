//! The generative BI pipeline on a local cloud of its own.

use std::time::Duration;

use aws_sdk_kinesis::types::Record;
use local_cloud::{ChangeCapture, LocalCloud, Options, Pattern};
use orders::arrival::hold_against;
use orders::generator::History;
use orders::model::Change;
use orders::reconciliation::{Account, reconcile};
use orders::warehouse::{Redshift, Warehouse, count};
use orders::writing::{SoFar, Writer, key_schema};
use orders::{stream, table};
use put_many::dynamodb::BatchWriteItem;
use put_many::kinesis::PutRecords;
use put_many::{Policy, put_many};
use redshift_data::{RedshiftDataApi, Target};
use stand_ins::faults::Plan;
use tokio::sync::MutexGuard;

use super::{MACHINE, eventually, root};

/// A running pipeline.
pub struct GenerativeBi {
    /// The cloud that it runs on.
    pub cloud: LocalCloud,
    /// The warehouse, by its Data API.
    pub warehouse: Redshift<RedshiftDataApi>,
    dynamodb: aws_sdk_dynamodb::Client,
    kinesis: aws_sdk_kinesis::Client,
    _machine: MutexGuard<'static, ()>,
}

impl GenerativeBi {
    /// The pipeline as the CDK app deploys it, with the functions of the debug build.
    pub async fn start(change_capture: ChangeCapture) -> Self {
        let machine = MACHINE.lock().await;
        let mut options = Options::new(root());
        options.deploy = Some(Pattern::GenerativeBi);
        options.change_capture = change_capture;
        let cloud = LocalCloud::start(options, |_| {})
            .await
            .expect("the local cloud starts");
        let config = cloud.sdk_config();
        let outputs = cloud.outputs();
        let target = Target::workgroup(
            outputs["WorkgroupName"].parse().expect("a workgroup's name"),
            outputs["DatabaseName"].parse().expect("a database's name"),
        );
        let redshift = aws_sdk_redshiftdata::Client::new(&config);
        Self {
            warehouse: Redshift::new(RedshiftDataApi::new(redshift, target)),
            dynamodb: aws_sdk_dynamodb::Client::new(&config),
            kinesis: aws_sdk_kinesis::Client::new(&config),
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

    /// Puts a fault plan in force, written as the endpoint takes it.
    pub fn set_faults(&self, plan: serde_json::Value) {
        self.cloud
            .set_faults(Plan::from_json(plan.to_string().as_bytes()).expect("a sound fault plan"));
    }

    /// How many faults each rule of the plan put in.
    pub fn faults_injected(&self) -> Vec<u64> {
        let report = self.cloud.fault_report();
        let rules = report["rules"].as_array().expect("a report has rules");
        rules
            .iter()
            .map(|rule| rule["injected"].as_u64().expect("a rule counts"))
            .collect()
    }

    /// Writes changes into the table, in order for each item.
    pub async fn write(&self, changes: &[Change]) {
        let api = BatchWriteItem::new(
            self.dynamodb.clone(),
            self.output("OrdersTableName"),
            key_schema(),
        );
        let so_far = SoFar::default();
        let written = Writer::new(api, &so_far).write(changes, |_| {}).await;
        written.expect("the table takes every change");
    }

    /// Puts records on the stream by hand, past the capture.
    pub async fn put(&self, records: &[put_many::kinesis::Record]) {
        let api = PutRecords::new(self.kinesis.clone(), self.output("OrderChangeStreamName"));
        let policy = Policy::unordered();
        let put = put_many(&api, records, &policy, Duration::from_secs(300), fastrand::f64).await;
        assert!(put.all_accepted(), "the stream takes every record");
    }

    /// Everything that is on the stream now.
    pub async fn records(&self) -> Vec<Record> {
        let mut records = Vec::new();
        let read = stream::read(&self.kinesis, self.output("OrderChangeStreamName"), |record| {
            records.push(record);
        });
        read.await.expect("the stream can be read");
        records
    }

    /// What a query counts.
    pub async fn count(&self, sql: &str) -> u64 {
        count(&self.warehouse, sql)
            .await
            .expect("the warehouse answers with a count")
    }

    /// Runs a statement.
    pub async fn run(&self, sql: &str) {
        self.warehouse
            .run(sql)
            .await
            .expect("the warehouse runs the statement");
    }

    /// Waits until the stream has so many records, and the streaming view has each of them, once. Says how many.
    pub async fn everything_is_ingested(&self, at_least: usize) -> usize {
        let rows = async || {
            let rows = self.count("SELECT COUNT(*) FROM ingest.order_changes").await;
            usize::try_from(rows).expect("as many rows as fit into memory")
        };
        eventually("enough records are ingested", rows, |rows| *rows >= at_least).await;
        // The capture may still be at work: both are counted until they agree.
        let both = async || (self.records().await.len(), rows().await);
        let (records, _) = eventually("every record is ingested", both, |(records, rows)| {
            records == rows
        })
        .await;
        records
    }

    /// Waits until the warehouse has what the table has, and holds that the table has what was written: item by item, and
    /// attribute by attribute.
    pub async fn reconciles(&self, history: &History) {
        let items = table::scan(&self.dynamodb, self.output("OrdersTableName"))
            .await
            .expect("the table can be read");
        let table = Account::of_items(&items).expect("the table has orders");
        let against_truth = reconcile(&Account::of_truth(&history.truth), &table);
        assert_eq!(against_truth.differences(), 0, "{against_truth}");
        let expected = table.as_the_warehouse_holds_it();
        let report = async || {
            hold_against(&self.warehouse, &expected)
                .await
                .expect("the warehouse has orders")
        };
        eventually("the warehouse follows the table", report, |report| {
            report.differences() == 0
        })
        .await;
        assert_eq!(
            self.cloud.violations(),
            [],
            "every request keeps the rules of AWS's service models"
        );
    }
}
