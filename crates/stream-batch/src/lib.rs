#![doc = include_str!("../README.md")]

mod batch;
mod dead_letter;
mod deadline;
mod decode_error;
pub mod dynamodb;
mod event;
pub mod json_error;
pub mod kinesis;
mod lane;
mod lanes;
mod outcome;
mod record;
mod response;
mod settled;
mod timestamp;
mod together;
mod tolerant;
pub mod versioned_json;
mod window;

pub use batch::{Batch, Item, Rejected};
pub use dead_letter::{DEAD_LETTER_SCHEMA_VERSION, DeadLetter, DeadLetterBatch, DeadLetters};
pub use deadline::Deadline;
pub use decode_error::DecodeError;
pub use event::StreamEvent;
pub use lane::Lane;
pub use lanes::{LaneOptions, deliver_in_lanes};
pub use outcome::{Blocked, BlockedKind, Outcome, Rejection, RejectionKind};
pub use record::{InvalidSequenceNumber, Origin, RecordId, SequenceNumber, StreamRecord};
pub use response::{BatchItemFailure, BatchResponse, WindowResponse};
pub use settled::{BlockedRecord, Report, Settled, Summary, Unreported};
pub use together::deliver_together;
pub use window::{TimeWindow, WindowBounds};
