//! The invocation of a function.

use aws_sdk_lambda::Client;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;
use bytes::Bytes;

use super::error_text::error_text;
use crate::mapping::InvokeResult;

/// Invokes a function and waits for its answer. A throttle or an error of the service is no failure of the function:
/// "this doesn't apply to service errors or throttles where the batch didn't reach the function".
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-create.html>
pub(super) async fn invoke(client: &Client, function_arn: &str, event: Bytes) -> InvokeResult {
    let call = client
        .invoke()
        .function_name(function_arn)
        .invocation_type(InvocationType::RequestResponse)
        .payload(Blob::new(Vec::from(event)));
    match call.send().await {
        Err(error) => InvokeResult::NotInvoked(error_text(&error)),
        Ok(output) => match output.function_error {
            Some(kind) => InvokeResult::FunctionError(kind),
            None => InvokeResult::Returned(output.payload.map(Blob::into_inner).unwrap_or_default().into()),
        },
    }
}
