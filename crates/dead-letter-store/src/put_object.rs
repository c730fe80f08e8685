//! PutObject as a batch API of one entry a call, and what its answers mean.

use std::num::NonZeroUsize;
use std::time::SystemTime;

use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::byte_stream::ByteStream;
use function_config::AwsAccess;
use put_many::{BatchApi, CallError, Failure, Limits, Verdict};

use crate::bucket::BucketName;
use crate::object::Object;
use crate::signed_put::SignedPut;

/// Bytes of an object that is written in one request: 5 GiB.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html>
const OBJECT_BYTES: usize = 5 * 1024 * 1024 * 1024;

/// Writes objects to one bucket.
pub(crate) struct PutObject {
    signed_put: SignedPut,
    http: SharedHttpConnector,
}

impl PutObject {
    pub(crate) fn new(access: &AwsAccess, bucket: &BucketName) -> Self {
        Self {
            signed_put: SignedPut::new(access, bucket),
            http: access.http_connector(),
        }
    }
}

/// A batch of one: what is repeated, how long, and what an answer means is put-many's affair.
impl BatchApi for PutObject {
    type Entry = Object;

    fn limits(&self) -> Limits {
        Limits {
            count: NonZeroUsize::MIN,
            request_bytes: OBJECT_BYTES,
            entry_bytes: OBJECT_BYTES,
        }
    }

    fn entry_bytes(&self, object: &Object) -> usize {
        object.body.len()
    }

    async fn send(&self, objects: &[&Object]) -> Result<Vec<Verdict>, CallError> {
        for object in objects {
            self.send_one(object).await?;
        }
        Ok(vec![Verdict::Accepted; objects.len()])
    }
}

impl PutObject {
    async fn send_one(&self, object: &Object) -> Result<(), CallError> {
        let request = self
            .signed_put
            .request(&object.key, &object.body, SystemTime::now());
        let request = request
            .and_then(|request| Ok(HttpRequest::try_from(request)?))
            .map_err(|error| CallError::Fatal(Failure::new("NotSigned", error.to_string())))?;
        let response = self.http.call(request).await.map_err(|error| no_answer(&error))?;
        if response.status().is_success() {
            Ok(())
        } else {
            Err(refusal(response).await)
        }
    }
}

fn no_answer(error: &ConnectorError) -> CallError {
    let code = if error.is_timeout() { "Timeout" } else { "NoAnswer" };
    CallError::Retryable(Failure::new(code, error.to_string()))
}

/// Says what S3 said. Worth a repeat is what S3 calls its own fault, or too much or too slow a request.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>
async fn refusal(response: HttpResponse) -> CallError {
    let status = response.status().as_u16();
    let body = ByteStream::new(response.into_body()).collect().await;
    let body = body.map(|body| body.into_bytes()).unwrap_or_default();
    let body = String::from_utf8_lossy(&body);
    let code = element(&body, "Code").map_or_else(|| format!("Http{status}"), str::to_owned);
    let message = element(&body, "Message").unwrap_or("no explanation");
    let retryable = status >= 500
        || status == 429
        || ["OperationAborted", "RequestTimeout", "SlowDown"].contains(&code.as_str());
    let failure = Failure::new(code, message);
    if retryable {
        CallError::Retryable(failure)
    } else {
        CallError::Fatal(failure)
    }
}

/// The text of the first element of this name. S3's errors are one flat element of text elements, so nothing more of
/// XML is understood here.
fn element<'xml>(xml: &'xml str, name: &str) -> Option<&'xml str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    Some(text)
}
