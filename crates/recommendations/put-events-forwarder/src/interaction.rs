//! What a user did, as one event of a PutEvents call.

use serde::Deserialize;
use serde_json::value::RawValue;
use stream_batch::StreamRecord;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::invalid::Invalid;
use crate::limits::{EVENT_PROPERTIES_CHARACTERS, IMPRESSION_ITEMS};
use crate::properties::Properties;
use crate::text::{
    AttributionSource, EventId, EventType, ItemId, RecommendationId, SessionId, TrackingId, UserId,
};

/// One event with what its call is addressed by: tracker, session and user.
#[derive(Debug, Clone, PartialEq)]
pub struct Interaction {
    tracking_id: TrackingId,
    session_id: SessionId,
    user_id: Option<UserId>,
    event: Event,
}

/// The event itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    event_id: EventId,
    event_type: EventType,
    event_value: Option<f32>,
    item_id: Option<ItemId>,
    sent_at: i64,
    properties: Option<Properties<EVENT_PROPERTIES_CHARACTERS>>,
    impression: Vec<ItemId>,
    recommendation_id: Option<RecommendationId>,
    attribution_source: Option<AttributionSource>,
}

impl Interaction {
    pub(crate) fn parse(
        wire: WireInteraction,
        record: &StreamRecord,
        tracker: &TrackingId,
    ) -> Result<Self, Invalid> {
        let tracking_id = optional(wire.tracking_id, |text| TrackingId::parse("trackingId", text))?;
        Ok(Self {
            tracking_id: tracking_id.unwrap_or_else(|| tracker.clone()),
            session_id: SessionId::parse("sessionId", wire.session_id)?,
            user_id: optional(wire.user_id, |text| UserId::parse("userId", text))?,
            event: Event {
                event_id: event_id(wire.event_id, record)?,
                event_type: EventType::parse("eventType", wire.event_type)?,
                event_value: optional(wire.event_value, event_value)?,
                item_id: optional(wire.item_id, |text| ItemId::parse("itemId", text))?,
                sent_at: unix_seconds(&wire.sent_at)?,
                properties: optional(wire.properties, |json| Properties::parse("properties", json))?,
                impression: optional(wire.impression, impression)?.unwrap_or_default(),
                recommendation_id: optional(wire.recommendation_id, |text| {
                    RecommendationId::parse("recommendationId", text)
                })?,
                attribution_source: optional(wire.metric_attribution, attribution_source)?,
            },
        })
    }

    /// The tracker: the record's own, or else the configured one.
    pub fn tracking_id(&self) -> &TrackingId {
        &self.tracking_id
    }

    /// The session.
    pub fn session_id(&self) -> &SessionId {
        &self.session_id
    }

    /// The user, absent while the session is anonymous.
    pub fn user_id(&self) -> Option<&UserId> {
        self.user_id.as_ref()
    }

    /// The event.
    pub fn event(&self) -> &Event {
        &self.event
    }
}

impl Event {
    /// The producer's id, or else one made of the record's place in the stream.
    pub fn event_id(&self) -> &EventId {
        &self.event_id
    }

    /// What the user did.
    pub fn event_type(&self) -> &EventType {
        &self.event_type
    }

    /// How much: a rating, a price, a duration.
    pub fn event_value(&self) -> Option<f32> {
        self.event_value
    }

    /// With which item.
    pub fn item_id(&self) -> Option<&ItemId> {
        self.item_id.as_ref()
    }

    /// When, in whole seconds of Unix time, by the producer's clock.
    pub fn sent_at(&self) -> i64 {
        self.sent_at
    }

    /// What else the interactions schema has fields for.
    pub fn properties(&self) -> Option<&Properties<EVENT_PROPERTIES_CHARACTERS>> {
        self.properties.as_ref()
    }

    /// The items that the user saw, empty where the producer does not say.
    pub fn impression(&self) -> &[ItemId] {
        &self.impression
    }

    /// The recommendations that led to the event.
    pub fn recommendation_id(&self) -> Option<&RecommendationId> {
        self.recommendation_id.as_ref()
    }

    /// Who led to the event.
    pub fn attribution_source(&self) -> Option<&AttributionSource> {
        self.attribution_source.as_ref()
    }
}

/// An interaction as producers write it. Unknown fields are ignored, null is absence.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WireInteraction {
    tracking_id: Option<String>,
    session_id: String,
    user_id: Option<String>,
    event_id: Option<String>,
    event_type: String,
    event_value: Option<f64>,
    item_id: Option<String>,
    sent_at: String,
    properties: Option<Box<RawValue>>,
    impression: Option<Vec<String>>,
    recommendation_id: Option<String>,
    metric_attribution: Option<WireAttribution>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireAttribution {
    event_attribution_source: String,
}

fn optional<W, T>(
    value: Option<W>,
    parse: impl FnOnce(W) -> Result<T, Invalid>,
) -> Result<Option<T>, Invalid> {
    value.map(parse).transpose()
}

/// The producer's id, or one made of the record's place in the stream: that stays the same when the record comes
/// again, where an id drawn at random would make every repeat a new event.
fn event_id(given: Option<String>, record: &StreamRecord) -> Result<EventId, Invalid> {
    let text = given.unwrap_or_else(|| {
        let shard = record.origin.shard_id.as_deref().unwrap_or_default();
        format!("{shard}:{}", record.id)
    });
    EventId::parse("eventId", text)
}

/// The model's type is a 32-bit float: beyond its range the value would turn into infinity, which JSON cannot carry.
fn event_value(value: f64) -> Result<f32, Invalid> {
    let narrow = value as f32;
    if narrow.is_finite() {
        Ok(narrow)
    } else {
        Err(Invalid::new("eventValue", "out of the range of a 32-bit float"))
    }
}

/// Personalize takes whole seconds. The fraction is cut, so that an event never moves into the next second.
fn unix_seconds(text: &str) -> Result<i64, Invalid> {
    match OffsetDateTime::parse(text, &Rfc3339) {
        Ok(time) => Ok(time.unix_timestamp()),
        Err(_) => Err(Invalid::new("sentAt", "not a time as RFC 3339 writes it")),
    }
}

fn impression(items: Vec<String>) -> Result<Vec<ItemId>, Invalid> {
    let count = items.len();
    if !(1..=IMPRESSION_ITEMS).contains(&count) {
        let fault = format!("{count} items, the limits are 1 and {IMPRESSION_ITEMS}");
        return Err(Invalid::new("impression", fault));
    }
    let parse = |(index, text)| ItemId::parse("impression", text).map_err(|invalid| invalid.at(index));
    items.into_iter().enumerate().map(parse).collect()
}

fn attribution_source(attribution: WireAttribution) -> Result<AttributionSource, Invalid> {
    AttributionSource::parse(
        "metricAttribution.eventAttributionSource",
        attribution.event_attribution_source,
    )
}
