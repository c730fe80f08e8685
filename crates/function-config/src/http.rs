//! The one HTTP client and TLS stack of a function.

use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

/// A client with rustls over ring. The roots of trust are the system's, except for a plain `http` endpoint, where
/// reading them would only slow the start; TLS to another host then fails instead of trusting nobody's certificate.
pub(crate) fn client(endpoint_url: Option<&str>) -> SharedHttpClient {
    let builder = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring));
    if endpoint_url.is_some_and(|url| url.starts_with("http://")) {
        let without_roots = TlsContext::builder()
            .with_trust_store(TrustStore::empty())
            .build();
        return match without_roots {
            Ok(context) => builder.tls_context(context).build_https(),
            Err(_) => builder.build_https(),
        };
    }
    builder.build_https()
}
