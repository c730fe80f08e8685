//! A warehouse with a database of its own, and what one does with it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use local_warehouse::{LocalWarehouse, USER_HEADER};
use serde_json::{Value, json};
use tokio_postgres::NoTls;
use uuid::Uuid;

use crate::server;
use crate::streams::Memory;

pub(crate) const WORKGROUP: &str = "generative-bi";
/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A warehouse of one test.
#[derive(Clone)]
pub(crate) struct Warehouse {
    warehouse: Arc<LocalWarehouse>,
    pub(crate) database: String,
    pub(crate) streams: Memory,
    user: Option<String>,
}

/// An error that the API answers with.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) kind: String,
    pub(crate) message: String,
    pub(crate) body: Value,
}

impl Warehouse {
    /// With a stream `orders` of two shards.
    pub(crate) async fn new() -> Self {
        Self::with(Memory::new("orders", &["shard-1", "shard-2"])).await
    }

    pub(crate) async fn with(streams: Memory) -> Self {
        let database = format!("test_{}", Uuid::new_v4().simple());
        Self::open(&database, streams).await
    }

    /// On a database that may be there already.
    pub(crate) async fn open(database: &str, streams: Memory) -> Self {
        let settings = server::settings().await;
        let warehouse = LocalWarehouse::connect(&settings, streams.clone(), WORKGROUP, database).await;
        Self {
            warehouse: Arc::new(warehouse.unwrap()),
            database: database.to_owned(),
            streams,
            user: None,
        }
    }

    /// The same with another identity.
    pub(crate) fn as_user(&self, user: &str) -> Self {
        Self {
            user: Some(user.to_owned()),
            ..self.clone()
        }
    }

    pub(crate) async fn stop(&self) {
        self.warehouse.stop().await;
    }

    pub(crate) async fn state(&self) -> Value {
        let answer = self.warehouse.state("/_state/warehouse").await.unwrap();
        assert!(self.warehouse.state("/_state/personalize").await.is_none());
        serde_json::from_slice(answer.body()).unwrap()
    }

    /// Calls an operation.
    pub(crate) async fn call(&self, operation: &str, body: Value) -> Result<Value, Refused> {
        let mut request = Request::post("/").header("x-amz-target", format!("RedshiftData.{operation}"));
        if let Some(user) = &self.user {
            request = request.header(USER_HEADER, user);
        }
        let request = request.body(Bytes::from(body.to_string())).unwrap();
        let answer = self.warehouse.handle(request).await;
        let body: Value = serde_json::from_slice(answer.body()).unwrap();
        if answer.status() == 200 {
            return Ok(body);
        }
        let kind = answer.headers()["x-amzn-errortype"].to_str().unwrap().to_owned();
        assert_eq!(body["__type"], kind.as_str());
        let message = body["Message"].as_str().unwrap().to_owned();
        Err(Refused { kind, message, body })
    }

    /// The members of every submission, with these besides.
    pub(crate) fn submission(&self, more: Value) -> Value {
        let mut body = json!({ "WorkgroupName": WORKGROUP, "Database": self.database });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    }

