//! What Lambda hands over, and takes back: a REST API's proxy event, or the scheduled task.
//!
//! The types are ours, and hold what is read of an event. A type of everything that API Gateway sends refuses the event
//! for a header with a letter beyond ASCII, which anyone can send: that would be an answer 502, and an alarm.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html>

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::caller::Caller;
use crate::query::Query;

/// An event.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A request.
    Request(Box<ProxyRequest>),
    /// A task by its name.
    Task(String),
    /// A request, and something in it is not as API Gateway sends it.
    Malformed,
    /// Neither.
    Unknown,
}

/// A request to a REST API.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProxyRequest {
    /// The path, with `{id}` in the place of the id.
    pub resource: String,
    /// The method.
    pub http_method: String,
    path_parameters: Option<BTreeMap<String, String>>,
    query_string_parameters: Option<BTreeMap<String, String>>,
    multi_value_query_string_parameters: Option<BTreeMap<String, Vec<String>>>,
    /// Nobody relies on a header, so that a strange one is none.
    #[serde(default, deserialize_with = "object_or_empty")]
    headers: Map<String, Value>,
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
    #[serde(default, deserialize_with = "object_or_empty")]
    request_context: Map<String, Value>,
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

impl ProxyRequest {
    /// Who calls, as the authorizer says; `None` when it does not.
    pub fn caller(&self) -> Option<Caller> {
        let authorizer = self.request_context.get("authorizer")?;
        let said = |name: &str| authorizer.get(name).and_then(Value::as_str);
        Caller::new(said("sessionId"), said("userId"), said("scope"))
    }

    /// The query, which API Gateway has decoded.
    pub fn query(&self) -> Query {
        match (
            &self.multi_value_query_string_parameters,
            &self.query_string_parameters,
        ) {
            (Some(parameters), _) => Query::new(parameters.clone()),
            (None, Some(parameters)) => {
                let single = parameters.iter();
                Query::new(single.map(|(name, value)| (name.clone(), vec![value.clone()])))
            }
            (None, None) => Query::default(),
        }
    }

    /// A part of the path, percent-encoded as it was sent.
    pub fn path_parameter(&self, name: &str) -> Option<&str> {
        self.path_parameters.as_ref()?.get(name).map(String::as_str)
    }

    /// The value of a header, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let (_, value) = headers.find(|(each, _)| each.eq_ignore_ascii_case(name))?;
        value.as_str()
    }

    /// The body; `None` when it is not text. No media type of the API is declared as binary.
    pub fn body(&self) -> Option<&str> {
        (!self.is_base64_encoded).then_some(self.body.as_deref().unwrap_or_default())
    }
}

fn object_or_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Map<String, Value>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Object(members) => Ok(members),
        _ => Ok(Map::new()),
    }
}

/// What the function gives back.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Reply {
    /// Of a request.
    Response(ProxyResponse),
    /// Of a task.
    Task {
        /// How many popular items are kept.
        items: usize,
    },
}

/// A response of a REST API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProxyResponse {
    /// The status.
    pub status_code: u16,
    /// The headers.
    pub headers: BTreeMap<&'static str, String>,
    /// The body, as text.
    pub body: String,
    /// Whether the body is no text. It always is.
    pub is_base64_encoded: bool,
}
