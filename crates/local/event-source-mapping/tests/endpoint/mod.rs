//! An endpoint in this process.

use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_types::SdkConfig;
use aws_types::region::Region;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use event_source_mapping::driver::{Driver, DriverEvent, DriverOptions};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::JoinHandle;

pub const STREAM: &str = "arn:aws:kinesis:us-east-1:000000000000:stream/interactions";
pub const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:forwarder";

/// A mapping that reads everything, with these fields besides.
pub fn settings(more: Value) -> Value {
    let mut settings = json!({
        "EventSourceArn": STREAM,
        "FunctionArn": FUNCTION,
        "StartingPosition": "TRIM_HORIZON",
        "State": "Disabled",
    });
    for (name, value) in more.as_object().expect("an object") {
        settings[name] = value.clone();
    }
    settings
}

#[derive(Clone)]
pub struct Endpoint {
    state: Arc<Mutex<State>>,
    invoked: Arc<Notify>,
    url: String,
}

#[derive(Default)]
struct State {
    mappings: BTreeMap<String, Value>,
    shards: BTreeMap<String, Shard>,
    records: u64,
    iterators: BTreeMap<String, (String, usize)>,
    answers: VecDeque<(u16, String, Option<String>)>,
    invoked: Vec<Vec<u64>>,
    objects: BTreeMap<String, Value>,
    down: bool,
}

#[derive(Default)]
struct Shard {
    records: Vec<u64>,
    parent: Option<String>,
    closed: bool,
}

impl Endpoint {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let state = State {
            shards: BTreeMap::from([("shard-0".into(), Shard::default())]),
            ..State::default()
        };
        let endpoint = Self {
            state: Arc::new(Mutex::new(state)),
            invoked: Arc::default(),
            url,
        };
        let served = endpoint.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let endpoint = served.clone();
                let service = hyper::service::service_fn(move |request| serve(endpoint.clone(), request));
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        endpoint
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .expect("no test panics while it holds the state")
    }

    pub fn map(&self, id: &str, mut mapping: Value) {
        mapping["UUID"] = id.into();
        self.state().mappings.insert(id.to_owned(), mapping);
    }

    pub fn put(&self, shard: &str, records: u64) {
        let mut state = self.state();
        for _ in 0..records {
            state.records += 1;
            let number = state.records;
            state
                .shards
                .entry(shard.to_owned())
                .or_default()
                .records
                .push(number);
        }
    }

    pub fn split(&self, parent: &str, children: [&str; 2]) {
        let mut state = self.state();
        state.shards.entry(parent.to_owned()).or_default().closed = true;
        for child in children {
            state.shards.entry(child.to_owned()).or_default().parent = Some(parent.to_owned());
        }
    }

    /// What the next invocation is answered with; after those, `{}`.
    pub fn answer(&self, status: u16, body: &str, function_error: Option<&str>) {
        self.state()
            .answers
            .push_back((status, body.to_owned(), function_error.map(str::to_owned)));
    }

    pub fn be_down(&self, down: bool) {
        self.state().down = down;
    }

    pub fn forget_iterators(&self) {
        self.state().iterators.clear();
    }

    /// The records of each invocation.
    pub fn invoked(&self) -> Vec<Vec<u64>> {
        self.state().invoked.clone()
    }

    pub async fn wait_until_invoked(&self, records: usize) {
        while self.invoked().concat().len() < records {
            self.invoked.notified().await;
        }
    }

    pub fn object(&self, bucket: &str, key: &str) -> Value {
        self.state().objects[&format!("/{bucket}/{key}")].clone()
    }

    pub fn drive(&self) -> Driving {
        let config = SdkConfig::builder()
            .behavior_version(aws_sdk_kinesis::config::BehaviorVersion::latest())
            .region(Region::from_static("us-east-1"))
            .endpoint_url(&self.url)
            .credentials_provider(SharedCredentialsProvider::new(Credentials::from_keys(
                "test", "test", None,
            )))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build();
        let options = DriverOptions {
            poll_interval: Duration::from_millis(5),
            listing_interval: Duration::from_millis(10),
            first_retry: Duration::from_millis(5),
            ..DriverOptions::default()
        };
        let (events, told) = mpsc::unbounded_channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let driver = Driver::new(&config, options, events);
        let task = tokio::spawn(driver.run(async {
            let _ = stopped.await;
        }));
        Driving { told, stop, task }
    }
}

