//! What happens in a call, once it is known which.

use std::collections::BTreeSet;

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::json;

use super::answer::{empty_answer, json_answer};
use super::catalogue::Catalogue;
use super::datasets::{Item, PutRows, User};
use super::error::ApiError;
use super::events::PutEvents;
use super::filter::{AppliedFilter, BoundFilter};
use super::predicted_items::Shown;
use super::recommendations::{GetPersonalizedRanking, GetRecommendations, Subject};
use super::resources::Resources;
use super::selection::{Selected, select, select_with_promotion};
use super::store::{Recommendation, Store};
use super::{IGNORED_SESSION_ID, Operation};
use crate::mix::{fraction, mix};
use crate::recommender::{EventTypes, Recommender};

/// Resources, what was written to them and what was learnt from it.
#[derive(Debug)]
pub(super) struct DatasetGroup {
    pub(super) resources: Resources,
    pub(super) busy_datasets: BTreeSet<String>,
    pub(super) store: Store,
    catalogue: Catalogue,
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
            catalogue: Catalogue::default(),
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
                let (event_type, at) = (interaction.event_type(), interaction.sent_at());
                self.recommender.observe(visitor, item, at);
                self.recommender.note(visitor, event_type, item, at);
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
            self.catalogue.put(item);
        }
        self.store.put_items(&call.dataset_arn, call.rows);
        Ok(empty_answer())
    }

    fn put_users(&mut self, body: &[u8]) -> Result<Response<Bytes>, ApiError> {
        let call = PutRows::<User>::parse(body)?;
        self.resources.check_users_dataset(&call.dataset_arn)?;
        self.check_not_busy(&call.dataset_arn)?;
        for user in &call.rows {
            self.recommender.know_user(&user.user_id);
        }
        self.store.put_users(&call.dataset_arn, call.rows);
        Ok(empty_answer())
    }

    fn get_recommendations(&mut self, body: &[u8]) -> Result<Response<Bytes>, ApiError> {
        let call = GetRecommendations::parse(body, &self.resources)?;
        let items = self.select(&call);
        let shown = Shown {
            scores: call.subject.has_scores(),
            metadata: call.metadata.as_deref(),
            promotion: call
                .promotion
                .as_ref()
                .and_then(|promotion| promotion.name.as_deref()),
        };
        Ok(self.answer_items("itemList", call.user_id.clone(), &items, &shown))
    }

    fn select(&self, call: &GetRecommendations) -> Vec<Selected> {
        let candidates = match &call.subject {
            Subject::User(user) => self.recommender.for_user(user),
            Subject::Everybody => self.recommender.for_everybody(),
            Subject::Item(item) => self.recommender.for_item(item),
        };
        let user = call.user_id.as_deref().unwrap_or_default();
        let filter = call.filter.as_ref().map(|filter| self.apply(filter, user));
        let keep = |item: &str| filter.as_ref().is_none_or(|filter| filter.keeps(item));
        let Some(promotion) = &call.promotion else {
            return select(&candidates, call.results, keep);
        };
        let promoting = self.apply(&promotion.filter, user);
        let promote = |item: &str| promoting.keeps(item);
        let draw = |place| fraction(self.recommendations, &[place]);
        select_with_promotion(&candidates, call.results, keep, (promotion.share, promote), draw)
    }

    fn get_personalized_ranking(&mut self, body: &[u8]) -> Result<Response<Bytes>, ApiError> {
        let mut call = GetPersonalizedRanking::parse(body, &self.resources)?;
        if let Some(filter) = &call.filter {
            let filter = self.apply(filter, &call.user_id);
            call.items.retain(|item| filter.keeps(item));
        }
        let ranked = self.recommender.rank(&call.user_id, &call.items).into_iter();
        let items: Vec<_> = ranked.map(Selected::by_merit).collect();
        let shown = Shown {
            scores: true,
            metadata: call.metadata.as_deref(),
            promotion: None,
        };
        Ok(self.answer_items("personalizedRanking", Some(call.user_id), &items, &shown))
    }

    fn apply<'a>(&'a self, filter: &'a BoundFilter, user_id: &str) -> AppliedFilter<'a> {
        let items_of = |types: &EventTypes| self.recommender.items_of_events(user_id, types);
        filter.applied(&self.catalogue, items_of)
    }

    fn answer_items(
        &mut self,
        list: &str,
        user_id: Option<String>,
        items: &[Selected],
        shown: &Shown<'_>,
    ) -> Response<Bytes> {
        self.recommendations += 1;
        let recommendation_id = recommendation_id(self.recommendations);
        let rows: Vec<_> = items
            .iter()
            .map(|item| shown.row(item, &self.catalogue))
            .collect();
        let body = json!({ list: rows, "recommendationId": recommendation_id });
        let item_ids = items.iter().map(|item| item.scored.item_id.clone()).collect();
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
