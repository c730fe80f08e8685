//! The warehouse's migrations, asked of the deployed function as CloudFormation asks for a custom resource through the
//! CDK's provider framework: once what to do, then again and again whether it is done.
//!
//! <https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.custom_resources-readme.html>

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_lambda::Client;
use aws_sdk_lambda::error::DisplayErrorContext;
use aws_sdk_lambda::primitives::Blob;
use serde_json::{Value, json};

use crate::Error;

/// Between two questions whether it is done.
const QUERY_INTERVAL: Duration = Duration::from_millis(100);

/// How long all of it may take. It takes some seconds; a warehouse that is stuck must not hold up the start for ever.
const DEADLINE: Duration = Duration::from_secs(180);

/// Applies what is not applied yet, and returns when all of it is. `log` is where the function writes.
pub(crate) async fn apply(client: &Client, function: &str, log: &Path) -> Result<(), Error> {
    let applied = tokio::time::timeout(DEADLINE, ask_until_complete(client, function, log)).await;
    applied.unwrap_or_else(|_| Err(failed("not done in time", log)))
}

async fn ask_until_complete(client: &Client, function: &str, log: &Path) -> Result<(), Error> {
    let mut event = json!({
        "RequestType": "Create",
        "RequestId": request_id(),
        "StackId": "local-cloud",
        "LogicalResourceId": "Migrations",
        "ResourceType": "Custom::WarehouseMigrations",
        "ResourceProperties": {},
    });
    let begun = invoke(client, function, &event, log).await?;
    merge(&mut event, begun);
    loop {
        let answer = invoke(client, function, &event, log).await?;
        match answer["IsComplete"].as_bool() {
            Some(true) => return Ok(()),
            Some(false) => tokio::time::sleep(QUERY_INTERVAL).await,
            None => return Err(failed("its answer has no IsComplete", log)),
        }
    }
}

/// Another one for each start: a statement that failed under an id is not tried again under it.
fn request_id() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("local-cloud-{}", since.as_nanos())
}

/// What was answered first is part of every question that follows.
fn merge(event: &mut Value, answer: Value) {
    if let (Value::Object(event), Value::Object(answer)) = (event, answer) {
        event.extend(answer);
    }
}

async fn invoke(client: &Client, function: &str, event: &Value, log: &Path) -> Result<Value, Error> {
    let call = client
        .invoke()
        .function_name(function)
        .payload(Blob::new(event.to_string()));
    let answer = call.send().await;
    let answer = answer.map_err(|error| failed(&DisplayErrorContext(&error).to_string(), log))?;
    let payload = answer.payload().map(Blob::as_ref).unwrap_or_default();
    let payload: Value = serde_json::from_slice(payload).unwrap_or_default();
    if answer.function_error().is_some() {
        let reason = payload["errorMessage"].as_str().unwrap_or("no reason was given");
        return Err(failed(reason, log));
    }
    Ok(payload)
}

fn failed(reason: &str, log: &Path) -> Error {
    Error::part("the warehouse's migrations", reason, log)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_carries_what_was_answered_first() {
        let mut event = json!({ "RequestType": "Create", "RequestId": "one" });
        merge(
            &mut event,
            json!({ "PhysicalResourceId": "migrations", "Data": { "a": 1 } }),
        );
        assert_eq!(
            event,
            json!({
                "RequestType": "Create",
                "RequestId": "one",
                "PhysicalResourceId": "migrations",
                "Data": { "a": 1 },
            })
        );
    }
}
