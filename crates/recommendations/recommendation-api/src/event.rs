//! What Lambda hands over, and takes back: a REST API's proxy event, or the scheduled task.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html>

use aws_lambda_events::apigw::{ApiGatewayProxyRequest, ApiGatewayProxyResponse};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::caller::Caller;
use crate::query::Query;

/// An event.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A request.
    Request(Box<ApiGatewayProxyRequest>),
    /// A task by its name.
    Task(String),
    /// A request, and something in it is not as API Gateway sends it. To fail would be an answer 502, and an alarm.
    Malformed,
    /// Neither.
    Unknown,
}

#[derive(Deserialize)]
struct TaskEvent {
    task: String,
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        if let Ok(TaskEvent { task }) = TaskEvent::deserialize(&value) {
            return Ok(Self::Task(task));
        }
        if value.get("httpMethod").is_none() {
            return Ok(Self::Unknown);
        }
        let request = serde_json::from_value(value);
        Ok(request.map_or(Self::Malformed, |request| Self::Request(Box::new(request))))
    }
}

/// Who calls, as the authorizer says; `None` when it does not.
pub fn caller(request: &ApiGatewayProxyRequest) -> Option<Caller> {
    let authorizer = &request.request_context.authorizer.fields;
    let said = |name: &str| authorizer.get(name).and_then(Value::as_str);
    Caller::new(said("sessionId"), said("userId"), said("scope"))
}

/// The query, which API Gateway has decoded.
pub fn query(request: &ApiGatewayProxyRequest) -> Query {
    let every_value = &request.multi_value_query_string_parameters;
    let parameters = if every_value.is_empty() {
        &request.query_string_parameters
    } else {
        every_value
    };
    Query::new(
        parameters
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
    )
}

/// The value of a header.
pub fn header<'request>(request: &'request ApiGatewayProxyRequest, name: &str) -> Option<&'request str> {
    request.headers.get(name)?.to_str().ok()
}

/// The body; `None` when it is not text. No media type of the API is declared as binary.
pub fn body(request: &ApiGatewayProxyRequest) -> Option<&str> {
    (!request.is_base64_encoded).then_some(request.body.as_deref().unwrap_or_default())
}

/// What the function gives back.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Reply {
    /// Of a request.
    Response(Box<ApiGatewayProxyResponse>),
    /// Of a task.
    Task {
        /// How many popular items are kept.
        items: usize,
    },
}
