//! Reads the dead letters back: what was rejected.

use std::collections::BTreeSet;

use aws_sdk_s3::Client;
use aws_sdk_s3::error::DisplayErrorContext;
use stream_batch::DeadLetterBatch;

use crate::reckoning::RecordId;

/// The dead letters cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("dead letters in s3://{bucket}: {reason}")]
pub struct ReadError {
    bucket: String,
    reason: String,
}

/// The ids of all records of which the bucket holds a dead letter.
///
/// # Errors
/// A call failed, or an object holds no dead letters.
pub async fn ids_of_dead_letters(client: &Client, bucket: &str) -> Result<BTreeSet<RecordId>, ReadError> {
    let failed = |reason: String| ReadError {
        bucket: bucket.to_owned(),
        reason,
    };
    let mut ids = BTreeSet::new();
    for key in keys(client, bucket)
        .await
        .map_err(|error| failed(DisplayErrorContext(&*error).to_string()))?
    {
        let object = client.get_object().bucket(bucket).key(&key).send().await;
        let object = object.map_err(|error| failed(format!("{key}: {}", DisplayErrorContext(&error))))?;
        let body = object
            .body
            .collect()
            .await
            .map_err(|error| failed(format!("{key}: {error}")))?;
        let batch: DeadLetterBatch =
            serde_json::from_slice(&body.into_bytes()).map_err(|error| failed(format!("{key}: {error}")))?;
        ids.extend(batch.dead_letters.iter().map(|letter| {
            RecordId::of(
                letter.partition_key.as_deref().unwrap_or_default(),
                &letter.payload,
            )
        }));
    }
    Ok(ids)
}

async fn keys(client: &Client, bucket: &str) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let mut keys = Vec::new();
    let mut pages = client.list_objects_v2().bucket(bucket).into_paginator().send();
    while let Some(page) = pages.next().await {
        keys.extend(
            page?
                .contents
                .into_iter()
                .flatten()
                .filter_map(|object| object.key),
        );
    }
    Ok(keys)
}
