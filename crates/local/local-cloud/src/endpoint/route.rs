//! Which service a request is for, and who answers for it.

use bytes::Bytes;
use http::{Request, header};
use local_firehose::LocalFirehose;
use stand_ins::personalize::Operation;

/// Where a request goes.
#[derive(Debug, PartialEq)]
pub(crate) struct Route {
    /// The service as the signature names it; [`UNSIGNED`] when nobody signed.
    pub(crate) signed: String,
    /// The service as botocore names its model: several services may sign by one name.
    pub(crate) service: String,
    pub(crate) backend: Backend,
}

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Backend {
    /// The Personalize stand-in.
    Personalize,
    /// The local warehouse.
    Warehouse,
    /// Firehose's direct puts.
    Firehose,
    /// The base emulator.
    Emulator,
}

/// The name for requests without a signature: a call through API Gateway, an upload to a signed URL of the emulator.
pub(crate) const UNSIGNED: &str = "unsigned";

/// Finds a request's way.
pub(crate) fn of(request: &Request<Bytes>) -> Route {
    let signed = signed_service(request).unwrap_or_else(|| UNSIGNED.to_owned());
    let service = service(&signed, target(request), request.uri().path()).to_owned();
    let answered_here = Operation::at(request.method(), request.uri().path()).is_some();
    let backend = if service != "personalize" && signed == "personalize" && answered_here {
        Backend::Personalize
    } else if service == "redshift-data" {
        Backend::Warehouse
    } else if service == "firehose" && LocalFirehose::serves(target(request)) {
        Backend::Firehose
    } else {
        Backend::Emulator
    };
    Route {
        signed,
        service,
        backend,
    }
}

/// The service in the credential scope `KEY/DATE/REGION/SERVICE/aws4_request`, of the header or of a signed URL.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>
fn signed_service(request: &Request<Bytes>) -> Option<String> {
    let header = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let scope = match header {
        Some(header) => header
            .split("Credential=")
            .nth(1)?
            .split([',', ' '])
            .next()?
            .to_owned(),
        None => {
            let query = request.uri().query()?;
            let credential = query
                .split('&')
                .find_map(|pair| pair.strip_prefix("X-Amz-Credential="))?;
            credential.replace("%2F", "/").replace("%2f", "/")
        }
    };
    let service = scope.rsplit('/').nth(1)?;
    (!service.is_empty()).then(|| service.to_owned())
}

fn target(request: &Request<Bytes>) -> &str {
    let target = request
        .headers()
        .get("x-amz-target")
        .and_then(|value| value.to_str().ok());
    target.unwrap_or_default()
}

/// The name of a service's model. Most sign by the model's name; the others are told apart by target or path.
fn service<'a>(signed: &'a str, target: &str, path: &str) -> &'a str {
    match signed {
        "apigateway" if path.starts_with("/v2/") => "apigatewayv2",
        // The API's own address, beside the service's.
        "appsync" if path.ends_with("/graphql") => "appsync-graphql",
        "dynamodb" if target.starts_with("DynamoDBStreams_") => "dynamodbstreams",
        "iotdata" | "iotdevicegateway" => "iot-data",
        "monitoring" => "cloudwatch",
        "personalize" if !target.is_empty() => "personalize",
        "personalize" => match path {
            "/recommendations" | "/personalize-ranking" | "/action-recommendations" => "personalize-runtime",
            _ => "personalize-events",
        },
        "sagemaker" if path.starts_with("/endpoints/") => "sagemaker-runtime",
        "states" => "stepfunctions",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(service: &str, path: &str, target: &str) -> Request<Bytes> {
        let credential = format!(
            "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
        );
        let mut request = Request::post(path).header("authorization", credential);
        if !target.is_empty() {
            request = request.header("x-amz-target", target);
        }
        request.body(Bytes::new()).unwrap()
    }

    #[test]
    fn services_that_sign_by_one_name_are_told_apart() {
        let cases = [
            (
                "kinesis",
                "/",
                "Kinesis_20131202.PutRecords",
                "kinesis",
                Backend::Emulator,
            ),
            (
                "dynamodb",
                "/",
                "DynamoDB_20120810.PutItem",
                "dynamodb",
                Backend::Emulator,
            ),
            (
                "dynamodb",
                "/",
                "DynamoDBStreams_20120810.GetRecords",
                "dynamodbstreams",
                Backend::Emulator,
            ),
            (
                "personalize",
                "/events",
                "",
                "personalize-events",
                Backend::Personalize,
            ),
            (
                "personalize",
                "/items",
                "",
                "personalize-events",
                Backend::Personalize,
            ),
            (
                "personalize",
                "/users",
                "",
                "personalize-events",
                Backend::Personalize,
            ),
            (
                "personalize",
                "/recommendations",
                "",
                "personalize-runtime",
                Backend::Personalize,
            ),
            (
                "personalize",
                "/personalize-ranking",
                "",
                "personalize-runtime",
                Backend::Personalize,
            ),
            (
                "personalize",
                "/",
                "AmazonPersonalize.CreateSchema",
                "personalize",
                Backend::Emulator,
            ),
            (
                "lambda",
                "/2015-03-31/functions/f/invocations",
                "",
                "lambda",
                Backend::Emulator,
            ),
            (
                "monitoring",
                "/",
                "GraniteServiceVersion20100801.PutMetricData",
                "cloudwatch",
                Backend::Emulator,
            ),
            (
                "redshift-data",
                "/",
                "RedshiftData.ExecuteStatement",
                "redshift-data",
                Backend::Warehouse,
            ),
            (
                "firehose",
                "/",
                "Firehose_20150804.PutRecordBatch",
                "firehose",
                Backend::Firehose,
            ),
            (
                "firehose",
                "/",
                "Firehose_20150804.CreateDeliveryStream",
                "firehose",
                Backend::Emulator,
            ),
            (
                "appsync",
                "/v1/apis/a/graphql",
                "",
                "appsync-graphql",
                Backend::Emulator,
            ),
            // Signed by another service, the same path is that service's.
            ("s3", "/events", "", "s3", Backend::Emulator),
        ];
        for (name, path, target, service, backend) in cases {
            let route = of(&signed(name, path, target));
            assert_eq!(
                (route.service.as_str(), route.backend),
                (service, backend),
                "{name} {path} {target}"
            );
            assert_eq!(route.signed, name);
        }
    }

    #[test]
    fn a_signed_url_carries_the_service_in_its_query() {
        let url = "/bucket/key?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=test%2F20260101%2Fus-east-1%2Fs3%2Faws4_request";
        let request = Request::put(url).body(Bytes::new()).unwrap();
        assert_eq!(of(&request).service, "s3");
    }

    #[test]
    fn what_nobody_signed_goes_to_the_emulator() {
        for header in [None, Some("Bearer token"), Some("AWS4-HMAC-SHA256 Credential=")] {
            let mut request = Request::get("/events");
            if let Some(header) = header {
                request = request.header("authorization", header);
            }
            let route = of(&request.body(Bytes::new()).unwrap());
            assert_eq!(
                (route.signed.as_str(), route.backend),
                (UNSIGNED, Backend::Emulator),
                "{header:?}"
            );
        }
    }
}
