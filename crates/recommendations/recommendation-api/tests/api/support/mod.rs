//! What the tests have in common: a configuration, events, fakes, the stand-in behind the real SDK client.

pub mod clock;
pub mod events;
pub mod fakes;
pub mod output;
pub mod wire;

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use aws_lambda_events::encodings::Body;
use lambda_runtime::{Context, LambdaEvent};
use recommendation_api::config::Config;
use recommendation_api::event::Reply;
use recommendation_api::handler::Handler;
use recommendation_api::personalize::Personalize;
use recommendation_api::state::StateStore;
use serde_json::{Value, json};
use stand_ins::personalize::{
    LOCAL_CAMPAIGN_ARN, LOCAL_CHALLENGER_CAMPAIGN_ARN, LOCAL_FEATURED_FILTER_ARN, LOCAL_GENRE_FILTER_ARN,
    LOCAL_POPULAR_CAMPAIGN_ARN, LOCAL_RANKING_CAMPAIGN_ARN, LOCAL_RELATED_ITEMS_CAMPAIGN_ARN,
    LOCAL_UNSEEN_FILTER_ARN,
};
use telemetry_emf::Metrics;

/// The deployment of the local cloud, with one arm and a breaker that opens after three failures for ten seconds.
pub fn config() -> Config {
    config_with(&[])
}

/// The same with other variables; an empty one is absent.
pub fn config_with(others: &[(&str, &str)]) -> Config {
    let arms = json!([{"name": "control", "weight": 1, "sourceArn": LOCAL_CAMPAIGN_ARN}]).to_string();
    let filters = json!({"of-genre": LOCAL_GENRE_FILTER_ARN, "unseen": LOCAL_UNSEEN_FILTER_ARN}).to_string();
    let promotions = json!({"featured": LOCAL_FEATURED_FILTER_ARN}).to_string();
    let lookup = |name: &str| {
        let other = others.iter().find(|(other, _)| *other == name);
        let value = match name {
            _ if other.is_some() => other?.1,
            "AWS_REGION" => "us-east-1",
            "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => "test",
            "AWS_LAMBDA_FUNCTION_NAME" => "recommendation-api",
            "STATE_TABLE" => "state",
            "RECOMMENDATION_ARMS" => &arms,
            "RELATED_SOURCE_ARN" => LOCAL_RELATED_ITEMS_CAMPAIGN_ARN,
            "RANKING_CAMPAIGN_ARN" => LOCAL_RANKING_CAMPAIGN_ARN,
            "POPULAR_SOURCE_ARN" => LOCAL_POPULAR_CAMPAIGN_ARN,
            "FILTERS" => &filters,
            "PROMOTIONS" => &promotions,
            "BREAKER_FAILURES" => "3",
            _ => return None,
        };
        Some(value.to_owned())
    };
    Config::read(&lookup).expect("a complete environment")
}

/// Arms of this name and weight, the first two with the sources that the stand-in has.
pub fn arms(weights: &[(&str, u32)]) -> String {
    let sources = [LOCAL_CAMPAIGN_ARN, LOCAL_CHALLENGER_CAMPAIGN_ARN]
        .into_iter()
        .cycle();
    let arms = weights.iter().zip(sources);
    let arms =
        arms.map(|((name, weight), source)| json!({"name": name, "weight": weight, "sourceArn": source}));
    Value::from(arms.collect::<Vec<_>>()).to_string()
}

/// The function over fakes, with metrics that nobody reads.
pub fn handler<P: Personalize, S: StateStore>(config: &Config, personalize: P, state: S) -> Handler<P, S> {
    let metrics = Metrics::to(config.metrics.clone(), std::io::sink());
    Handler::new(config, personalize, state, metrics, clock::now)
}

/// Lets the function answer an event of API Gateway.
pub async fn respond<P: Personalize, S: StateStore>(handler: &Handler<P, S>, event: Value) -> Response {
    match invoke(handler, event, "request").await.expect("a reply") {
        Reply::Response(response) => Response(*response),
        Reply::Task { .. } => panic!("a request is no task"),
    }
}

/// Lets the function handle an event, under this request id.
pub async fn invoke<P: Personalize, S: StateStore>(
    handler: &Handler<P, S>,
    event: Value,
    request_id: &str,
) -> Result<Reply, lambda_runtime::Error> {
    let payload = serde_json::from_value(event).expect("every JSON is an event");
    let mut context = Context::default();
    context.request_id = request_id.to_owned();
    handler.handle(LambdaEvent { payload, context }).await
}

/// A response, for those who look into it.
#[derive(Debug, Clone)]
pub struct Response(pub ApiGatewayProxyResponse);

impl Response {
    pub fn status(&self) -> i64 {
        self.0.status_code
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.0
            .headers
            .get(name)
            .map(|value| value.to_str().expect("text"))
    }

    /// The body, empty where there is none.
    pub fn body(&self) -> &str {
        match &self.0.body {
            None => "",
            Some(Body::Text(text)) => text,
            other => panic!("not text: {other:?}"),
        }
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(self.body()).expect("a body of JSON")
    }

    /// The ids of the items.
    pub fn items(&self) -> Vec<String> {
        let body = self.json();
        let items = body["items"].as_array().expect("a list of items").iter();
        items
            .map(|item| item["itemId"].as_str().expect("an id").to_owned())
            .collect()
    }
}
