//! The store in an S3 bucket.

use std::time::Duration;

use function_config::AwsAccess;
use put_many::{Failure, Outcome, Policy, put_many};
use stream_batch::DeadLetters;

use crate::bucket::{BucketName, KeyPrefix};
use crate::object::Object;
use crate::put_object::PutObject;
use crate::store::{DeadLetterStore, StoreError};

/// Dead letters as objects of one bucket.
pub struct S3DeadLetterStore {
    bucket: BucketName,
    prefix: KeyPrefix,
    put_object: PutObject,
    policy: Policy<Object>,
    random: fn() -> f64,
}

impl S3DeadLetterStore {
    /// A store in `bucket`. `random` gives numbers in `0.0..1.0` for the wait before a repeat.
    pub fn new(access: &AwsAccess, bucket: BucketName, prefix: KeyPrefix, random: fn() -> f64) -> Self {
        Self {
            put_object: PutObject::new(access, &bucket),
            policy: Policy::unordered(),
            bucket,
            prefix,
            random,
        }
    }

    fn error(&self, key: &str, last_error: Option<Failure>) -> StoreError {
        StoreError {
            bucket: self.bucket.as_str().to_owned(),
            key: key.to_owned(),
            last_error,
        }
    }
}

impl DeadLetterStore for S3DeadLetterStore {
    async fn put(&self, dead_letters: &DeadLetters, time_left: Duration) -> Result<(), StoreError> {
        let object = match Object::of(&self.prefix, dead_letters) {
            None => return Ok(()),
            Some(Err(error)) => {
                let failure = Failure::new("NotSerializable", error.to_string());
                return Err(self.error(self.prefix.as_str(), Some(failure)));
            }
            Some(Ok(object)) => [object],
        };
        let deliveries = put_many(&self.put_object, &object, &self.policy, time_left, self.random).await;
        let last_error = match deliveries.into_outcomes().pop() {
            Some(Outcome::Accepted) => return Ok(()),
            Some(Outcome::Refused(failure)) => Some(failure),
            Some(Outcome::Undelivered(undelivered)) => undelivered.last_error,
            None => None,
        };
        Err(self.error(&object[0].key, last_error))
    }
}
