//! The edge to Amazon Personalize: one call, and what its error means.

use std::fmt;

use aws_sdk_personalizeevents::Client;
use aws_sdk_personalizeevents::config::http::HttpResponse;
use aws_sdk_personalizeevents::error::{BuildError, ProvideErrorMetadata, SdkError};
use aws_sdk_personalizeevents::primitives::DateTime;
use aws_sdk_personalizeevents::types;

use crate::call::{Call, PutEvents};
use crate::destinations::{DatasetArn, Destinations};
use crate::interaction::Event;
use crate::item::Item;
use crate::user::User;

/// What the function needs of Personalize.
pub trait Personalize: Sync {
    /// Makes one call, without a retry of its own.
    ///
    /// # Errors
    /// The call failed as a whole. It may have been taken all the same: a time-out says nothing about the other side.
    fn put(&self, call: &Call<'_>) -> impl Future<Output = Result<(), CallError>> + Send;
}

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallError {
    /// What that means.
    pub kind: CallErrorKind,
    /// The service's code and words. Goes into dead letters, not into logs: the words may quote a value.
    pub reason: String,
}

/// What an error means for the entries of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallErrorKind {
    /// Throttled, busy, unavailable, or no answer: the same call may succeed later.
    Retryable,
    /// Something in the call will never be taken.
    Refused,
    /// The tracker or the dataset does not exist.
    NotFound,
    /// Access is denied, or the deployment is wrong in another way. The records are good: dead letters of all that
    /// passes would have to be replayed by hand after one line of a policy was mended.
    Configuration,
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for CallError {}

/// Personalize through the AWS SDK. The client's own retries must be off: retries belong inside the deadline.
#[derive(Debug, Clone)]
pub struct PersonalizeEvents {
    client: Client,
    destinations: Destinations,
}

impl PersonalizeEvents {
    /// Calls through `client`; items and users go to the datasets of `destinations`.
    pub fn new(client: Client, destinations: Destinations) -> Self {
        Self { client, destinations }
    }

    async fn put_events(&self, call: &PutEvents<'_>) -> Result<(), CallError> {
        let events = call.events().iter().map(|event| wire_event(event));
        self.client
            .put_events()
            .tracking_id(call.tracking_id().as_str())
            .session_id(call.session_id().as_str())
            .set_user_id(call.user_id().map(|user| user.as_str().to_owned()))
            .set_event_list(Some(events.collect::<Result<_, _>>().map_err(incomplete)?))
            .send()
            .await
            .map(drop)
            .map_err(classify)
    }

    async fn put_items(&self, items: &[&Item]) -> Result<(), CallError> {
        let dataset = configured(self.destinations.items_dataset.as_ref())?;
        let items = items.iter().map(|item| wire_item(item));
        self.client
            .put_items()
            .dataset_arn(dataset.as_str())
            .set_items(Some(items.collect::<Result<_, _>>().map_err(incomplete)?))
            .send()
            .await
            .map(drop)
            .map_err(classify)
    }

    async fn put_users(&self, users: &[&User]) -> Result<(), CallError> {
        let dataset = configured(self.destinations.users_dataset.as_ref())?;
        let users = users.iter().map(|user| wire_user(user));
        self.client
            .put_users()
            .dataset_arn(dataset.as_str())
            .set_users(Some(users.collect::<Result<_, _>>().map_err(incomplete)?))
            .send()
            .await
            .map(drop)
            .map_err(classify)
    }
}

impl Personalize for PersonalizeEvents {
    async fn put(&self, call: &Call<'_>) -> Result<(), CallError> {
        match call {
            Call::PutEvents(call) => self.put_events(call).await,
            Call::PutItems(items) => self.put_items(items).await,
            Call::PutUsers(users) => self.put_users(users).await,
        }
    }
}

fn wire_event(event: &Event) -> Result<types::Event, BuildError> {
    let impression = event.impression().iter().map(|item| item.as_str().to_owned());
    let attribution = event.attribution_source().map(|source| {
        types::MetricAttribution::builder()
            .event_attribution_source(source.as_str())
            .build()
    });
    types::Event::builder()
        .event_id(event.event_id().as_str())
        .event_type(event.event_type().as_str())
        .set_event_value(event.event_value())
        .set_item_id(event.item_id().map(|item| item.as_str().to_owned()))
        .set_properties(
            event
                .properties()
                .map(|properties| properties.as_str().to_owned()),
        )
        .sent_at(DateTime::from_secs(event.sent_at()))
        .set_recommendation_id(event.recommendation_id().map(|id| id.as_str().to_owned()))
        .set_impression((!event.impression().is_empty()).then(|| impression.collect()))
        .set_metric_attribution(attribution.transpose()?)
        .build()
}

fn wire_item(item: &Item) -> Result<types::Item, BuildError> {
    types::Item::builder()
        .item_id(item.item_id().as_str())
        .set_properties(item.properties().map(|properties| properties.as_str().to_owned()))
        .build()
}

fn wire_user(user: &User) -> Result<types::User, BuildError> {
    types::User::builder()
        .user_id(user.user_id().as_str())
        .set_properties(user.properties().map(|properties| properties.as_str().to_owned()))
        .build()
}

/// Records of a kind without a dataset are rejected before a call is made of them.
fn configured(dataset: Option<&DatasetArn>) -> Result<&DatasetArn, CallError> {
    dataset.ok_or_else(|| CallError {
        kind: CallErrorKind::Configuration,
        reason: "no dataset is configured".to_owned(),
    })
}

/// Every member that the service requires is set above; a newer model may require another.
fn incomplete(error: BuildError) -> CallError {
    CallError {
        kind: CallErrorKind::Configuration,
        reason: error.to_string(),
    }
}

fn classify<E: ProvideErrorMetadata>(error: SdkError<E, HttpResponse>) -> CallError {
    match &error {
        SdkError::ServiceError(service) => {
            let code = service.err().code().unwrap_or("no error code");
            let message = service.err().message().unwrap_or("no message");
            CallError {
                kind: kind_of(code, service.raw().status().as_u16()),
                reason: format!("{code}: {message}"),
            }
        }
        SdkError::ConstructionFailure(_) => CallError {
            kind: CallErrorKind::Configuration,
            reason: "the request could not be built".to_owned(),
        },
        // A time-out, a connection that broke, an answer that is not one of the service's.
        _ => CallError {
            kind: CallErrorKind::Retryable,
            reason: error.to_string(),
        },
    }
}

/// <https://docs.aws.amazon.com/personalize/latest/dg/CommonErrors.html>
fn kind_of(code: &str, status: u16) -> CallErrorKind {
    match (code, status) {
        ("InvalidInputException" | "ValidationException", _) => CallErrorKind::Refused,
        ("ResourceNotFoundException", _) => CallErrorKind::NotFound,
        // The dataset is being updated or imported into.
        ("ResourceInUseException", _) => CallErrorKind::Retryable,
        ("ThrottlingException" | "TooManyRequestsException" | "LimitExceededException", _) => {
            CallErrorKind::Retryable
        }
        (_, 408 | 429 | 500..) => CallErrorKind::Retryable,
        _ => CallErrorKind::Configuration,
    }
}
