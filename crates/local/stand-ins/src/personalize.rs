//! Amazon Personalize: PutEvents, PutItems, PutUsers, GetRecommendations and GetPersonalizedRanking.

mod answer;
mod check;
mod datasets;
mod error;
mod events;
pub mod limits;
mod recommendations;
mod request;
mod resources;
mod store;

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use serde_json::json;

pub use self::resources::{
    LOCAL_CAMPAIGN_ARN, LOCAL_ITEMS_DATASET_ARN, LOCAL_RANKING_CAMPAIGN_ARN, LOCAL_RECOMMENDER_ARN,
    LOCAL_RELATED_ITEMS_CAMPAIGN_ARN, LOCAL_TRACKING_ID, LOCAL_USERS_DATASET_ARN, Recipe, Resources,
};
pub use self::store::RECOMMENDATIONS_KEPT;

use self::answer::{empty_answer, json_answer, ndjson_answer};
use self::datasets::{Item, PutRows, User};
use self::error::ApiError;
use self::events::PutEvents;
use self::recommendations::{GetPersonalizedRanking, GetRecommendations, Subject};
use self::store::{Recommendation, Store};
use crate::mix::mix;
use crate::recommender::{Recommender, Scored};

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

#[derive(Debug)]
struct DatasetGroup {
    resources: Resources,
    busy_datasets: BTreeSet<String>,
    store: Store,
    recommender: Recommender,
    recommendations: u64,
}

impl DatasetGroup {
    fn new(resources: Resources) -> Self {
        Self {
            resources,
            busy_datasets: BTreeSet::new(),
            store: Store::default(),
            recommender: Recommender::default(),
            recommendations: 0,
        }
    }

    fn call(&mut self, operation: Operation, body: &[u8]) -> Result<Response<Bytes>, ApiError> {
        match operation {
            Operation::PutEvents => self.put_events(body),
            Operation::PutItems => self.put_items(body),
            Operation::PutUsers => self.put_users(body),
            Operation::GetRecommendations => self.get_recommendations(body),
            Operation::GetPersonalizedRanking => self.get_personalized_ranking(body),
        }
    }

    fn put_events(&mut self, body: &[u8]) -> Result<Response<Bytes>, ApiError> {
        let call = PutEvents::parse(body)?;
        self.resources.check_tracking_id(&call.tracking_id)?;
        if call.session_id == IGNORED_SESSION_ID {
            self.store.ignore_events(call.events.len());
            return Ok(empty_answer());
        }
        for interaction in self.store.add_events(call) {
            let visitor = self
                .recommender
                .visitor(interaction.session(), interaction.user_id());
            if let Some(item) = interaction.item_id() {
                self.recommender.observe(visitor, item, interaction.sent_at());
            }
        }
        Ok(empty_answer())
    }

    fn put_items(&mut self, body: &[u8]) -> Result<Response<Bytes>, ApiError> {
        let call = PutRows::<Item>::parse(body)?;
        self.resources.check_items_dataset(&call.dataset_arn)?;
        self.check_not_busy(&call.dataset_arn)?;
        for item in &call.rows {
            self.recommender.know(&item.item_id);
        }
        self.store.put_items(&call.dataset_arn, call.rows);
        Ok(empty_answer())
    }

    fn put_users(&mut self, body: &[u8]) -> Result<Response<Bytes>, ApiError> {
        let call = PutRows::<User>::parse(body)?;
        self.resources.check_users_dataset(&call.dataset_arn)?;
        self.check_not_busy(&call.dataset_arn)?;
        self.store.put_users(&call.dataset_arn, call.rows);
        Ok(empty_answer())
    }

    fn get_recommendations(&mut self, body: &[u8]) -> Result<Response<Bytes>, ApiError> {
        let call = GetRecommendations::parse(body, &self.resources)?;
        let (user, items) = match call.subject {
            Subject::User(user) => {
                let items = self.recommender.recommend(&user, call.results);
                (Some(user), items)
            }
            Subject::Item(item) => (None, self.recommender.related(&item, call.results)),
        };
        Ok(self.answer_items("itemList", user, items))
    }

    fn get_personalized_ranking(&mut self, body: &[u8]) -> Result<Response<Bytes>, ApiError> {
        let call = GetPersonalizedRanking::parse(body, &self.resources)?;
        let items = self.recommender.rank(&call.user_id, &call.items);
        Ok(self.answer_items("personalizedRanking", Some(call.user_id), items))
    }

    fn answer_items(&mut self, list: &str, user_id: Option<String>, items: Vec<Scored>) -> Response<Bytes> {
        self.recommendations += 1;
        let recommendation_id = recommendation_id(self.recommendations);
        let rows: Vec<_> = items
            .iter()
            .map(|it| json!({ "itemId": it.item_id, "score": it.score }))
            .collect();
        let body = json!({ list: rows, "recommendationId": recommendation_id });
        let item_ids = items.into_iter().map(|it| it.item_id).collect();
        self.store.add_recommendation(Recommendation {
            recommendation_id,
            user_id,
            item_ids,
            interactions: 0,
        });
        json_answer(StatusCode::OK, &body)
    }

    fn check_not_busy(&self, dataset_arn: &str) -> Result<(), ApiError> {
        if self.busy_datasets.contains(dataset_arn) {
            return Err(ApiError::ResourceInUse(format!(
                "dataset is being updated: {dataset_arn}"
            )));
        }
        Ok(())
    }
}

/// `RID-` and a UUID, 40 characters as in the service; made from the count, so that a run can be repeated.
fn recommendation_id(count: u64) -> String {
    let (high, low) = (mix(count), mix(!count));
    format!(
        "RID-{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}
