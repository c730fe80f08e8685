//! AppSync below the signed request: it keeps what is published, and fails as told.

use std::fmt;
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use sensor_state_writer::publish_reading::PublishReading;
use serde_json::{Value, json};

use super::config;
use super::faults::{Fate, Faults, Operation};

pub const URL: &str = "https://example123.appsync-api.us-east-1.amazonaws.com/graphql";

#[derive(Clone)]
pub struct AppSync {
    faults: Arc<dyn Faults>,
    published: Arc<Mutex<Vec<Value>>>,
    requests: Arc<Mutex<Vec<Value>>>,
}

impl AppSync {
    pub fn new(faults: impl Faults + 'static) -> Self {
        Self {
            faults: Arc::new(faults),
            published: Arc::default(),
            requests: Arc::default(),
        }
    }

    /// The edge as production builds it, over this service.
    pub fn publish_reading(&self) -> PublishReading {
        let config = config();
        let url = config.graphql_url.expect("a URL");
        PublishReading::new(&config.aws, &url, SharedHttpConnector::new(self.clone()))
    }

    /// The readings that subscribers were told of, in order.
    pub fn published(&self) -> Vec<Value> {
        self.published.lock().expect("no panic before").clone()
    }

    /// The `readingId` of each.
    pub fn published_ids(&self) -> Vec<String> {
        let id = |reading: Value| reading["readingId"].as_str().expect("text").to_owned();
        self.published().into_iter().map(id).collect()
    }

    /// The body of each call.
    pub fn requests(&self) -> Vec<Value> {
        self.requests.lock().expect("no panic before").clone()
    }

    fn publish(&self, request: &Value) -> HttpResponse {
        let reading = request["variables"]["reading"].clone();
        let answer = json!({"data": {"publishReading": reading}});
        self.published.lock().expect("no panic before").push(reading);
        response(200, &answer)
    }
}

impl fmt::Debug for AppSync {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AppSync")
    }
}

impl HttpConnector for AppSync {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        assert_eq!((request.method(), request.uri()), ("POST", URL));
        assert_eq!(request.headers().get("content-type"), Some("application/json"));
        let authorization = request.headers().get("authorization").expect("a signature");
        assert!(
            authorization.contains("/us-east-1/appsync/aws4_request"),
            "{authorization}"
        );
        let body = request.body().bytes().expect("in memory");
        let request: Value = serde_json::from_slice(body).expect("JSON");
        self.requests
            .lock()
            .expect("no panic before")
            .push(request.clone());
        let (appsync, fate) = (self.clone(), self.faults.call(Operation::Publish));
        HttpConnectorFuture::new(async move {
            match fate {
                Fate::Fails(status, code) => {
                    let errors = json!([{"errorType": code, "message": "as told"}]);
                    Ok(response(status, &json!({"data": null, "errors": errors})))
                }
                Fate::LostBefore => Err(ConnectorError::timeout("lost".into())),
                Fate::Panics => panic!("the client panics on purpose"),
                Fate::LostAfter => {
                    appsync.publish(&request);
                    Err(ConnectorError::io("reset".into()))
                }
                Fate::Answered(time) => {
                    tokio::time::sleep(time).await;
                    Ok(appsync.publish(&request))
                }
            }
        })
    }
}

fn response(status: u16, body: &Value) -> HttpResponse {
    let response = http::Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .body(SdkBody::from(body.to_string()));
    HttpResponse::try_from(response.expect("a response")).expect("a response")
}
