//! Dead letters on their way to a bucket.

mod failures;
mod fake_s3;
mod letters;
mod objects;
