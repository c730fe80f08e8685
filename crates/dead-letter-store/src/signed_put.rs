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
