//! The collector's routes, natively: what API Gateway does with its authorizer, its request models and its direct
//! integration with Kinesis.

use aws_sdk_kinesis::Client;
use aws_sdk_kinesis::config::http::HttpResponse;
use aws_sdk_kinesis::config::retry::RetryConfig;
use aws_sdk_kinesis::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_kinesis::primitives::Blob;
use aws_sdk_kinesis::types::{PutRecordsRequestEntry, PutRecordsResultEntry};
use aws_types::SdkConfig;
use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use interaction_collector::{Answer, Caller, Collector, Entry, KinesisError};

use super::authorizer::{Authorizer, Refusal};
use crate::deploy::Outputs;
use crate::{ACCOUNT, Error, REGION};

/// The two routes, in front of one stream.
#[derive(Debug)]
pub(super) struct NativeCollector {
    collector: Collector,
    authorizer: Authorizer,
    kinesis: Client,
    stream: String,
    /// What the ARN of a method begins with.
    stage_arn: String,
}

impl NativeCollector {
    /// The collector of the stack with these outputs.
    pub(super) fn of(outputs: &Outputs, api: &str, stage: &str, config: &SdkConfig) -> Result<Self, Error> {
        let output = |name: &str| {
            let value = outputs.get(name).cloned();
            value.ok_or_else(|| Error::argument(format!("the stack has no output {name}")))
        };
        // API Gateway makes one attempt; the client repeats.
        let kinesis = config.to_builder().retry_config(RetryConfig::disabled()).build();
        Ok(Self {
            collector: Collector::new().map_err(|error| Error::argument(error.to_string()))?,
            authorizer: Authorizer {
                lambda: aws_sdk_lambda::Client::new(config),
                function: output("SessionAuthorizerFunctionName")?,
            },
            kinesis: Client::new(&kinesis),
            stream: output("InteractionStreamName")?,
            stage_arn: format!("arn:aws:execute-api:{REGION}:{ACCOUNT}:{api}/{stage}"),
        })
    }

    /// Answers a request for `route`, which has no slash at its beginning.
    pub(super) async fn answer(&self, route: &str, request: &Request<Bytes>) -> Response<Bytes> {
        let answer = match (request.method(), route) {
            (&Method::OPTIONS, "interactions" | "interactions/batch") => return preflight(),
            (&Method::POST, "interactions" | "interactions/batch") => self.take(route, request).await,
            _ => Answer::problem(404, "there is no such route"),
        };
        http_answer(&answer)
    }

    async fn take(&self, route: &str, request: &Request<Bytes>) -> Answer {
        let caller = match self.caller(route, request).await {
            Ok(caller) => caller,
            Err(refusal) => return refusal,
        };
        if !is_json(request) {
            return Answer::problem(415, "send application/json");
        }
        if route == "interactions" {
            match self.collector.put_record(request.body(), &caller) {
                Ok(entry) => self.put_record(entry).await,
                Err(refusal) => refusal.into(),
            }
        } else {
            match self.collector.put_records(request.body(), &caller) {
                Ok(entries) => self.put_records(entries).await,
                Err(refusal) => refusal.into(),
            }
        }
    }

    /// Who calls, by the authorizer's word. A header that is not the authorizer's form does not reach it.
    async fn caller(&self, route: &str, request: &Request<Bytes>) -> Result<Caller, Answer> {
        let header = request.headers().get(header::AUTHORIZATION);
        let authorization = header.and_then(|value| value.to_str().ok()).filter(is_bearer);
        let unauthorized = || Answer::problem(401, "Unauthorized");
        let authorization = authorization.ok_or_else(unauthorized)?;
        let method_arn = format!("{}/POST/{route}", self.stage_arn);
        let context = self.authorizer.ask(authorization, &method_arn).await;
        let context = context.map_err(|refusal| match refusal {
            Refusal::Unauthorized => unauthorized(),
            Refusal::Denied => Answer::problem(403, "Forbidden"),
            Refusal::Failed(reason) => Answer::problem(500, &format!("the authorizer failed: {reason}")),
        })?;
        Caller::parse(&context.session_id, context.user_id.as_deref())
            .map_err(|invalid| Answer::problem(500, &format!("the authorizer's context: {invalid}")))
    }

