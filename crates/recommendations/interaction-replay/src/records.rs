//! The records of a replay: every interaction in its session, and the poison in between.

use put_many::kinesis::Record;

use crate::input::Input;
use crate::interaction::Interaction;
use crate::poison::poison;
use crate::sessions::sessions;

/// An interaction cannot become a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("interaction {event_id}: {reason}")]
pub struct RecordError {
    /// Which one.
    pub event_id: String,
    /// Why.
    pub reason: String,
}

/// The records of `input` in the order of time, `poisoned` more spread evenly among them.
///
/// # Errors
/// An interaction cannot be written down, or its session's id cannot be a partition key.
pub fn records(input: &Input, poisoned: usize) -> Result<Vec<Record>, RecordError> {
    let sessions = sessions(&input.interactions);
    let good = input.interactions.iter().zip(&sessions);
    let mut records = good
        .map(|(interaction, session)| record(interaction, session))
        .collect::<Result<Vec<_>, _>>()?;
    let distance = records.len() / (poisoned + 1) + 1;
    for (number, poison) in poison(poisoned).into_iter().enumerate() {
        let place = (distance * (number + 1) - 1).min(records.len());
        let record = Record::new(poison.key.clone(), poison.payload);
        records.insert(place, record.map_err(|error| wrong(poison.key, &error))?);
    }
    Ok(records)
}

/// The record of one interaction in `session`.
///
/// # Errors
/// As [`records`].
pub fn record(interaction: &Interaction, session: &str) -> Result<Record, RecordError> {
    let payload = interaction
        .payload(session)
        .map_err(|error| wrong(interaction.event_id(), &error))?;
    Record::new(session, payload).map_err(|error| wrong(interaction.event_id(), &error))
}

fn wrong(event_id: String, error: &dyn std::error::Error) -> RecordError {
    RecordError {
        event_id,
        reason: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::clicks;

    #[test]
    fn a_records_key_is_its_session() {
        let input = clicks(7);
        let records = records(&input, 0).expect("records");
        assert_eq!(records.len(), input.interactions.len());
        for (record, session) in records.iter().zip(sessions(&input.interactions)) {
            assert_eq!(record.partition_key(), session);
            let json: serde_json::Value = serde_json::from_slice(record.data()).expect("JSON");
            assert_eq!(json["sessionId"], session);
        }
    }

    #[test]
    fn poison_is_spread() {
        let input = clicks(7);
        let good = input.interactions.len();
        let records = records(&input, 9).expect("records");
        let places: Vec<_> = (0..records.len())
            .filter(|place| records[*place].partition_key().starts_with("poison-"))
            .collect();
        assert_eq!((records.len(), places.len()), (good + 9, 9));
        assert!(
            places.windows(2).all(|pair| pair[1] - pair[0] > good / 20),
            "{places:?}"
        );
    }
}
