//! Errors as each protocol writes them.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use serde_json::json;

use super::Call;

/// How a service writes an error.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Protocol {
    /// `__type` in a JSON body: Kinesis, DynamoDB, SQS, Firehose, CloudWatch Logs.
    Json {
        /// The content type of the request, and so of the answer.
        content_type: &'static str,
    },
    /// The type in the header `x-amzn-ErrorType`: Personalize, Lambda, API Gateway.
    RestJson,
    /// An XML document that is the error: S3.
    RestXml,
    /// An XML document that holds the error: CloudFormation, IAM, STS.
    Query,
}

impl Protocol {
    /// The protocol of a request, by its content type: some services speak several.
    #[must_use]
    pub fn of(service: &str, headers: &HeaderMap) -> Self {
        let content_type = headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        match content_type {
            _ if service == "s3" => Self::RestXml,
            "application/x-amz-json-1.0" => Self::Json {
                content_type: "application/x-amz-json-1.0",
            },
            "application/x-amz-json-1.1" => Self::Json {
                content_type: "application/x-amz-json-1.1",
            },
            form if form.starts_with("application/x-www-form-urlencoded") => Self::Query,
            _ => Self::RestJson,
        }
    }
}

/// An error of the service's own kind that says: too many calls, try later.
pub(super) fn throttle(protocol: Protocol, call: Call<'_>) -> Response<Bytes> {
    let (code, status) = match (call.service, call.operation) {
        ("kinesis", "PutRecord" | "PutRecords" | "GetRecords" | "GetShardIterator") => {
            ("ProvisionedThroughputExceededException", StatusCode::BAD_REQUEST)
        }
        ("kinesis", _) => ("LimitExceededException", StatusCode::BAD_REQUEST),
        ("dynamodb", operation) if is_table_data(operation) => {
            ("ProvisionedThroughputExceededException", StatusCode::BAD_REQUEST)
        }
        ("firehose", "PutRecord" | "PutRecordBatch") => {
            ("ServiceUnavailableException", StatusCode::SERVICE_UNAVAILABLE)
        }
        ("sqs", _) => ("RequestThrottled", StatusCode::BAD_REQUEST),
        ("lambda" | "apigateway", _) => ("TooManyRequestsException", StatusCode::TOO_MANY_REQUESTS),
        ("s3", _) => ("SlowDown", StatusCode::SERVICE_UNAVAILABLE),
        _ if protocol == Protocol::Query => ("Throttling", StatusCode::BAD_REQUEST),
        _ => ("ThrottlingException", StatusCode::BAD_REQUEST),
    };
    error_answer(protocol, status, code, "Rate exceeded")
}

/// An error of the service's own kind that says: it is the service's fault.
pub(super) fn server_error(protocol: Protocol, call: Call<'_>) -> Response<Bytes> {
    let code = match call.service {
        "kinesis" => "InternalFailureException",
        "dynamodb" | "ssm" => "InternalServerError",
        "lambda" => "ServiceException",
        "s3" => "InternalError",
        _ => "InternalFailure",
    };
    error_answer(
        protocol,
        StatusCode::INTERNAL_SERVER_ERROR,
        code,
        "internal failure, on purpose",
    )
}

/// An error in the protocol's form. `code` and `message` are plain words: nothing in them needs escaping.
#[must_use]
pub fn error_answer(protocol: Protocol, status: StatusCode, code: &str, message: &str) -> Response<Bytes> {
    let (content_type, body) = match protocol {
        Protocol::Json { content_type } => (
            content_type,
            json!({ "__type": code, "message": message }).to_string(),
        ),
        Protocol::RestJson => ("application/json", json!({ "message": message }).to_string()),
        Protocol::RestXml => ("application/xml", rest_xml(code, message)),
        Protocol::Query => ("text/xml", query_xml(status, code, message)),
    };
    let mut answer = Response::new(Bytes::from(body));
    *answer.status_mut() = status;
    answer
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let (Protocol::RestJson, Ok(code)) = (protocol, HeaderValue::from_str(code)) {
        answer.headers_mut().insert("x-amzn-errortype", code);
    }
    answer
}

fn is_table_data(operation: &str) -> bool {
    const DATA: [&str; 10] = [
        "BatchGetItem",
        "BatchWriteItem",
        "DeleteItem",
        "GetItem",
        "PutItem",
        "Query",
        "Scan",
        "TransactGetItems",
        "TransactWriteItems",
        "UpdateItem",
    ];
    DATA.contains(&operation)
}

fn rest_xml(code: &str, message: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message>\
         <RequestId>{REQUEST_ID}</RequestId></Error>"
    )
}

fn query_xml(status: StatusCode, code: &str, message: &str) -> String {
    let fault = if status.is_server_error() {
        "Receiver"
    } else {
        "Sender"
    };
    format!(
        "<ErrorResponse><Error><Type>{fault}</Type><Code>{code}</Code><Message>{message}</Message></Error>\
         <RequestId>{REQUEST_ID}</RequestId></ErrorResponse>"
    )
}

/// Nobody served the request: one id will do.
const REQUEST_ID: &str = "00000000-0000-4000-8000-000000000000";