    async fn put_record(&self, entry: Entry) -> Answer {
        let call = self
            .kinesis
            .put_record()
            .stream_name(&self.stream)
            .partition_key(entry.partition_key)
            .data(Blob::new(entry.data));
        match call.send().await {
            Ok(_) => Answer::accepted(1),
            Err(error) => Answer::of_kinesis_error(&kinesis_error(&error)),
        }
    }

    async fn put_records(&self, entries: Vec<Entry>) -> Answer {
        let entries: Result<Vec<_>, _> = entries.into_iter().map(wire_entry).collect();
        let call = self.kinesis.put_records().stream_name(&self.stream);
        let call = match entries {
            Ok(entries) => call.set_records(Some(entries)),
            Err(error) => return Answer::problem(500, &error.to_string()),
        };
        match call.send().await {
            Ok(answer) => {
                let codes: Vec<_> = answer.records().iter().map(error_of).collect();
                Answer::of_entries(&codes)
            }
            Err(error) => Answer::of_kinesis_error(&kinesis_error(&error)),
        }
    }
}

fn wire_entry(entry: Entry) -> Result<PutRecordsRequestEntry, aws_sdk_kinesis::error::BuildError> {
    PutRecordsRequestEntry::builder()
        .partition_key(entry.partition_key)
        .data(Blob::new(entry.data))
        .build()
}

/// The error of one entry. Only what has a sequence number is in the stream.
fn error_of(entry: &PutRecordsResultEntry) -> Option<&str> {
    let unsaid = entry.sequence_number().is_none().then_some("InternalFailure");
    entry.error_code().or(unsaid)
}

/// What Kinesis said; a connection that broke is a service that is not there.
fn kinesis_error<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> KinesisError {
    let status = error
        .raw_response()
        .map_or(503, |response| response.status().as_u16());
    let code = error.as_service_error().and_then(ProvideErrorMetadata::code);
    KinesisError {
        status,
        code: code.unwrap_or_default().to_owned(),
    }
}

/// Whether the body is said to be JSON. Where nothing is said API Gateway takes it for JSON.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/integration-passthrough-behaviors.html>
fn is_json(request: &Request<Bytes>) -> bool {
    let Some(content_type) = request.headers().get(header::CONTENT_TYPE) else {
        return true;
    };
    let media_type = content_type
        .to_str()
        .ok()
        .and_then(|value| value.split(';').next());
    media_type.is_some_and(|value| value.trim().eq_ignore_ascii_case("application/json"))
}

/// `Bearer` and three parts in the alphabet of a token, the form that the authorizer's validation expression asks for.
fn is_bearer(authorization: &&str) -> bool {
    let in_alphabet = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let Some(token) = authorization.strip_prefix("Bearer ") else {
        return false;
    };
    let parts: Vec<_> = token.split('.').collect();
    parts.len() == 3
        && parts
            .iter()
            .all(|part| !part.is_empty() && part.bytes().all(in_alphabet))
}

fn http_answer(answer: &Answer) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(answer.body.to_string()));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(answer.content_type()),
    );
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("ETag,Retry-After,WWW-Authenticate,X-Recommendation-Source"),
    );
    if answer.status == 401 {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(seconds) = answer.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn preflight() -> Response<Bytes> {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("POST"),
    );
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("Authorization,Content-Type,If-None-Match"),
    );
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_json_unless_it_is_said_to_be_something_else() {
        let cases = [
            (None, true),
            (Some("application/json"), true),
            (Some("Application/JSON; charset=utf-8"), true),
            (Some("text/plain;charset=UTF-8"), false),
            (Some("application/x-www-form-urlencoded"), false),
            (Some(""), false),
        ];
        for (content_type, expected) in cases {
            let mut request = Request::post("/");
            if let Some(content_type) = content_type {
                request = request.header("content-type", content_type);
            }
            assert_eq!(
                is_json(&request.body(Bytes::new()).unwrap()),
                expected,
                "{content_type:?}"
            );
        }
    }

    #[test]
    fn only_the_form_of_a_token_reaches_the_authorizer() {
        let cases = [
            ("Bearer a.b.c", true),
            ("Bearer aA0-_.b.c", true),
            ("bearer a.b.c", false),
            ("Bearer a.b", false),
            ("Bearer a.b.c.d", false),
            ("Bearer a..c", false),
            ("Bearer a.b.c ", false),
            ("Basic a.b.c", false),
            ("a.b.c", false),
            ("", false),
        ];
        for (header, expected) in cases {
            assert_eq!(is_bearer(&header), expected, "{header}");
        }
    }
}
