//! What happens in a call, once it is known which.

use std::collections::BTreeSet;

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::json;

use super::answer::{empty_answer, json_answer};
use super::datasets::{Item, PutRows, User};
use super::error::ApiError;
use super::events::PutEvents;
use super::recommendations::{GetPersonalizedRanking, GetRecommendations, Subject};
use super::resources::Resources;
use super::store::{Recommendation, Store};
use super::{IGNORED_SESSION_ID, Operation};
use crate::mix::mix;
use crate::recommender::{Recommender, Scored};

/// Resources, what was written to them and what was learnt from it.
#[derive(Debug)]
pub(super) struct DatasetGroup {
    pub(super) resources: Resources,
    pub(super) busy_datasets: BTreeSet<String>,
    pub(super) store: Store,
    recommender: Recommender,
    recommendations: u64,
}

impl DatasetGroup {
    /// A group in which nothing has happened.
    pub(super) fn new(resources: Resources) -> Self {
        Self {
            resources,
            busy_datasets: BTreeSet::new(),
            store: Store::default(),
            recommender: Recommender::default(),
            recommendations: 0,
        }
    }

    /// Does the operation, or refuses it and changes nothing.
    pub(super) fn call(&mut self, operation: Operation, body: &[u8]) -> Result<Response<Bytes>, ApiError> {
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
