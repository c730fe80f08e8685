//! What the service takes, and where that is written.

use std::time::Duration;

/// Records in a PutRecordBatch call, at most; at least one.
/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html>
pub const RECORDS_PER_CALL: usize = 500;

/// Bytes of a call, 4 MiB. Counted as they come over the wire, base64 and JSON included: the documentation does not say
/// which it means, and what is accepted by the stricter reading is accepted by the other.
/// <https://docs.aws.amazon.com/firehose/latest/dev/limits.html>
pub const BYTES_PER_CALL: usize = 4 * 1024 * 1024;

/// Bytes of a record before base64. It may have none.
/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_Record.html>
pub const BYTES_PER_RECORD: usize = 1_024_000;

/// Characters of a Firehose stream's name; letters, digits, `_`, `.` and `-`.
/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecord.html>
pub const STREAM_NAME_CHARACTERS: usize = 64;

/// Partitions of a stream that are buffered or on their way at one time. Adjustable in the service, not here.
/// <https://docs.aws.amazon.com/firehose/latest/dev/buffering.html>
pub const ACTIVE_PARTITIONS: usize = 500;

/// Buffered MiB of a stream that names none.
/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_BufferingHints.html>
pub const DEFAULT_BUFFER_MIB: u64 = 5;

/// How long a stream buffers that does not say.
/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_BufferingHints.html>
pub const DEFAULT_BUFFER_INTERVAL: Duration = Duration::from_secs(300);

/// Characters of `!{firehose:random-string}`.
/// <https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html>
pub const RANDOM_STRING_CHARACTERS: usize = 11;

/// Bytes of an object's key.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>
pub const OBJECT_KEY_BYTES: usize = 1024;

/// Digits of a decimal.
/// <https://docs.aws.amazon.com/athena/latest/ug/data-types.html>
pub const DECIMAL_DIGITS: u32 = 38;
