//! PutRecords as it goes over the wire.

mod answers;
mod fake_kinesis;
mod limits;
