//! The delivery of a report on discarded records.

use aws_sdk_s3::primitives::ByteStream;
use uuid::Uuid;

use super::error_text::error_text;
use super::runner::Clients;
use crate::config::OnFailureDestination;
use crate::on_failure::OnFailureReport;

/// Sends a report. Gives the name of the object that it became in a bucket.
pub(super) async fn deliver(
    clients: &Clients,
    mapping: &str,
    destination: &OnFailureDestination,
    report: &OnFailureReport,
) -> Result<Option<String>, String> {
    // Ours, not that of the last invocation: the model does not keep it.
    let request_id = Uuid::new_v4().to_string();
    match destination {
        OnFailureDestination::Queue(arn) => to_queue(clients, arn, report.metadata(&request_id).to_string())
            .await
            .map(|()| None),
        OnFailureDestination::Bucket(bucket) => {
            let key = report.object_key(mapping, &Uuid::new_v4().to_string());
            let body = report.metadata_with_payload(&request_id).to_string();
            to_bucket(clients, bucket, &key, body).await.map(|()| Some(key))
        }
        OnFailureDestination::Topic(_) => Err("topics are not supported by the driver".to_owned()),
    }
}

async fn to_queue(clients: &Clients, arn: &str, body: String) -> Result<(), String> {
    let name = arn.rsplit(':').next().unwrap_or(arn);
    let queue = clients
        .sqs
        .get_queue_url()
        .queue_name(name)
        .send()
        .await
        .map_err(|error| error_text(&error))?;
    let url = queue.queue_url.ok_or("a queue without a URL")?;
    clients
        .sqs
        .send_message()
        .queue_url(url)
        .message_body(body)
        .send()
        .await
        .map_err(|error| error_text(&error))?;
    Ok(())
}

async fn to_bucket(clients: &Clients, bucket: &str, key: &str, body: String) -> Result<(), String> {
    let call = clients
        .s3
        .put_object()
        .bucket(bucket)
        .key(key)
        .content_type("application/json");
    call.body(ByteStream::from(body.into_bytes()))
        .send()
        .await
        .map_err(|error| error_text(&error))?;
    Ok(())
}
