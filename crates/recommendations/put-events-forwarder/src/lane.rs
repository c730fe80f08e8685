//! Which records must stay in order.

use crate::record::Record;
use crate::text::{SessionId, TrackingId};

/// The key of a lane.
///
/// A PutEvents call holds one session, so a lane for each session keeps order where it matters and costs no call.
/// Items, and users, share one lane each: a call holds ten of them, and a lane for each would make ten calls of it,
/// under a quota of ten a second.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum LaneKey {
    /// The interactions of one session with one tracker.
    Session(TrackingId, SessionId),
    /// All items.
    Items,
    /// All users.
    Users,
}

impl LaneKey {
    /// The lane of `record`.
    pub fn of(record: &Record) -> Self {
        match record {
            Record::Interaction(interaction) => Self::Session(
                interaction.tracking_id().clone(),
                interaction.session_id().clone(),
            ),
            Record::Item(_) => Self::Items,
            Record::User(_) => Self::Users,
        }
    }
}
