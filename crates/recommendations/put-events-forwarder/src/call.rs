//! One call to Personalize, with everything in it within the limits.

use crate::interaction::{Event, Interaction};
use crate::item::Item;
use crate::text::{SessionId, TrackingId, UserId};
use crate::user::User;

/// One call: at least one entry, at most what the operation takes.
#[derive(Debug, Clone)]
pub enum Call<'records> {
    /// PutEvents.
    PutEvents(PutEvents<'records>),
    /// PutItems.
    PutItems(Vec<&'records Item>),
    /// PutUsers.
    PutUsers(Vec<&'records User>),
}

/// The events of one user in one session.
#[derive(Debug, Clone)]
pub struct PutEvents<'records> {
    tracking_id: &'records TrackingId,
    session_id: &'records SessionId,
    user_id: Option<&'records UserId>,
    events: Vec<&'records Event>,
}

impl<'records> Call<'records> {
    /// A PutEvents call with events that [share a call](crate::put_events_calls::share_a_call); `None` for none.
    pub fn put_events(interactions: &[&'records Interaction]) -> Option<Self> {
        let first = interactions.first()?;
        Some(Self::PutEvents(PutEvents {
            tracking_id: first.tracking_id(),
            session_id: first.session_id(),
            user_id: first.user_id(),
            events: interactions
                .iter()
                .map(|interaction| interaction.event())
                .collect(),
        }))
    }

    /// How many entries the call has.
    pub fn entries(&self) -> usize {
        match self {
            Self::PutEvents(call) => call.events.len(),
            Self::PutItems(items) => items.len(),
            Self::PutUsers(users) => users.len(),
        }
    }

    /// A call for each entry, in their order.
    pub fn singles(&self) -> Vec<Self> {
        match self {
            Self::PutEvents(call) => call.singles().map(Self::PutEvents).collect(),
            Self::PutItems(items) => items.iter().map(|item| Self::PutItems(vec![item])).collect(),
            Self::PutUsers(users) => users.iter().map(|user| Self::PutUsers(vec![user])).collect(),
        }
    }

    /// The operation's name, for logs and reasons.
    pub fn operation(&self) -> &'static str {
        match self {
            Self::PutEvents(_) => "PutEvents",
            Self::PutItems(_) => "PutItems",
            Self::PutUsers(_) => "PutUsers",
        }
    }
}

impl<'records> PutEvents<'records> {
    /// The tracker.
    pub fn tracking_id(&self) -> &'records TrackingId {
        self.tracking_id
    }

    /// The session.
    pub fn session_id(&self) -> &'records SessionId {
        self.session_id
    }

    /// The user, absent while the session is anonymous.
    pub fn user_id(&self) -> Option<&'records UserId> {
        self.user_id
    }

    /// The events, in their order.
    pub fn events(&self) -> &[&'records Event] {
        &self.events
    }

    fn singles(&self) -> impl Iterator<Item = Self> {
        self.events.iter().map(|event| Self {
            events: vec![event],
            ..self.clone()
        })
    }
}