/// A driver at work.
pub struct Driving {
    told: mpsc::UnboundedReceiver<DriverEvent>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Driving {
    /// Waits for such an event.
    pub async fn until(&mut self, wanted: impl Fn(&DriverEvent) -> bool) -> DriverEvent {
        loop {
            let event = self.told.recv().await.expect("the driver runs");
            if wanted(&event) {
                return event;
            }
        }
    }

    /// Stops the driver; the last that it tells is that it did.
    pub async fn stop(mut self) {
        drop(self.stop);
        self.task.await.expect("the driver does not panic");
        let mut last = None;
        while let Some(event) = self.told.recv().await {
            last = Some(event);
        }
        assert_eq!(last, Some(DriverEvent::Stopped));
    }
}

async fn serve(endpoint: Endpoint, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body
        .collect()
        .await
        .map(|body| body.to_bytes())
        .unwrap_or_default();
    let target = head
        .headers
        .get("x-amz-target")
        .and_then(|target| target.to_str().ok())
        .unwrap_or_default();
    let operation = target.rsplit('.').next().unwrap_or_default();
    let path = head.uri.path();
    if endpoint.state().down {
        return Ok(respond(503, "{}", None));
    }
    Ok(match operation {
        "ListShards" => endpoint.list_shards(),
        "GetShardIterator" => endpoint.get_shard_iterator(&read(&body)),
        "GetRecords" => endpoint.get_records(&read(&body)),
        "" if path.ends_with("/invocations") => endpoint.invoke(&read(&body)),
        "" if path.ends_with("/configuration") => {
            respond(200, r#"{"Role":"arn:aws:iam::000000000000:role/r"}"#, None)
        }
        "" if path.contains("event-source-mappings") => {
            let mappings: Vec<_> = endpoint.state().mappings.values().cloned().collect();
            respond(200, &json!({"EventSourceMappings": mappings}).to_string(), None)
        }
        "" => {
            endpoint
                .state()
                .objects
                .insert(path.to_owned(), read(&unchunked(&body)));
            respond(200, "", None)
        }
        unknown => respond(
            400,
            &json!({"__type": "UnknownOperationException", "message": unknown}).to_string(),
            None,
        ),
    })
}

fn read(body: &[u8]) -> Value {
    serde_json::from_slice(body).expect("the driver sends JSON")
}

/// The content of a body that the SDK sends in chunks with a checksum after them.
fn unchunked(body: &[u8]) -> Vec<u8> {
    let start = body.iter().position(|byte| *byte == b'{').unwrap_or_default();
    let end = body
        .iter()
        .rposition(|byte| *byte == b'}')
        .map_or(body.len(), |end| end + 1);
    body[start..end].to_vec()
}

fn respond(status: u16, body: &str, function_error: Option<&str>) -> Response<Full<Bytes>> {
    let mut response = Response::builder()
        .status(status)
        .header("content-type", "application/json");
    if let Some(kind) = function_error {
        response = response.header("x-amz-function-error", kind);
    }
    let kind = serde_json::from_str::<Value>(body)
        .ok()
        .and_then(|body| Some(body["__type"].as_str()?.to_owned()));
    if let Some(kind) = kind {
        response = response.header("x-amzn-errortype", kind);
    }
    response
        .body(Full::new(Bytes::from(body.to_owned())))
        .expect("a response")
}

impl Endpoint {
    fn list_shards(&self) -> Response<Full<Bytes>> {
        let shards: Vec<_> = self
            .state()
            .shards
            .iter()
            .map(|(id, shard)| {
                json!({
                    "ShardId": id,
                    "ParentShardId": shard.parent,
                    "HashKeyRange": {"StartingHashKey": "0", "EndingHashKey": "1"},
                    "SequenceNumberRange": {"StartingSequenceNumber": "0"},
                })
            })
            .collect();
        respond(200, &json!({"Shards": shards}).to_string(), None)
    }

    fn get_shard_iterator(&self, request: &Value) -> Response<Full<Bytes>> {
        let mut state = self.state();
        let shard = request["ShardId"].as_str().expect("a shard").to_owned();
        let number = request["StartingSequenceNumber"]
            .as_str()
            .map_or(0, |number| number.parse().expect("a number"));
        let records = &state.shards[&shard].records;
        let index = match request["ShardIteratorType"].as_str() {
            Some("TRIM_HORIZON") => 0,
            Some("AT_SEQUENCE_NUMBER") => records.partition_point(|record| *record < number),
            Some("AFTER_SEQUENCE_NUMBER") => records.partition_point(|record| *record <= number),
            other => panic!("{other:?}"),
        };
        let iterator = state.issue(&shard, index);
        respond(200, &json!({"ShardIterator": iterator}).to_string(), None)
    }

    fn get_records(&self, request: &Value) -> Response<Full<Bytes>> {
        let mut state = self.state();
        let iterator = request["ShardIterator"].as_str().expect("an iterator");
        let Some((shard, index)) = state.iterators.get(iterator).cloned() else {
            return respond(
                400,
                r#"{"__type":"ExpiredIteratorException","message":"lost"}"#,
                None,
            );
        };
        let records: Vec<_> = state.shards[&shard].records[index..]
            .iter()
            .map(|number| record(*number))
            .collect();
        let closed = state.shards[&shard].closed;
        let next = index + records.len();
        let next = (!closed).then(|| state.issue(&shard, next));
        respond(
            200,
            &json!({"Records": records, "NextShardIterator": next, "MillisBehindLatest": 0}).to_string(),
            None,
        )
    }

    fn invoke(&self, event: &Value) -> Response<Full<Bytes>> {
        let mut state = self.state();
        let (status, body, function_error) = state.answers.pop_front().unwrap_or((200, "{}".into(), None));
        if status == 200 {
            let records = event["Records"].as_array().expect("records").iter();
            let number = |record: &Value| record["kinesis"]["sequenceNumber"].as_str()?.parse().ok();
            state.invoked.push(records.filter_map(number).collect());
            self.invoked.notify_one();
        }
        respond(status, &body, function_error.as_deref())
    }
}

impl State {
    fn issue(&mut self, shard: &str, index: usize) -> String {
        let iterator = format!("{shard}:{index}");
        self.iterators.insert(iterator.clone(), (shard.to_owned(), index));
        iterator
    }
}

fn record(number: u64) -> Value {
    json!({
        "SequenceNumber": format!("{number:05}"),
        "ApproximateArrivalTimestamp": 1_767_225_600.5,
        "PartitionKey": "key",
        "Data": STANDARD.encode("{}"),
    })
}
