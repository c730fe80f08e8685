//! The mutation `publishReading`, as a batch API of one entry a call.

use std::num::NonZeroUsize;
use std::time::SystemTime;

use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::byte_stream::ByteStream;
use function_config::AwsAccess;
use put_many::{BatchApi, CallError, Failure, Limits, Verdict};

use crate::graphql::{Mutation, published};
use crate::limits::SUBSCRIPTION_BYTES;
use crate::signed_post::{GraphqlUrl, SignedPost};

/// Publishes readings to the subscribers of one GraphQL API.
pub struct PublishReading {
    signed_post: SignedPost,
    http: SharedHttpConnector,
}

impl PublishReading {
    /// Publishes through the API at `url`, over the connections of `http`.
    pub fn new(access: &AwsAccess, url: &GraphqlUrl, http: SharedHttpConnector) -> Self {
        Self {
            signed_post: SignedPost::new(access, url),
            http,
        }
    }

    async fn post(&self, mutation: &Mutation) -> Result<(), CallError> {
        let request = self.signed_post.request(mutation.body(), SystemTime::now());
        let request =
            request.map_err(|error| CallError::Fatal(Failure::new("NotSigned", error.to_string())))?;
        let response = self.http.call(request).await.map_err(|error| no_answer(&error))?;
        let (status, body) = read(response).await?;
        published(status, &body).map_err(|failure| match is_retryable(status, &failure.code) {
            true => CallError::Retryable(failure),
            false => CallError::Fatal(failure),
        })
    }
}

/// A batch of one: what is repeated, and how long, is put-many's affair. So is the size: the answer of a mutation is
/// shorter than the mutation with its query, so what is within the limit here reaches the subscribers.
impl BatchApi for PublishReading {
    type Entry = Mutation;

    fn limits(&self) -> Limits {
        Limits {
            count: NonZeroUsize::MIN,
            request_bytes: SUBSCRIPTION_BYTES,
            entry_bytes: SUBSCRIPTION_BYTES,
        }
    }

    fn entry_bytes(&self, mutation: &Mutation) -> usize {
        mutation.body().len()
    }

    async fn send(&self, mutations: &[&Mutation]) -> Result<Vec<Verdict>, CallError> {
        for mutation in mutations {
            self.post(mutation).await?;
        }
        Ok(vec![Verdict::Accepted; mutations.len()])
    }
}

async fn read(response: HttpResponse) -> Result<(u16, Vec<u8>), CallError> {
    let status = response.status().as_u16();
    let body = ByteStream::new(response.into_body()).collect().await;
    let body = body.map_err(|error| CallError::Retryable(Failure::new("NoAnswer", error.to_string())))?;
    Ok((status, body.to_vec()))
}

fn no_answer(error: &ConnectorError) -> CallError {
    let code = if error.is_timeout() { "Timeout" } else { "NoAnswer" };
    CallError::Retryable(Failure::new(code, error.to_string()))
}

/// <https://docs.aws.amazon.com/appsync/latest/devguide/troubleshooting-and-common-mistakes.html>
fn is_retryable(status: u16, code: &str) -> bool {
    let passing = [
        "ExecutionTimeout",
        "ThrottlingException",
        "TooManyRequestsException",
    ];
    status >= 500 || status == 429 || passing.contains(&code)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use aws_smithy_runtime_api::client::http::HttpConnectorFuture;
    use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
    use function_config::Environment;
    use put_many::{Outcome, Policy, put_many};

    use super::*;

    /// Answers everything, and counts.
    #[derive(Debug, Clone, Default)]
    struct Calls(Arc<AtomicUsize>);

    impl HttpConnector for Calls {
        fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
            self.0.fetch_add(1, Ordering::Relaxed);
            let answer = http::Response::new(r#"{"data":{"publishReading":{}}}"#.into());
            HttpConnectorFuture::ready(Ok(HttpResponse::try_from(answer).expect("a response")))
        }
    }

    #[tokio::test]
    async fn what_a_subscription_would_drop_is_not_sent() {
        assert_eq!(SUBSCRIPTION_BYTES, 240_000);
        let lookup = |name: &str| (name != "AWS_ENDPOINT_URL").then(|| "test".to_owned());
        let access = Environment::read(&lookup, AwsAccess::read).expect("complete");
        let calls = Calls::default();
        let url = "https://api.example/graphql".parse().expect("a URL");
        let api = PublishReading::new(&access, &url, SharedHttpConnector::new(calls.clone()));
        let mutations = [SUBSCRIPTION_BYTES, SUBSCRIPTION_BYTES + 1].map(Mutation::of_bytes);
        let time = Duration::from_secs(1);
        let deliveries = put_many(&api, &mutations, &Policy::unordered(), time, || 0.0).await;
        let [Outcome::Accepted, Outcome::Refused(failure)] = deliveries.outcomes() else {
            panic!("{deliveries:?}");
        };
        assert_eq!(failure.code, "EntryTooLarge");
        assert_eq!(calls.0.load(Ordering::Relaxed), 1);
    }
}
