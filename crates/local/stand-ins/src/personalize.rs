//! Amazon Personalize: PutEvents, PutItems, PutUsers, GetRecommendations and GetPersonalizedRanking.

mod answer;
mod catalogue;
mod check;
mod dataset_group;
mod datasets;
mod error;
mod events;
mod filter;
pub mod limits;
mod options;
mod predicted_items;
mod recommendations;
mod request;
mod resources;
mod selection;
mod store;

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use serde_json::json;

pub use self::filter::{Filter, InvalidFilter};
pub use self::resources::{
    LOCAL_CAMPAIGN_ARN, LOCAL_CHALLENGER_CAMPAIGN_ARN, LOCAL_FEATURED_FILTER_ARN, LOCAL_GENRE_FILTER_ARN,
    LOCAL_ITEMS_DATASET_ARN, LOCAL_POPULAR_CAMPAIGN_ARN, LOCAL_RANKING_CAMPAIGN_ARN, LOCAL_RECOMMENDER_ARN,
    LOCAL_RELATED_ITEMS_CAMPAIGN_ARN, LOCAL_TRACKING_ID, LOCAL_UNSEEN_FILTER_ARN, LOCAL_USERS_DATASET_ARN,
    Recipe, Resources,
};
pub use self::store::RECOMMENDATIONS_KEPT;

use self::answer::{json_answer, ndjson_answer};
use self::dataset_group::DatasetGroup;
use self::error::ApiError;

/// The session id that the service answers with 200 and ignores: what a client sends that made text of nothing.
///
/// <https://github.com/aws/aws-sdk-js/issues/3371>
pub const IGNORED_SESSION_ID: &str = "null";

/// The stand-in. One is one dataset group: its trackers, datasets and campaigns share what was learnt.
#[derive(Debug)]
pub struct Personalize {
    group: Mutex<DatasetGroup>,
}

/// An operation that the stand-in answers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Operation {
    /// Records interactions.
    PutEvents,
    /// Adds items or replaces them.
    PutItems,
    /// Adds users or replaces them.
    PutUsers,
    /// Recommends items to a user, or items that go with an item.
    GetRecommendations,
    /// Orders a list of items for a user.
    GetPersonalizedRanking,
}

impl Operation {
    /// The operation at this method and path, if it is one.
    #[must_use]
    pub fn at(method: &Method, path: &str) -> Option<Self> {
        match (method, path) {
            (&Method::POST, "/events") => Some(Self::PutEvents),
            (&Method::POST, "/items") => Some(Self::PutItems),
            (&Method::POST, "/users") => Some(Self::PutUsers),
            (&Method::POST, "/recommendations") => Some(Self::GetRecommendations),
            (&Method::POST, "/personalize-ranking") => Some(Self::GetPersonalizedRanking),
            _ => None,
        }
    }

    /// Its name in the service model.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PutEvents => "PutEvents",
            Self::PutItems => "PutItems",
            Self::PutUsers => "PutUsers",
            Self::GetRecommendations => "GetRecommendations",
            Self::GetPersonalizedRanking => "GetPersonalizedRanking",
        }
    }
}

impl Personalize {
    /// A stand-in in which `resources` exist and nothing has happened.
    #[must_use]
    pub fn new(resources: Resources) -> Self {
        Self {
            group: Mutex::new(DatasetGroup::new(resources)),
        }
    }

    /// Answers a call as the service does: errors too are answers.
    pub async fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        let operation = Operation::at(request.method(), request.uri().path());
        let answer = match operation {
            Some(operation) => self.group().call(operation, request.body()),
            None => Err(ApiError::UnknownOperation),
        };
        answer.unwrap_or_else(ApiError::into_answer)
    }

    /// What was stored, or `None` when the path is none of the stand-in's:
    ///
    /// - `/_state/personalize`: counts, a JSON object;
    /// - `/_state/personalize/interactions`, `…/items`, `…/users`, `…/recommendations`: one JSON object a line.
    #[must_use]
    pub fn state(&self, path: &str) -> Option<Response<Bytes>> {
        let group = self.group();
        let store = &group.store;
        match path.strip_prefix("/_state/personalize")? {
            "" => Some(json_answer(StatusCode::OK, &json!(store.counts()))),
            "/interactions" => Some(ndjson_answer(store.interactions())),
            "/items" => Some(ndjson_answer(store.items())),
            "/users" => Some(ndjson_answer(store.users())),
            "/recommendations" => Some(ndjson_answer(store.recommendations())),
            _ => None,
        }
    }

    /// Lets more resources exist.
    pub fn register(&self, resources: Resources) {
        self.group().resources.extend(resources);
    }

    /// Makes a dataset busy, or free again: PutItems and PutUsers to a busy one are refused with
    /// ResourceInUseException.
    pub fn set_dataset_busy(&self, dataset_arn: &str, busy: bool) {
        let mut group = self.group();
        if busy {
            group.busy_datasets.insert(dataset_arn.to_owned());
        } else {
            group.busy_datasets.remove(dataset_arn);
        }
    }

    /// Forgets everything that was written and learnt; resources stay.
    pub fn reset(&self) {
        let mut group = self.group();
        *group = DatasetGroup::new(std::mem::take(&mut group.resources));
    }

    fn group(&self) -> MutexGuard<'_, DatasetGroup> {
        // A call that panicked leaves at worst its own events half stored.
        self.group.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
