//! Asks the local Personalize what it holds. AWS has no such question: there, events show in training only.

use std::collections::BTreeSet;

use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::byte_stream::ByteStream;
use function_config::AwsAccess;
use serde::Deserialize;

use crate::reckoning::RecordId;

/// The local Personalize, seen from its back.
#[derive(Debug)]
pub struct PersonalizeState {
    http: SharedHttpConnector,
    endpoint: String,
}

/// What Personalize counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Events that it holds, each id once.
    pub interactions: u64,
    /// Events that came, repeats included.
    pub events_received: u64,
    /// Events whose id had come before.
    pub duplicates: u64,
}

/// The state cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// There is no local cloud to ask.
    #[error("AWS_ENDPOINT_URL is missing, expected the endpoint of a local cloud")]
    NotLocal,
    /// It did not answer, or not as expected.
    #[error("{url}: {reason}")]
    Unreadable {
        /// What was asked.
        url: String,
        /// Why there is no answer.
        reason: String,
    },
}

impl PersonalizeState {
    /// The Personalize behind the endpoint of `access`.
    ///
    /// # Errors
    /// It has no endpoint.
    pub fn new(access: &AwsAccess) -> Result<Self, StateError> {
        Ok(Self {
            http: access.http_connector(),
            endpoint: access.endpoint_url().ok_or(StateError::NotLocal)?.to_owned(),
        })
    }

    /// What it counted.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn counts(&self) -> Result<Counts, StateError> {
        let path = "/_state/personalize";
        let body = self.get(path).await?;
        serde_json::from_slice(&body).map_err(|error| self.unreadable(path, &error))
    }

    /// The ids of all events that it holds.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn ids_of_events(&self) -> Result<BTreeSet<RecordId>, StateError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Event {
            event_id: Option<String>,
        }
        let path = "/_state/personalize/interactions";
        let body = self.get(path).await?;
        let events = serde_json::Deserializer::from_slice(&body).into_iter::<Event>();
        let ids = events.filter_map(|event| match event {
            Ok(event) => event.event_id.map(|id| Ok(RecordId::of_event(&id))),
            Err(error) => Some(Err(self.unreadable(path, &error))),
        });
        ids.collect()
    }

    async fn get(&self, path: &str) -> Result<Vec<u8>, StateError> {
        let url = format!("{}{path}", self.endpoint);
        let request = HttpRequest::get(&url).map_err(|error| self.unreadable(path, &error))?;
        let answer = self
            .http
            .call(request)
            .await
            .map_err(|error| self.unreadable(path, &error))?;
        let status = answer.status();
        if !status.is_success() {
            return Err(self.unreadable(
                path,
                &std::io::Error::other(format!("status {}", status.as_u16())),
            ));
        }
        let body = ByteStream::new(answer.into_body()).collect().await;
        Ok(body.map_err(|error| self.unreadable(path, &error))?.to_vec())
    }

    fn unreadable(&self, path: &str, error: &dyn std::error::Error) -> StateError {
        StateError::Unreadable {
            url: format!("{}{path}", self.endpoint),
            reason: error.to_string(),
        }
    }
}
