//! Decodes the Lambda event of a Kinesis stream.

use crate::{Batch, DecodeError, TimeWindow};

/// Decodes a Kinesis event into its records, KPL aggregates taken apart.
///
/// # Errors
/// The event is not JSON, a record has no usable sequence number, or the records are not of one shard.
pub fn decode(_event: &[u8]) -> Result<Batch, DecodeError> {
    Err(DecodeError("skeleton".to_owned()))
}

/// Decodes a Kinesis event of a time window.
///
/// # Errors
/// As [`decode`]; and the event does not describe its window.
pub fn decode_window(_event: &[u8]) -> Result<(Batch, TimeWindow), DecodeError> {
    Err(DecodeError("skeleton".to_owned()))
}
