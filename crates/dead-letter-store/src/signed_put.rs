//! PutObject as one signed request.
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html>

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4::SigningParams;
use aws_smithy_types::body::SdkBody;
use function_config::AwsAccess;

use crate::bucket::BucketName;

/// Where a bucket is, and as whom it is written to.
pub(crate) struct SignedPut {
    base_url: String,
    region: String,
    credentials: Credentials,
}

type SigningError = Box<dyn std::error::Error + Send + Sync>;

impl SignedPut {
    pub(crate) fn new(access: &AwsAccess, bucket: &BucketName) -> Self {
        Self {
            base_url: base_url(access.region(), access.endpoint_url(), bucket),
            region: access.region().to_owned(),
            credentials: access.credentials().clone(),
        }
    }

    /// The request for one object. `key` holds no character that a URL escapes.
    pub(crate) fn request(
        &self,
        key: &str,
        body: &[u8],
        now: SystemTime,
    ) -> Result<http::Request<SdkBody>, SigningError> {
        let url = format!("{}/{key}", self.base_url);
        let identity = self.credentials.clone().into();
        let parameters = SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("s3")
            .time(now)
            .settings(settings())
            .build()?
            .into();
        let headers = [("content-type", "application/json")];
        let signable = SignableRequest::new(
            "PUT",
            url.as_str(),
            headers.into_iter(),
            SignableBody::Bytes(body),
        )?;
        let (instructions, _signature) = sign(signable, &parameters)?.into_parts();
        let mut request = http::Request::put(&url)
            .header("content-type", "application/json")
            .body(SdkBody::from(body))?;
        instructions.apply_to_request_http1x(&mut request);
        Ok(request)
    }
}

/// S3 wants the payload's digest in a header, and the path as it is sent.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>
fn settings() -> SigningSettings {
    let mut settings = SigningSettings::default();
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    settings.percent_encoding_mode = PercentEncodingMode::Single;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    settings
}

/// The bucket in the host name, as S3 prefers it; in the path where a certificate would not cover the host name, and
/// for an endpoint of one's own.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html>
fn base_url(region: &str, endpoint_url: Option<&str>, bucket: &BucketName) -> String {
    let name = bucket.as_str();
    match endpoint_url {
        Some(url) => format!("{url}/{name}"),
        None if bucket.is_one_label() => format!("https://{name}.{}", host(region)),
        None => format!("https://{}/{name}", host(region)),
    }
}

/// <https://docs.aws.amazon.com/general/latest/gr/s3.html>
fn host(region: &str) -> String {
    let suffix = if region.starts_with("cn-") {
        "amazonaws.com.cn"
    } else {
        "amazonaws.com"
    };
    format!("s3.{region}.{suffix}")
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use function_config::Environment;

    use super::*;

    const KEY: &str = "dead-letters/clicks/shardId-000000000006/100-105-0123456789abcdef.json";
    const BODY: &[u8] = br#"{"deadLetters":[]}"#;

    fn authorization(variables: &[(&str, &str)]) -> String {
        let lookup = |name: &str| {
            let value = match name {
                "AWS_REGION" => Some("us-east-1"),
                "AWS_ACCESS_KEY_ID" => Some("AKIDEXAMPLE"),
                "AWS_SECRET_ACCESS_KEY" => Some("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
                _ => variables
                    .iter()
                    .find(|(variable, _)| *variable == name)
                    .map(|(_, value)| *value),
            };
            value.map(str::to_owned)
        };
        let access = Environment::read(&lookup, AwsAccess::read).unwrap();
        let put = SignedPut::new(&access, &"letters".parse().unwrap());
        let request = put
            .request(KEY, BODY, UNIX_EPOCH + Duration::from_secs(964_982_703))
            .unwrap();
        assert_eq!(request.headers()["x-amz-date"], "20000730T184503Z");
        request.headers()["authorization"].to_str().unwrap().to_owned()
    }

    /// The signatures are botocore's (`S3SigV4Auth`) for the same requests.
    #[test]
    fn another_implementation_signs_alike() {
        let on_aws = authorization(&[]);
        assert!(on_aws.ends_with(
            "SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date, \
             Signature=da3cbc260d748bcaef3f94a6c737657f6fb55fcf14dd795abd6e13a5913e7ee3"
        ));
        let local = [
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:4566"),
            ("AWS_SESSION_TOKEN", "token"),
        ];
        let local = authorization(&local);
        assert!(local.ends_with(
            "SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token, \
             Signature=0f891812307a47317a301f55e1d2478bce8260fb3110197ffc4c844f6efc36e2"
        ));
    }

    #[test]
    fn a_bucket_is_in_the_host_name_where_a_certificate_covers_it() {
        let cases = [
            (
                "us-east-1",
                None,
                "letters",
                "https://letters.s3.us-east-1.amazonaws.com",
            ),
            (
                "cn-north-1",
                None,
                "letters",
                "https://letters.s3.cn-north-1.amazonaws.com.cn",
            ),
            (
                "us-east-1",
                None,
                "my.letters",
                "https://s3.us-east-1.amazonaws.com/my.letters",
            ),
            (
                "us-east-1",
                Some("http://127.0.0.1:4566"),
                "letters",
                "http://127.0.0.1:4566/letters",
            ),
        ];
        for (region, endpoint_url, bucket, expected) in cases {
            assert_eq!(base_url(region, endpoint_url, &bucket.parse().unwrap()), expected);
        }
    }
}