    /// Submits a statement, and gives its id.
    pub(crate) async fn submit(&self, sql: &str) -> String {
        let body = self.submission(json!({ "Sql": sql }));
        let answer = self.call("ExecuteStatement", body).await.unwrap();
        answer["Id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn submit_batch(&self, statements: &[&str]) -> String {
        let body = self.submission(json!({ "Sqls": statements }));
        let answer = self.call("BatchExecuteStatement", body).await.unwrap();
        answer["Id"].as_str().unwrap().to_owned()
    }

    /// What is known of a statement.
    pub(crate) async fn describe(&self, id: &str) -> Value {
        self.call("DescribeStatement", json!({ "Id": id })).await.unwrap()
    }

    /// The description of a statement that has ended.
    pub(crate) async fn ended(&self, id: &str) -> Value {
        let waiting = json!({ "Id": id, "WaitTimeSeconds": 30 });
        let described = self.call("DescribeStatement", waiting).await.unwrap();
        let status = described["Status"].as_str().unwrap();
        assert!(["FINISHED", "FAILED", "ABORTED"].contains(&status), "{described}");
        described
    }

    /// Runs a statement to its end.
    pub(crate) async fn run(&self, sql: &str) -> Value {
        let id = self.submit(sql).await;
        self.ended(&id).await
    }

    /// Runs a statement that succeeds.
    #[track_caller]
    pub(crate) fn succeed(&self, sql: &str) -> impl Future<Output = Value> {
        let place = std::panic::Location::caller();
        async move {
            let described = self.run(sql).await;
            assert_eq!(described["Status"], "FINISHED", "{place}: {described}");
            described
        }
    }

    /// Runs a statement that fails, and gives its error.
    #[track_caller]
    pub(crate) fn fail(&self, sql: &str) -> impl Future<Output = String> {
        let place = std::panic::Location::caller();
        async move {
            let described = self.run(sql).await;
            assert_eq!(described["Status"], "FAILED", "{place}: {described}");
            described["Error"].as_str().unwrap().to_owned()
        }
    }

    /// The rows of a query, each value as the only one of its union.
    #[track_caller]
    pub(crate) fn rows(&self, sql: &str) -> impl Future<Output = Vec<Vec<Value>>> {
        let finished = self.succeed(sql);
        async move {
            let id = finished.await["Id"].as_str().unwrap().to_owned();
            let result = self
                .call("GetStatementResult", json!({ "Id": id }))
                .await
                .unwrap();
            rows(&result)
        }
    }

    /// The only value of a query.
    #[track_caller]
    pub(crate) fn value(&self, sql: &str) -> impl Future<Output = Value> {
        let rows = self.rows(sql);
        async move { rows.await[0][0].clone() }
    }

    /// A connection beside the warehouse.
    pub(crate) async fn beside(&self) -> tokio_postgres::Client {
        let settings = server::settings().await;
        let mut config = tokio_postgres::Config::new();
        config
            .host(&settings.host)
            .port(settings.port)
            .user(&settings.user)
            .password(&settings.password)
            .dbname(&self.database);
        let (client, connection) = config.connect(NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }

    /// An external schema `kinesis`, and a streaming view `changes` on the stream `orders`.
    pub(crate) async fn with_view(&self, name: &str, refresh: &str) {
        self.succeed("CREATE EXTERNAL SCHEMA IF NOT EXISTS kinesis FROM KINESIS IAM_ROLE 'arn:aws:iam::000000000000:role/ingest'")
            .await;
        self.succeed(&format!(
            "CREATE MATERIALIZED VIEW {name} AUTO REFRESH {refresh} AS \
             SELECT approximate_arrival_timestamp AS arrived_at, partition_key, shard_id, sequence_number, refresh_time, \
                    CASE WHEN CAN_JSON_PARSE(kinesis_data) THEN JSON_PARSE(kinesis_data) END AS payload, \
                    CASE WHEN NOT CAN_JSON_PARSE(kinesis_data) THEN kinesis_data END AS failed_payload \
             FROM kinesis.\"orders\""
        ))
        .await;
    }

    pub(crate) async fn count(&self, relation: &str) -> i64 {
        self.value(&format!("SELECT COUNT(*) FROM {relation}"))
            .await
            .as_i64()
            .unwrap()
    }
}

/// The rows of a page.
pub(crate) fn rows(result: &Value) -> Vec<Vec<Value>> {
    let records = result["Records"].as_array().unwrap();
    let row = |record: &Value| {
        let fields = record.as_array().unwrap().iter();
        fields.map(plain).collect()
    };
    records.iter().map(row).collect()
}

fn plain(field: &Value) -> Value {
    let (member, value) = field.as_object().unwrap().iter().next().unwrap();
    if member == "isNull" {
        Value::Null
    } else {
        value.clone()
    }
}

/// Waits until a condition holds.
#[track_caller]
pub(crate) fn eventually<F: Future<Output = bool>>(
    what: &str,
    mut holds: impl FnMut() -> F,
) -> impl Future<Output = ()> {
    let place = std::panic::Location::caller();
    let what = what.to_owned();
    async move {
        let condition = async {
            while !holds().await {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let done = tokio::time::timeout(PATIENCE, condition).await;
        assert!(done.is_ok(), "{place}: never {what}");
    }
}
