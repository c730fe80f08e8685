//! Objects in S3: dead letters, and what is where nothing should be.

use std::collections::BTreeMap;

use aws_sdk_s3::Client;
use aws_sdk_s3::error::DisplayErrorContext;

use crate::letter::{Letter, letters};

/// Where the functions of the stack put dead letters.
pub const PREFIX: &str = "dead-letters/";

/// A bucket cannot be read, or has what is no dead letter.
#[derive(Debug, thiserror::Error)]
#[error("bucket {bucket}: {reason}")]
pub struct BucketError {
    bucket: String,
    reason: String,
}

/// The dead letters of a function. Objects that have not changed are fetched once.
#[derive(Debug)]
pub struct DeadLetters {
    client: Client,
    bucket: String,
    prefix: String,
    objects: BTreeMap<String, (String, Vec<Letter>)>,
}

impl DeadLetters {
    /// Those below `prefix` in `bucket`.
    pub fn new(client: Client, bucket: &str, prefix: &str) -> Self {
        Self {
            client,
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
            objects: BTreeMap::new(),
        }
    }

    /// All letters that are there now. One record may be in more than one object.
    ///
    /// # Errors
    /// A call failed, or an object is none of `dead-letter-store`.
    pub async fn read(&mut self) -> Result<Vec<Letter>, BucketError> {
        for (key, tag) in objects(&self.client, &self.bucket, &self.prefix).await? {
            if self.objects.get(&key).is_some_and(|(known, _)| *known == tag) {
                continue;
            }
            let letters = self.fetch(&key).await.map_err(|reason| self.failed(reason))?;
            self.objects.insert(key, (tag, letters));
        }
        Ok(self
            .objects
            .values()
            .flat_map(|(_, letters)| letters.clone())
            .collect())
    }

    async fn fetch(&self, key: &str) -> Result<Vec<Letter>, String> {
        let told = |error: &dyn std::error::Error| format!("{key}: {}", DisplayErrorContext(error));
        let call = self.client.get_object().bucket(&self.bucket).key(key);
        let object = Box::pin(call.send()).await.map_err(|error| told(&error))?;
        let body = object.body.collect().await.map_err(|error| told(&error))?;
        letters(&body.into_bytes()).map_err(|reason| format!("{key}: {reason}"))
    }

    fn failed(&self, reason: String) -> BucketError {
        BucketError {
            bucket: self.bucket.clone(),
            reason,
        }
    }
}

/// The keys below `prefix`.
///
/// # Errors
/// A call failed.
pub async fn keys(client: &Client, bucket: &str, prefix: &str) -> Result<Vec<String>, BucketError> {
    let objects = objects(client, bucket, prefix).await?;
    Ok(objects.into_iter().map(|(key, _)| key).collect())
}

/// Keys and entity tags below `prefix`.
async fn objects(client: &Client, bucket: &str, prefix: &str) -> Result<Vec<(String, String)>, BucketError> {
    let (mut objects, mut token) = (Vec::new(), None);
    loop {
        let call = client.list_objects_v2().bucket(bucket).prefix(prefix);
        let page = Box::pin(call.set_continuation_token(token).send())
            .await
            .map_err(|error| BucketError {
                bucket: bucket.to_owned(),
                reason: DisplayErrorContext(error).to_string(),
            })?;
        let found = page.contents.into_iter().flatten();
        objects.extend(found.filter_map(|object| Some((object.key?, object.e_tag.unwrap_or_default()))));
        token = page.next_continuation_token;
        if token.is_none() {
            return Ok(objects);
        }
    }
}
