//! An emulator: descriptions of streams, tables, and a bucket whose puts can be made to fail.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard};

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

#[derive(Clone, Default)]
pub(crate) struct Emulator {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) streams: BTreeMap<String, Value>,
    pub(crate) tables: BTreeMap<String, Value>,
    pub(crate) objects: BTreeMap<String, Bytes>,
    /// So many puts fail before one succeeds; of every second one the object is there nevertheless.
    pub(crate) failing_puts: usize,
    pub(crate) puts: usize,
    pub(crate) describes: usize,
    /// Nothing but puts is answered with sense.
    pub(crate) confused: bool,
}

impl Emulator {
    /// Starts it; its host and port come back too. It ends with the test's runtime.
    pub(crate) async fn start() -> (Self, String) {
        let emulator = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let authority = listener.local_addr().unwrap().to_string();
        let served = emulator.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let emulator = served.clone();
                let service = service_fn(move |request| {
                    let emulator = emulator.clone();
                    async move { Ok::<_, Infallible>(emulator.answer(request).await) }
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        (emulator, authority)
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Keys that begin so, and what is there.
    pub(crate) fn objects(&self, prefix: &str) -> Vec<(String, Bytes)> {
        let state = self.state();
        let objects = state.objects.iter().filter(|(key, _)| key.starts_with(prefix));
        objects.map(|(key, body)| (key.clone(), body.clone())).collect()
    }

    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let signed = head.headers["authorization"].to_str().unwrap().to_owned();
        if head.method == Method::PUT {
            assert!(signed.contains("/s3/aws4_request"));
            return self.put(head.uri.path(), body);
        }
        let call: Value = serde_json::from_slice(&body).unwrap();
        let mut state = self.state();
        if state.confused {
            return answer(500, &json!({}));
        }
        match head.headers["x-amz-target"].to_str().unwrap() {
            "Firehose_20150804.DescribeDeliveryStream" => {
                assert!(signed.contains("/firehose/aws4_request"));
                state.describes += 1;
                match state.streams.get(call["DeliveryStreamName"].as_str().unwrap()) {
                    Some(stream) => answer(200, &json!({ "DeliveryStreamDescription": stream })),
                    None => answer(400, &json!({ "__type": "ResourceNotFoundException" })),
                }
            }
            "AWSGlue.GetTable" => {
                assert!(signed.contains("/glue/aws4_request"));
                match state.tables.get(call["Name"].as_str().unwrap()) {
                    Some(table) => answer(200, &json!({ "Table": table })),
                    None => answer(400, &json!({ "__type": "EntityNotFoundException" })),
                }
            }
            other => panic!("{other}"),
        }
    }

    fn put(&self, path: &str, body: Bytes) -> Response<Full<Bytes>> {
        let mut state = self.state();
        state.puts += 1;
        let failing = state.failing_puts > 0;
        state.failing_puts = state.failing_puts.saturating_sub(1);
        if !failing || state.puts.is_multiple_of(2) {
            let key = path.strip_prefix("/bucket/").expect("the bucket's path");
            state.objects.insert(decoded(key), body);
        }
        answer(if failing { 503 } else { 200 }, &json!({}))
    }
}

fn answer(status: u16, body: &Value) -> Response<Full<Bytes>> {
    let body = Full::new(Bytes::from(body.to_string()));
    Response::builder().status(status).body(body).unwrap()
}

fn decoded(path: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next().unwrap(), rest.next().unwrap()];
            let digits = std::str::from_utf8(&digits).unwrap();
            bytes.push(u8::from_str_radix(digits, 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}
