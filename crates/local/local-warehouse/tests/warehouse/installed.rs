//! The warehouse of the repository's migrations, and its answers as the crate `orders` reads them.

use std::path::{Path, PathBuf};

use orders::reconciliation::{Account, Report, query, reconcile};
use orders::truth::Truth;
use orders::warehouse::{Field, Table, Warehouse as Asked, WarehouseError};
use serde_json::{Value, json};

use crate::streams::Memory;
use crate::support::Warehouse;

pub(crate) const STREAM: &str = "order-changes";

/// A file that begins so is no transaction: the migrator runs its statements one by one, in one session.
const ONE_AT_A_TIME: &str = "-- one statement at a time";

/// A warehouse with everything that the migrations make.
#[derive(Clone)]
pub(crate) struct Installed {
    pub(crate) warehouse: Warehouse,
}

impl Installed {
    /// Over a stream with these shards.
    pub(crate) async fn over(shards: &[&str]) -> Self {
        let warehouse = Warehouse::with(Memory::new(STREAM, shards)).await;
        for file in files() {
            let text = std::fs::read_to_string(&file).unwrap();
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            apply(&warehouse, &name, &text).await;
        }
        Self { warehouse }
    }

    /// Puts a record onto a shard.
    pub(crate) fn put(&self, shard: &str, data: &[u8]) {
        self.warehouse.streams.put(STREAM, shard, data.to_vec());
    }

    pub(crate) async fn refresh(&self) {
        self.warehouse
            .succeed("REFRESH MATERIALIZED VIEW ingest.order_changes")
            .await;
    }

    pub(crate) async fn fold(&self) {
        self.warehouse
            .succeed("CALL warehouse.fold_order_changes()")
            .await;
    }

    pub(crate) async fn prune(&self) {
        self.warehouse
            .succeed("CALL warehouse.prune_order_changes()")
            .await;
    }

    /// Holds `warehouse.current_orders` against the truth, item by item.
    pub(crate) async fn report(&self, truth: &Truth) -> Report {
        let found = Account::of_warehouse(&self.query(&query()).await.unwrap()).unwrap();
        reconcile(&Account::of_truth(truth).as_the_warehouse_holds_it(), &found)
    }
}

fn files() -> Vec<PathBuf> {
    let sql = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../generative-bi/warehouse-migrator/sql");
    let entries = std::fs::read_dir(sql).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "there are migrations");
    files
}

async fn apply(warehouse: &Warehouse, name: &str, text: &str) {
    let replaced = [
        ("${ADMIN_USER}", "admin"),
        ("${INGESTION_ROLE_ARN}", "arn:aws:iam::000000000000:role/ingest"),
        ("${KINESIS_STREAM}", STREAM),
        // Users are the server's, which all tests share.
        ("${BI_USER}", &format!("IAMR:bi-{}", warehouse.database)),
        ("${MONITOR_USER}", &format!("IAMR:monitor-{}", warehouse.database)),
        ("bi_reader", &format!("bi_reader_{}", warehouse.database)),
        (
            "stream_monitor",
            &format!("stream_monitor_{}", warehouse.database),
        ),
        // Only the test refreshes, so that a seed gives the same pieces whenever it runs.
        ("AUTO REFRESH YES", "AUTO REFRESH NO"),
    ]
    .into_iter()
    .fold(text.to_owned(), |text, (name, value)| text.replace(name, value));
    let statements = redshift_sql::split(&replaced).unwrap();
    if text.starts_with(ONE_AT_A_TIME) {
        one_by_one(warehouse, name, &statements).await;
    } else {
        let id = warehouse.submit_batch(&statements).await;
        let ended = warehouse.ended(&id).await;
        assert_eq!(ended["Status"], "FINISHED", "{name}: {ended}");
    }
}

async fn one_by_one(warehouse: &Warehouse, name: &str, statements: &[&str]) {
    let mut call = warehouse.submission(json!({ "SessionKeepAliveSeconds": 60 }));
    for statement in statements {
        call["Sql"] = json!(statement);
        let submitted = warehouse.call("ExecuteStatement", call).await.unwrap();
        let ended = warehouse.ended(submitted["Id"].as_str().unwrap()).await;
        assert_eq!(ended["Status"], "FINISHED", "{name}: {statement}: {ended}");
        call = json!({ "SessionId": submitted["SessionId"] });
    }
}

impl Asked for Installed {
    async fn query(&self, sql: &str) -> Result<Table, WarehouseError> {
        let ended = self.warehouse.run(sql).await;
        if ended["Status"] != "FINISHED" {
            return Err(WarehouseError::new(sql, &ended["Error"]));
        }
        let mut table = Table::default();
        let mut page = json!({ "Id": ended["Id"] });
        loop {
            let answer = self.warehouse.call("GetStatementResult", page).await.unwrap();
            let columns = answer["ColumnMetadata"].as_array().unwrap().iter();
            table.columns = columns
                .map(|column| column["name"].as_str().unwrap().to_owned())
                .collect();
            table
                .rows
                .extend(answer["Records"].as_array().unwrap().iter().map(row));
            match answer["NextToken"].as_str() {
                Some(next) => page = json!({ "Id": ended["Id"], "NextToken": next }),
                None => return Ok(table),
            }
        }
    }

    async fn run(&self, sql: &str) -> Result<(), WarehouseError> {
        self.query(sql).await.map(drop)
    }
}

fn row(record: &Value) -> Vec<Field> {
    record.as_array().unwrap().iter().map(field).collect()
}

fn field(field: &Value) -> Field {
    let (member, value) = field.as_object().unwrap().iter().next().unwrap();
    match member.as_str() {
        "isNull" => Field::Null,
        "longValue" => Field::Long(value.as_i64().unwrap()),
        "doubleValue" => Field::Double(value.as_f64().unwrap()),
        "booleanValue" => Field::Boolean(value.as_bool().unwrap()),
        _ => Field::Text(value.as_str().unwrap().to_owned()),
    }
}
