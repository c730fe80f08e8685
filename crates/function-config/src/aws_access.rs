//! What a function needs to call AWS: region, credentials, endpoint, and one client configuration made of them.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::SystemTimeSource;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::{HttpConnectorSettings, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;

use crate::environment::{Environment, Reported};
use crate::http::{self, Roots};

/// How long a connection may take. A connection inside a region takes milliseconds; a longer wait is a lost packet.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// How long one call may take, connection and answer included. The caller's own deadline may end it sooner.
pub const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(15);

/// Region, credentials and endpoint, as Lambda hands them to a function.
#[derive(Debug, Clone)]
pub struct AwsAccess {
    region: String,
    credentials: Credentials,
    endpoint_url: Option<String>,
    connector: Arc<OnceLock<SharedHttpConnector>>,
}

impl AwsAccess {
    /// Reads `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN` and `AWS_ENDPOINT_URL`.
    ///
    /// The credentials are read once: those of an execution environment are not changed while it lives.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>
    ///
    /// # Errors
    /// [`Reported`] when region or keys are absent.
    pub fn read(environment: &mut Environment<'_>) -> Result<Self, Reported> {
        let region = environment.required("AWS_REGION", "a region, such as us-east-1");
        let access_key_id = environment.required::<String>("AWS_ACCESS_KEY_ID", "an access key's id");
        let secret = environment.required::<String>("AWS_SECRET_ACCESS_KEY", "the access key's secret");
        let session_token = environment.optional("AWS_SESSION_TOKEN", "a session token");
        let endpoint_url = environment.optional::<EndpointUrl>("AWS_ENDPOINT_URL", "an http or https URL");
        Ok(Self {
            region: region?,
            credentials: Credentials::new(access_key_id?, secret?, session_token?, None, "environment"),
            endpoint_url: endpoint_url?.map(|url| url.0),
            connector: Arc::default(),
        })
    }

    /// The region.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The credentials.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// The one endpoint of a local cloud; absent on AWS.
    pub fn endpoint_url(&self) -> Option<&str> {
        self.endpoint_url.as_deref()
    }

    /// The configuration that every client of the function is built from. All of them share [`Self::http_connector`],
    /// whose time-outs hold whatever a client sets for itself.
    pub fn sdk_config(&self) -> SdkConfig {
        let connector = self.http_connector();
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .operation_attempt_timeout(ATTEMPT_TIMEOUT)
            .build();
        let mut config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(self.region.clone()))
            .credentials_provider(SharedCredentialsProvider::new(self.credentials.clone()))
            .http_client(http_client_fn(move |_, _| connector.clone()))
            .sleep_impl(TokioSleep::new())
            .time_source(SystemTimeSource::new())
            .timeout_config(timeouts)
            // The callers retry, inside the invocation's deadline: a second retry below would multiply the attempts.
            .retry_config(RetryConfig::disabled())
            // Bodies are small and the attempt has a limit. Lambda freezes an environment between invocations, which
            // a throughput guard would take for a stall.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        config.set_endpoint_url(self.endpoint_url.clone());
        config.build()
    }

    /// The connections below the SDK, for a call that does not need it: the caller signs. One TLS configuration and one
    /// pool for all clients of the function, made at the first use.
    pub fn http_connector(&self) -> SharedHttpConnector {
        self.connector.get_or_init(|| self.connect()).clone()
    }

    fn connect(&self) -> SharedHttpConnector {
        let settings = HttpConnectorSettings::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(ATTEMPT_TIMEOUT)
            .build();
        http::connector(Roots::of(&self.region, self.endpoint_url()), settings)
    }
}

/// A URL that the HTTP client can use, without its trailing slash.
struct EndpointUrl(String);

impl std::str::FromStr for EndpointUrl {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let authority = text
            .strip_prefix("http://")
            .or_else(|| text.strip_prefix("https://"));
        match authority {
            Some(rest) if !rest.is_empty() && !rest.contains(char::is_whitespace) => {
                Ok(Self(text.trim_end_matches('/').to_owned()))
            }
            _ => Err(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_credential_types::provider::ProvideCredentials;

    use super::*;
    use crate::environment::EnvironmentError;

    const ON_LAMBDA: [(&str, &str); 4] = [
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "hunter2"),
        ("AWS_SESSION_TOKEN", "hunter3"),
    ];

    fn read(variables: &[(&str, &str)]) -> Result<AwsAccess, EnvironmentError> {
        let lookup = |name: &str| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        Environment::read(&lookup, AwsAccess::read)
    }

    #[test]
    fn a_client_is_configured_from_the_variables_alone() {
        let config = read(&ON_LAMBDA).unwrap().sdk_config();
        assert_eq!(config.region().map(Region::as_ref), Some("eu-west-1"));
        assert_eq!(config.endpoint_url(), None);
        assert_eq!(config.retry_config().map(RetryConfig::max_attempts), Some(1));
        let timeouts = config.timeout_config().unwrap();
        assert_eq!(timeouts.connect_timeout(), Some(CONNECT_TIMEOUT));
        assert_eq!(timeouts.operation_attempt_timeout(), Some(ATTEMPT_TIMEOUT));
        assert!(!config.stalled_stream_protection().unwrap().is_enabled());
        assert!(config.http_client().is_some());
    }

    #[tokio::test]
    async fn the_credentials_are_those_of_the_variables() {
        let config = read(&ON_LAMBDA).unwrap().sdk_config();
        let provider = config.credentials_provider().unwrap();
        let credentials = provider.provide_credentials().await.unwrap();
        assert_eq!(credentials.access_key_id(), "AKIDEXAMPLE");
        assert_eq!(credentials.secret_access_key(), "hunter2");
        assert_eq!(credentials.session_token(), Some("hunter3"));
        assert_eq!(credentials.expiry(), None);
    }

    #[test]
    fn missing_variables_are_all_named() {
        let error = read(&[]).unwrap_err();
        let names: Vec<_> = error
            .problems()
            .iter()
            .map(|problem| problem.variable())
            .collect();
        assert_eq!(
            names,
            ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
        );
    }

    #[test]
    fn no_secret_is_in_the_debug_format() {
        let access = read(&ON_LAMBDA).unwrap();
        let debug = format!("{access:?} {:?}", access.sdk_config());
        assert!(!debug.contains("hunter"), "{debug}");
    }

    #[test]
    fn an_endpoint_is_a_url_without_its_last_slash() {
        let endpoint_url = |url| {
            let access = read(&[&ON_LAMBDA[..], &[("AWS_ENDPOINT_URL", url)]].concat());
            access.map(|access| access.sdk_config().endpoint_url().map(str::to_owned))
        };
        for url in ["http://127.0.0.1:4566", "http://127.0.0.1:4566/"] {
            assert_eq!(endpoint_url(url), Ok(Some("http://127.0.0.1:4566".to_owned())));
        }
        for url in ["127.0.0.1:4566", "ftp://host", "http://", "https://a b"] {
            let error = endpoint_url(url).unwrap_err().to_string();
            let expected = "environment: AWS_ENDPOINT_URL is not valid, expected an http or https URL";
            assert_eq!(error, expected, "{url}");
        }
    }
}
