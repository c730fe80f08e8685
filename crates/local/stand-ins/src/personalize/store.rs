//! What was written, for reading back.

use std::collections::{BTreeMap, HashMap, VecDeque};

use serde::Serialize;

use super::datasets::{Item, User};
use super::events::{Event, PutEvents};

/// How many answered recommendations are remembered; older ones are forgotten.
pub const RECOMMENDATIONS_KEPT: usize = 10_000;

/// Everything that was written, each interaction once.
#[derive(Debug, Default)]
pub(crate) struct Store {
    interactions: Vec<Interaction>,
    by_event_id: HashMap<String, HashMap<String, usize>>,
    items: BTreeMap<(String, String), Row<Item>>,
    users: BTreeMap<(String, String), Row<User>>,
    recommendations: VecDeque<Recommendation>,
    forgotten_recommendations: usize,
    by_recommendation_id: HashMap<String, usize>,
    counts: Counts,
}

/// An interaction under its wire names, and how often it came.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Interaction {
    tracking_id: String,
    session_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    #[serde(flatten)]
    event: Event,
    received: u64,
}

/// A row of a dataset, and how often it was put; the last one holds.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Row<R> {
    dataset_arn: String,
    #[serde(flatten)]
    row: R,
    received: u64,
}

/// An answer that was given, and what came of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Recommendation {
    pub(crate) recommendation_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user_id: Option<String>,
    pub(crate) item_ids: Vec<String>,
    /// Interactions that named this recommendation and an item that it held.
    pub(crate) interactions: u64,
}

/// Sums over everything that came.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Counts {
    /// Interactions stored, each event id once.
    interactions: usize,
    /// Events that came, repeats and ignored ones included.
    events_received: u64,
    /// Events whose id had come before.
    duplicates: u64,
    /// Events of the session `null`.
    ignored: u64,
    items: usize,
    users: usize,
    /// Recommendations answered.
    recommendations: u64,
    /// Interactions with an item that a recommendation which they name had held.
    attributed: u64,
}

impl Store {
    /// Stores the events whose id has not come before, and gives those back.
    pub(crate) fn add_events(&mut self, call: PutEvents) -> impl Iterator<Item = &Interaction> {
        let first_new = self.interactions.len();
        let PutEvents {
            tracking_id,
            session_id,
            user_id,
            events,
        } = call;
        for event in events {
            self.counts.events_received += 1;
            if self.is_repeat(&tracking_id, &event) {
                self.counts.duplicates += 1;
                continue;
            }
            self.attribute(&event);
            self.interactions.push(Interaction {
                tracking_id: tracking_id.clone(),
                session_id: session_id.clone(),
                user_id: user_id.clone(),
                event,
                received: 1,
            });
        }
        self.interactions[first_new..].iter()
    }

    /// Counts events that are accepted and not stored.
    pub(crate) fn ignore_events(&mut self, count: usize) {
        self.counts.events_received += count as u64;
        self.counts.ignored += count as u64;
    }

    pub(crate) fn put_items(&mut self, dataset_arn: &str, items: Vec<Item>) {
        for item in items {
            put_row(&mut self.items, dataset_arn, item.item_id.clone(), item);
        }
    }

    pub(crate) fn put_users(&mut self, dataset_arn: &str, users: Vec<User>) {
        for user in users {
            put_row(&mut self.users, dataset_arn, user.user_id.clone(), user);
        }
    }

    pub(crate) fn add_recommendation(&mut self, recommendation: Recommendation) {
        self.counts.recommendations += 1;
        if self.recommendations.len() == RECOMMENDATIONS_KEPT
            && let Some(oldest) = self.recommendations.pop_front()
        {
            self.by_recommendation_id.remove(&oldest.recommendation_id);
            self.forgotten_recommendations += 1;
        }
        let place = self.forgotten_recommendations + self.recommendations.len();
        self.by_recommendation_id
            .insert(recommendation.recommendation_id.clone(), place);
        self.recommendations.push_back(recommendation);
    }

    pub(crate) fn counts(&self) -> Counts {
        Counts {
            interactions: self.interactions.len(),
            items: self.items.len(),
            users: self.users.len(),
            ..self.counts.clone()
        }
    }

    pub(crate) fn interactions(&self) -> impl Iterator<Item = &Interaction> {
        self.interactions.iter()
    }

    pub(crate) fn items(&self) -> impl Iterator<Item = &Row<Item>> {
        self.items.values()
    }

    pub(crate) fn users(&self) -> impl Iterator<Item = &Row<User>> {
        self.users.values()
    }

    pub(crate) fn recommendations(&self) -> impl Iterator<Item = &Recommendation> {
        self.recommendations.iter()
    }

    /// Whether the event's id has come before under this tracking id; if it has, counts it there. An event without an
    /// id is always new, as the service makes one up for it.
    fn is_repeat(&mut self, tracking_id: &str, event: &Event) -> bool {
        let Some(event_id) = &event.event_id else {
            return false;
        };
        let ids = self.by_event_id.entry(tracking_id.to_owned()).or_default();
        if let Some(place) = ids.get(event_id) {
            self.interactions[*place].received += 1;
            return true;
        }
        ids.insert(event_id.clone(), self.interactions.len());
        false
    }

    fn attribute(&mut self, event: &Event) {
        let (Some(id), Some(item)) = (&event.recommendation_id, &event.item_id) else {
            return;
        };
        let Some(place) = self.by_recommendation_id.get(id) else {
            return;
        };
        let named = self
            .recommendations
            .get_mut(place - self.forgotten_recommendations);
        if let Some(named) = named.filter(|named| named.item_ids.contains(item)) {
            named.interactions += 1;
            self.counts.attributed += 1;
        }
    }
}

impl Interaction {
    /// The session that it belongs to: session ids of different trackers are different sessions.
    pub(crate) fn session(&self) -> (&str, &str) {
        (&self.tracking_id, &self.session_id)
    }

    pub(crate) fn user_id(&self) -> Option<&str> {
        self.user_id.as_deref()
    }

    pub(crate) fn item_id(&self) -> Option<&str> {
        self.event.item_id.as_deref()
    }

    pub(crate) fn event_type(&self) -> &str {
        &self.event.event_type
    }

    /// Event time, in seconds since 1970.
    pub(crate) fn sent_at(&self) -> f64 {
        // A number that passed the check of its range has a value.
        self.event.sent_at.as_f64().unwrap_or_default()
    }
}

fn put_row<R>(rows: &mut BTreeMap<(String, String), Row<R>>, dataset_arn: &str, id: String, row: R) {
    let key = (dataset_arn.to_owned(), id);
    let received = rows.get(&key).map_or(0, |stored| stored.received) + 1;
    rows.insert(
        key,
        Row {
            dataset_arn: dataset_arn.to_owned(),
            row,
            received,
        },
    );
}
