#![doc = include_str!("../README.md")]

mod bucket;
mod object;
mod put_object;
mod s3;
mod signed_put;
mod store;

pub use bucket::{BucketName, InvalidBucketName, InvalidKeyPrefix, KeyPrefix};
pub use s3::S3DeadLetterStore;
pub use store::{DeadLetterStore, StoreError};
