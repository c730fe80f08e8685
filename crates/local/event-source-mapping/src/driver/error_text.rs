//! The text of an SDK error: its code and message, or what kept the call from being answered.

use std::error::Error;

use aws_sdk_lambda::error::{ProvideErrorMetadata, SdkError};

/// `ThrottlingException: Rate exceeded`, or the chain of causes of a call without an answer.
pub(super) fn error_text<E, R>(error: &SdkError<E, R>) -> String
where
    E: ProvideErrorMetadata + Error + 'static,
    R: std::fmt::Debug + 'static,
{
    match error.as_service_error() {
        Some(service) => match (service.code(), service.message()) {
            (Some(code), Some(message)) => format!("{code}: {message}"),
            (Some(code), None) => code.to_owned(),
            (None, _) => "an answer that is neither a result nor an error of the service".to_owned(),
        },
        None => chain(error),
    }
}

fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
