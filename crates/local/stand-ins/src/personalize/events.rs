//! PutEvents: from its wire form to interactions that keep every limit.

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use super::check;
use super::error::ApiError;
use super::limits::{
    ATTRIBUTION_SOURCE_LENGTH, EVENT_PROPERTIES_LENGTH, EVENT_TEXT_LENGTH, EVENTS_PER_CALL, IMPRESSION_ITEMS,
    RECOMMENDATION_ID_LENGTH, RESERVED_PROPERTIES, SENT_AT_MAX_SECONDS,
};
use super::request;

/// A PutEvents call that keeps every limit.
#[derive(Debug)]
pub(crate) struct PutEvents {
    pub(crate) tracking_id: String,
    pub(crate) session_id: String,
    pub(crate) user_id: Option<String>,
    pub(crate) events: Vec<Event>,
}

/// An event that keeps every limit, under its wire names.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Event {
    pub(crate) event_type: String,
    pub(crate) sent_at: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) event_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) item_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) event_value: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) properties: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) impression: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) recommendation_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) metric_attribution: Option<MetricAttribution>,
}

/// Which third party an event came by.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MetricAttribution {
    event_attribution_source: String,
}

impl PutEvents {
    /// Reads and checks a request's body. The first member that breaks a limit refuses the whole call, as in the
    /// service: there is no per-event result.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, ApiError> {
        let wire: WireRequest = request::parse(body)?;
        let tracking_id = check::required(wire.tracking_id, "trackingId")?;
        check::length(&tracking_id, &EVENT_TEXT_LENGTH, "trackingId")?;
        let session_id = check::required(wire.session_id, "sessionId")?;
        check::length(&session_id, &EVENT_TEXT_LENGTH, "sessionId")?;
        optional_length(wire.user_id.as_deref(), "userId")?;
        let events = check::required(wire.event_list, "eventList")?;
        check::count(events.len(), &EVENTS_PER_CALL, "eventList")?;
        let events = events
            .into_iter()
            .zip(1..)
            .map(|(event, position)| event.check(position));
        Ok(Self {
            tracking_id,
            session_id,
            user_id: wire.user_id,
            events: events.collect::<Result<_, _>>()?,
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireRequest {
    tracking_id: Option<String>,
    session_id: Option<String>,
    user_id: Option<String>,
    event_list: Option<Vec<WireEvent>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireEvent {
    event_type: Option<String>,
    sent_at: Option<Number>,
    event_id: Option<String>,
    item_id: Option<String>,
    event_value: Option<Number>,
    properties: Option<String>,
    impression: Option<Vec<String>>,
    recommendation_id: Option<String>,
    metric_attribution: Option<WireMetricAttribution>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireMetricAttribution {
    event_attribution_source: Option<String>,
}

impl WireEvent {
    fn check(self, position: usize) -> Result<Event, ApiError> {
        let member = |name: &str| format!("eventList.{position}.member.{name}");
        let event_type = check::required(self.event_type, &member("eventType"))?;
        check::length(&event_type, &EVENT_TEXT_LENGTH, &member("eventType"))?;
        let sent_at = check::required(self.sent_at, &member("sentAt"))?;
        check_sent_at(&sent_at, &member("sentAt"))?;
        optional_length(self.event_id.as_deref(), &member("eventId"))?;
        optional_length(self.item_id.as_deref(), &member("itemId"))?;
        if let Some(properties) = &self.properties {
            check::length(properties, &EVENT_PROPERTIES_LENGTH, &member("properties"))?;
            check_event_properties(properties, &member("properties"))?;
        }
        if let Some(impression) = &self.impression {
            check_impression(impression, &member("impression"))?;
        }
        if let Some(id) = &self.recommendation_id {
            check::length(id, &RECOMMENDATION_ID_LENGTH, &member("recommendationId"))?;
        }
        let attribution = self
            .metric_attribution
            .map(|wire| wire.check(&member("metricAttribution")));
        Ok(Event {
            event_type,
            sent_at,
            event_id: self.event_id,
            item_id: self.item_id,
            event_value: self.event_value,
            properties: self.properties,
            impression: self.impression,
            recommendation_id: self.recommendation_id,
            metric_attribution: attribution.transpose()?,
        })
    }
}

impl WireMetricAttribution {
    fn check(self, member: &str) -> Result<MetricAttribution, ApiError> {
        let member = format!("{member}.eventAttributionSource");
        let source = check::required(self.event_attribution_source, &member)?;
        check::length(&source, &ATTRIBUTION_SOURCE_LENGTH, &member)?;
        let printable = source.bytes().all(|each| (b' '..=b'~').contains(&each));
        if !printable || source.trim_matches(' ').is_empty() {
            return Err(check::violation(
                &member,
                "Member must be printable ASCII and not blank",
            ));
        }
        Ok(MetricAttribution {
            event_attribution_source: source,
        })
    }
}

fn optional_length(text: Option<&str>, member: &str) -> Result<(), ApiError> {
    text.map_or(Ok(()), |text| check::length(text, &EVENT_TEXT_LENGTH, member))
}

fn check_sent_at(sent_at: &Number, member: &str) -> Result<(), ApiError> {
    let seconds = sent_at.as_f64().unwrap_or(f64::INFINITY);
    if (0.0..=SENT_AT_MAX_SECONDS).contains(&seconds) {
        return Ok(());
    }
    Err(check::violation(
        member,
        "Member must be seconds since 1970, up to the year 9999",
    ))
}

fn check_impression(impression: &[String], member: &str) -> Result<(), ApiError> {
    check::count(impression.len(), &IMPRESSION_ITEMS, member)?;
    for (item, position) in impression.iter().zip(1..) {
        check::length(item, &EVENT_TEXT_LENGTH, &format!("{member}.{position}.member"))?;
    }
    Ok(())
}

fn check_event_properties(properties: &str, member: &str) -> Result<(), ApiError> {
    for name in property_names(properties, member)? {
        if RESERVED_PROPERTIES
            .iter()
            .any(|reserved| reserved.eq_ignore_ascii_case(&name))
        {
            return Err(check::violation(
                member,
                &format!("Member must not hold the reserved name '{name}'"),
            ));
        }
    }
    Ok(())
}

/// The names in a `properties` text, which must be a JSON object of plain values: the datasets' Avro schemas know no
/// nesting.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/how-it-works-dataset-schema.html>
pub(crate) fn property_names(properties: &str, member: &str) -> Result<Vec<String>, ApiError> {
    let Ok(Value::Object(map)) = serde_json::from_str(properties) else {
        return Err(ApiError::InvalidInput(format!(
            "Error parsing properties json: '{member}' is no JSON object"
        )));
    };
    if map.values().any(|value| value.is_object() || value.is_array()) {
        return Err(check::violation(
            member,
            "Member must map names to plain values, without nesting",
        ));
    }
    Ok(map.into_iter().map(|(name, _)| name).collect())
}
