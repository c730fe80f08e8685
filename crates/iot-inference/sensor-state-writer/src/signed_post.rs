//! A GraphQL request to AppSync, signed for IAM.
//! <https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-iam-authorization>

use std::fmt;
use std::str::FromStr;
use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use function_config::AwsAccess;

/// Where a GraphQL API is, and as whom it is called.
pub(crate) struct SignedPost {
    url: GraphqlUrl,
    region: String,
    credentials: Credentials,
}

type SigningError = Box<dyn std::error::Error + Send + Sync>;

impl SignedPost {
    pub(crate) fn new(access: &AwsAccess, url: &GraphqlUrl) -> Self {
        Self {
            url: url.clone(),
            region: access.region().to_owned(),
            credentials: access.credentials().clone(),
        }
    }

    pub(crate) fn request(&self, body: &[u8], now: SystemTime) -> Result<HttpRequest, SigningError> {
        let identity = self.credentials.clone().into();
        let parameters = SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("appsync")
            .time(now)
            .settings(SigningSettings::default())
            .build()?
            .into();
        let headers = [("content-type", "application/json")];
        let signable = SignableRequest::new(
            "POST",
            self.url.as_str(),
            headers.into_iter(),
            SignableBody::Bytes(body),
        )?;
        let (instructions, _signature) = sign(signable, &parameters)?.into_parts();
        let mut request = http::Request::post(self.url.as_str())
            .header("content-type", "application/json")
            .body(body.to_vec().into())?;
        instructions.apply_to_request_http1x(&mut request);
        Ok(HttpRequest::try_from(request)?)
    }
}

/// The address of a GraphQL API, without a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphqlUrl(String);

impl GraphqlUrl {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text is no address of a GraphQL API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidGraphqlUrl;

impl fmt::Display for InvalidGraphqlUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an http or https URL with a path and no query")
    }
}

impl std::error::Error for InvalidGraphqlUrl {}

impl FromStr for GraphqlUrl {
    type Err = InvalidGraphqlUrl;

    fn from_str(text: &str) -> Result<Self, InvalidGraphqlUrl> {
        let uri: http::Uri = text.parse().map_err(|_| InvalidGraphqlUrl)?;
        let has_scheme = matches!(uri.scheme_str(), Some("http" | "https"));
        let has_path = uri.path().len() > 1 && uri.query().is_none();
        let is_url = has_scheme && has_path && uri.host().is_some_and(|host| !host.is_empty());
        is_url.then(|| Self(text.to_owned())).ok_or(InvalidGraphqlUrl)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use function_config::Environment;

    use super::*;

    const BODY: &[u8] = br#"{"query":"mutation"}"#;

    fn authorization(url: &str, session_token: Option<&str>) -> String {
        let lookup = |name: &str| {
            let value = match name {
                "AWS_REGION" => "us-east-1",
                "AWS_ACCESS_KEY_ID" => "AKIDEXAMPLE",
                "AWS_SECRET_ACCESS_KEY" => "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                "AWS_SESSION_TOKEN" => session_token?,
                _ => return None,
            };
            Some(value.to_owned())
        };
        let access = Environment::read(&lookup, AwsAccess::read).expect("complete");
        let post = SignedPost::new(&access, &url.parse().expect("a URL"));
        let now = UNIX_EPOCH + Duration::from_secs(964_982_703);
        let request = post.request(BODY, now).expect("a request");
        assert_eq!(request.method(), "POST");
        assert_eq!(request.uri(), url);
        assert_eq!(request.body().bytes(), Some(BODY));
        let header = |name| request.headers().get(name).expect("a header").to_owned();
        assert_eq!(header("x-amz-date"), "20000730T184503Z");
        assert_eq!(header("content-type"), "application/json");
        header("authorization")
    }

    /// The signatures are botocore's (`SigV4Auth`) for the same requests.
    #[test]
    fn another_implementation_signs_alike() {
        let on_aws = authorization(
            "https://example123.appsync-api.us-east-1.amazonaws.com/graphql",
            None,
        );
        assert_eq!(
            on_aws,
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20000730/us-east-1/appsync/aws4_request, \
             SignedHeaders=content-type;host;x-amz-date, \
             Signature=caa1cb63826704d7d7b0d7c071123cd4de0a9d35e14d85593c9f10d9ac741b1d"
        );
        let local = authorization("http://127.0.0.1:4566/v1/apis/abc/graphql", Some("token"));
        assert!(
            local.ends_with(
                "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, \
                 Signature=6fcb4933fb509a6ff315c8ff529f6ad7aa33e13314f8528a1f3a0196c550ff01"
            ),
            "{local}"
        );
    }

    #[test]
    fn an_address_has_a_scheme_a_host_and_a_path() {
        for url in [
            "https://example123.appsync-api.eu-west-1.amazonaws.com/graphql",
            "http://127.0.0.1:4566/graphql",
        ] {
            assert_eq!(url.parse::<GraphqlUrl>().expect("a URL").as_str(), url);
        }
        for text in [
            "",
            "graphql",
            "/graphql",
            "https://host",
            "https://host/",
            "wss://host/graphql",
            "https://host/graphql?a=b",
            "https://a b/graphql",
        ] {
            assert_eq!(text.parse::<GraphqlUrl>(), Err(InvalidGraphqlUrl), "{text:?}");
        }
    }
}
