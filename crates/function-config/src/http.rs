//! The one HTTP client and TLS stack of a function.

use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::{HttpConnectorSettings, SharedHttpConnector};

/// Whose certificates are believed.
///
/// A connector parses its roots when it is built, so they are part of a function's start: the system's bundle of some 140
/// certificates costs more than everything else that happens before the first poll (README.md has the figures).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Roots {
    /// Nobody's: the endpoint is plain `http`, and TLS to any other host fails.
    Nobody,
    /// Those that certify AWS's own endpoints.
    /// <https://www.amazontrust.com/repository/>
    AmazonTrustServices,
    /// Those of the system, for an `https` endpoint that is not AWS's and for partitions with certificates of their own.
    System,
}

const AMAZON_TRUST_SERVICES: &str = include_str!("amazon_trust_services.pem");

/// Regions outside the partitions that Amazon Trust Services is known to certify: China, the sovereign cloud, and the
/// isolated partitions.
const OTHER_PARTITIONS: [&str; 3] = ["cn-", "eusc-", "-iso"];

impl Roots {
    pub(crate) fn of(region: &str, endpoint_url: Option<&str>) -> Self {
        match endpoint_url {
            Some(url) if url.starts_with("http://") => Self::Nobody,
            Some(_) => Self::System,
            None if OTHER_PARTITIONS.iter().any(|part| region.contains(part)) => Self::System,
            None => Self::AmazonTrustServices,
        }
    }

    fn tls_context(self) -> TlsContext {
        let context = TlsContext::builder().with_trust_store(self.trust_store()).build();
        // Building checks nothing today. Should it ever fail, the default believes the system's roots.
        context.unwrap_or_default()
    }

    fn trust_store(self) -> TrustStore {
        match self {
            Self::Nobody => TrustStore::empty(),
            Self::AmazonTrustServices => TrustStore::empty().with_pem_certificate(AMAZON_TRUST_SERVICES),
            Self::System => TrustStore::default(),
        }
    }
}

/// Connections with rustls over ring. Their pool is shared by all clones.
pub(crate) fn connector(roots: Roots, settings: HttpConnectorSettings) -> SharedHttpConnector {
    let connector = Connector::builder()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(roots.tls_context())
        .connector_settings(settings)
        .sleep_impl(TokioSleep::new())
        .build();
    SharedHttpConnector::new(connector)
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn the_endpoint_decides_whose_certificates_are_believed() {
        let cases = [
            ("us-east-1", None, Roots::AmazonTrustServices),
            ("us-gov-west-1", None, Roots::AmazonTrustServices),
            ("cn-north-1", None, Roots::System),
            ("eusc-de-east-1", None, Roots::System),
            ("us-iso-east-1", None, Roots::System),
            ("us-isob-east-1", None, Roots::System),
            ("us-east-1", Some("https://cloud.example"), Roots::System),
            ("cn-north-1", Some("http://127.0.0.1:4566"), Roots::Nobody),
        ];
        for (region, endpoint_url, expected) in cases {
            assert_eq!(
                Roots::of(region, endpoint_url),
                expected,
                "{region} {endpoint_url:?}"
            );
        }
    }

    /// Fingerprints as Amazon Trust Services publishes them; a client would panic over a certificate that is broken.
    #[test]
    fn the_roots_are_the_five_of_amazon_trust_services() {
        let fingerprints: Vec<_> = certificates(AMAZON_TRUST_SERVICES)
            .iter()
            .map(|certificate| {
                Sha256::digest(certificate)
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect::<String>()
            })
            .collect();
        let published = [
            "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e",
            "1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4",
            "18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4",
            "e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092",
            "568d6905a2c88708a4b3025190edcfedb1974a606a13c6e5290fcb2ae63edab5",
        ];
        assert_eq!(fingerprints, published);
    }

    #[test]
    fn our_own_roots_make_a_connector() {
        for roots in [Roots::Nobody, Roots::AmazonTrustServices] {
            let _connector = connector(roots, HttpConnectorSettings::default());
        }
    }

    fn certificates(pem: &str) -> Vec<Vec<u8>> {
        let blocks = pem.split("-----BEGIN CERTIFICATE-----").skip(1);
        blocks
            .map(|block| {
                let (text, _) = block.split_once("-----END CERTIFICATE-----").unwrap();
                STANDARD
                    .decode(text.split_whitespace().collect::<String>())
                    .unwrap()
            })
            .collect()
    }
}
