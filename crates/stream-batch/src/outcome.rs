//! What became of a record: delivered, rejected, or blocked.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What the attempt to deliver one record came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The sink has it.
    Delivered,
    /// It will never succeed: to be stored as a dead letter, then passed.
    Rejected(Rejection),
    /// Worth another attempt: reported to Lambda, which sends it again.
    Blocked(Blocked),
}

/// Why a record will never succeed. Holds names and limits, and nothing of the payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The class of the fault, fit for a metric's dimension.
    pub kind: RejectionKind,
    /// What is wrong with which field, as a lower-case fragment. The dead letter puts the record's identity before it.
    pub reason: String,
    /// How often a sink was asked before it gave its final no; 0 for a record that never left.
    pub attempts: u32,
}

impl Rejection {
    /// A rejection without an attempt.
    pub fn new(kind: RejectionKind, reason: impl Into<String>) -> Self {
        Self {
            kind,
            reason: reason.into(),
            attempts: 0,
        }
    }

    /// A record whose meaning breaks a rule of the domain, or a limit of the sink that was checked before the call.
    pub fn invalid(reason: impl Into<String>) -> Self {
        Self::new(RejectionKind::Invalid, reason)
    }

    /// A record that the sink has refused for good, after `attempts` calls.
    pub fn refused(reason: impl Into<String>, attempts: u32) -> Self {
        Self {
            attempts,
            ..Self::new(RejectionKind::Refused, reason)
        }
    }
}

/// The class of a fault that no further attempt can mend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectionKind {
    /// What Lambda delivered is not shaped like a record of this kind of stream, or its base64 is broken.
    MalformedRecord,
    /// A sub-record of a KPL aggregate that points outside the aggregate's tables, or lacks a part.
    MalformedAggregate,
    /// The payload is not the JSON that the pipeline expects.
    MalformedPayload,
    /// The payload has no schema version, or one that this build does not know.
    UnsupportedSchemaVersion,
    /// The payload breaks a rule of the domain, or a limit of the sink.
    Invalid,
    /// The sink has refused it for good.
    Refused,
}

impl fmt::Display for RejectionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MalformedRecord => "malformed_record",
            Self::MalformedAggregate => "malformed_aggregate",
            Self::MalformedPayload => "malformed_payload",
            Self::UnsupportedSchemaVersion => "unsupported_schema_version",
            Self::Invalid => "invalid",
            Self::Refused => "refused",
        })
    }
}

/// Why a record must come again. Holds nothing of the payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocked {
    /// What stood in the way.
    pub kind: BlockedKind,
    /// More about it for the log, as a lower-case fragment.
    pub reason: String,
}

impl Blocked {
    /// A reason of the given kind.
    pub fn new(kind: BlockedKind, reason: impl Into<String>) -> Self {
        Self {
            kind,
            reason: reason.into(),
        }
    }

    /// The sink could not take the record now: a throttle, a server error, a time-out.
    pub fn sink(reason: impl Into<String>) -> Self {
        Self::new(BlockedKind::Sink, reason)
    }

    /// The function's configuration does not fit the record: the deployment is wrong, and the record is good.
    pub fn configuration(reason: impl Into<String>) -> Self {
        Self::new(BlockedKind::Configuration, reason)
    }

    /// The invocation's time ran out before the record's turn.
    pub fn deadline() -> Self {
        Self::new(BlockedKind::Deadline, "the invocation's time ran out")
    }
}

/// What stood in the way of a record that must come again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BlockedKind {
    /// The sink could not take it now.
    Sink,
    /// The function's configuration does not fit the record, until somebody mends it.
    Configuration,
    /// An earlier record of the same lane is blocked.
    LaneStopped,
    /// The invocation's time ran out.
    Deadline,
    /// The lane's handler panicked.
    Panicked,
    /// The lane's handler answered a chunk with too few or too many outcomes.
    WrongOutcomeCount,
    /// The lane's handler returned without an answer for the record.
    Unanswered,
    /// The record was rejected, but the dead-letter store did not take it.
    DeadLetterStore,
}

impl fmt::Display for BlockedKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sink => "sink",
            Self::Configuration => "configuration",
            Self::LaneStopped => "lane_stopped",
            Self::Deadline => "deadline",
            Self::Panicked => "panicked",
            Self::WrongOutcomeCount => "wrong_outcome_count",
            Self::Unanswered => "unanswered",
            Self::DeadLetterStore => "dead_letter_store",
        })
    }
}
