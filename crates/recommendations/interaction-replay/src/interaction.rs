//! An interaction, as it goes onto the stream.

use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// What somebody did, before it has a session.
#[derive(Debug, Clone, PartialEq)]
pub struct Interaction {
    /// Who.
    pub user: String,
    /// With which item.
    pub item: String,
    /// What: `rating` or `click`.
    pub event_type: &'static str,
    /// How much, such as the stars of a rating.
    pub value: Option<f64>,
    /// When, in seconds of Unix time.
    pub at: i64,
}

impl Interaction {
    /// The same for the same interaction in every replay, so that a second replay is a repeat and nothing new.
    pub fn event_id(&self) -> String {
        format!("{}-{}-{}-{}", self.event_type, self.user, self.item, self.at)
    }

    /// The record's payload, by version 1 of the stream's format.
    ///
    /// # Errors
    /// The time is not within the years that RFC 3339 can write, or the value is not a number.
    pub fn payload(&self, session: &str) -> Result<Vec<u8>, PayloadError> {
        let time = OffsetDateTime::from_unix_timestamp(self.at).map_err(|_| PayloadError)?;
        let wire = Wire {
            schema_version: 1,
            kind: "interaction",
            session_id: session,
            user_id: &self.user,
            event_type: self.event_type,
            item_id: &self.item,
            sent_at: time.format(&Rfc3339).map_err(|_| PayloadError)?,
            event_id: self.event_id(),
            event_value: self.value,
        };
        serde_json::to_vec(&wire).map_err(|_| PayloadError)
    }
}

/// The interaction cannot be written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the time is beyond the year 9999 or before the year 0")]
pub struct PayloadError;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    schema_version: u32,
    #[serde(rename = "type")]
    kind: &'a str,
    session_id: &'a str,
    user_id: &'a str,
    event_type: &'a str,
    item_id: &'a str,
    sent_at: String,
    event_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_value: Option<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_payload_is_of_version_1() {
        let rating = Interaction {
            user: "1".to_owned(),
            item: "31".to_owned(),
            event_type: "rating",
            value: Some(4.5),
            at: 964_982_703,
        };
        let payload = rating.payload("1-964980868").expect("a time that can be written");
        let json: serde_json::Value = serde_json::from_slice(&payload).expect("JSON");
        let expected = serde_json::json!({
            "schemaVersion": 1,
            "type": "interaction",
            "sessionId": "1-964980868",
            "userId": "1",
            "eventType": "rating",
            "itemId": "31",
            "sentAt": "2000-07-30T18:45:03Z",
            "eventId": "rating-1-31-964982703",
            "eventValue": 4.5,
        });
        assert_eq!(json, expected);
    }

    #[test]
    fn a_time_beyond_the_calendar_is_an_error() {
        let click = Interaction {
            user: "1".to_owned(),
            item: "31".to_owned(),
            event_type: "click",
            value: None,
            at: i64::MAX,
        };
        assert_eq!(click.payload("s"), Err(PayloadError));
    }
}
