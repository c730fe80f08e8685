//! Rejected stream records, stored in S3 with payload and reason, one object a batch.
