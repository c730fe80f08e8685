//! Services behind the real edges and the real SDK clients, without a network.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;
use bytes::Bytes;
use recommendation_api::personalize::PersonalizeRuntime;
use recommendation_api::state::DynamoDbState;
use serde_json::Value;
use stand_ins::personalize::Personalize;

/// What a service makes of a request.
pub type Answer = Result<http::Response<Bytes>, ConnectorError>;

/// A service.
pub type Service = dyn Fn(http::Request<Bytes>) -> Pin<Box<dyn Future<Output = Answer> + Send>> + Send + Sync;

/// The real edge to Personalize over a service.
pub fn personalize_over(service: Arc<Service>) -> PersonalizeRuntime {
    use aws_sdk_personalizeruntime::Client;
    use aws_sdk_personalizeruntime::config::{BehaviorVersion, Config, Credentials, Region};
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::for_tests())
        .retry_config(RetryConfig::disabled())
        .http_client(http_client(service))
        .build();
    PersonalizeRuntime::new(Client::from_conf(config))
}

/// The real edge to DynamoDB over a service.
pub fn state_over(service: Arc<Service>) -> DynamoDbState {
    use aws_sdk_dynamodb::Client;
    use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, Region};
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::for_tests())
        .retry_config(RetryConfig::disabled())
        .http_client(http_client(service))
        .build();
    DynamoDbState::new(Client::from_conf(config), "state")
}

/// The stand-in as a service.
pub fn stand_in(personalize: Arc<Personalize>) -> Arc<Service> {
    Arc::new(move |request| {
        let personalize = personalize.clone();
        Box::pin(async move { Ok(personalize.handle(request).await) })
    })
}

/// A service that answers every request so.
pub fn answering(answer: impl Fn() -> Answer + Send + Sync + 'static) -> Arc<Service> {
    Arc::new(move |_| {
        let answer = answer();
        Box::pin(async move { answer })
    })
}

/// `service`, and the bodies of the requests to it.
pub fn recorded(service: Arc<Service>) -> (Arc<Service>, Arc<Mutex<Vec<Value>>>) {
    let bodies = Arc::new(Mutex::new(Vec::new()));
    let seen = bodies.clone();
    let recording: Arc<Service> = Arc::new(move |request| {
        let body = serde_json::from_slice(request.body()).expect("JSON");
        seen.lock().expect("no panic").push(body);
        service(request)
    });
    (recording, bodies)
}

/// An error as Personalize and DynamoDB write it.
pub fn failure(status: u16, code: &str) -> Answer {
    let body = serde_json::json!({"__type": code, "message": "on purpose"}).to_string();
    let answer = http::Response::builder()
        .status(status)
        .header("x-amzn-errortype", code)
        .body(Bytes::from(body))
        .expect("an answer");
    Ok(answer)
}

/// A good answer.
pub fn success(body: &Value) -> Answer {
    Ok(http::Response::new(Bytes::from(body.to_string())))
}

struct Wire(Arc<Service>);

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire")
    }
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let request = request.try_into_http1x().expect("a request");
        let request = request.map(|body| Bytes::copy_from_slice(body.bytes().expect("in memory")));
        let answer = (self.0)(request);
        HttpConnectorFuture::new(async move {
            let answer = answer.await?;
            Ok(HttpResponse::try_from(answer.map(SdkBody::from)).expect("an answer"))
        })
    }
}

fn http_client(service: Arc<Service>) -> SharedHttpClient {
    let wire = SharedHttpConnector::new(Wire(service));
    http_client_fn(move |_, _| wire.clone())
}
