//! The stand-in Personalize behind the real edge and the real SDK client, without a network.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_personalizeevents::Client;
use aws_sdk_personalizeevents::config::{BehaviorVersion, Config, Credentials, Region};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;
use bytes::Bytes;
use put_events_forwarder::personalize::PersonalizeEvents;
use serde_json::Value;
use stand_ins::personalize::{Personalize, Resources};

use super::destinations;

/// What happens to a request on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It arrives and is answered, after so long.
    Answered(Duration),
    /// The service answers with this status and error code, and does nothing.
    Fails(u16, &'static str),
    /// It never arrives.
    LostBefore,
    /// It arrives, its answer is lost.
    LostAfter,
    /// The client panics.
    Panics,
}

/// Decides by the body of a request.
pub type Fates = dyn Fn(&[u8]) -> Fate + Send + Sync;

/// The stand-in with the resources of the local cloud.
pub fn stand_in() -> Arc<Personalize> {
    Arc::new(Personalize::new(Resources::local()))
}

/// The real edge over the stand-in.
pub fn edge(personalize: Arc<Personalize>, fates: Arc<Fates>) -> PersonalizeEvents {
    let wire = SharedHttpConnector::new(Wire { personalize, fates });
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::for_tests())
        .retry_config(RetryConfig::disabled())
        .http_client(http_client_fn(move |_, _| wire.clone()))
        .build();
    PersonalizeEvents::new(Client::from_conf(config), destinations())
}

/// The lines of a part of the stand-in's state, such as `interactions`.
pub fn state(personalize: &Personalize, part: &str) -> Vec<Value> {
    let answer = personalize
        .state(&format!("/_state/personalize/{part}"))
        .expect("the part exists");
    let text = String::from_utf8(answer.into_body().to_vec()).expect("UTF-8");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

struct Wire {
    personalize: Arc<Personalize>,
    fates: Arc<Fates>,
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire")
    }
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let request = request.try_into_http1x().expect("a request");
        let request = request.map(|body| Bytes::copy_from_slice(body.bytes().expect("in memory")));
        let fate = (self.fates)(request.body());
        let personalize = self.personalize.clone();
        HttpConnectorFuture::new(async move {
            match fate {
                Fate::Fails(status, code) => Ok(failure(status, code)),
                Fate::LostBefore => Err(ConnectorError::timeout("lost".into())),
                Fate::Panics => panic!("the client panics on purpose"),
                Fate::LostAfter => {
                    personalize.handle(request).await;
                    Err(ConnectorError::io("reset".into()))
                }
                Fate::Answered(time) => {
                    tokio::time::sleep(time).await;
                    let answer = personalize.handle(request).await;
                    Ok(HttpResponse::try_from(answer.map(SdkBody::from)).expect("an answer"))
                }
            }
        })
    }
}

fn failure(status: u16, code: &str) -> HttpResponse {
    let answer = http::Response::builder()
        .status(status)
        .header("x-amzn-errortype", code)
        .body(SdkBody::from(r#"{"message":"on purpose"}"#))
        .expect("an answer");
    HttpResponse::try_from(answer).expect("an answer")
}
