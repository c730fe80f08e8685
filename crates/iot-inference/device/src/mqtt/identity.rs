//! Who a client is, and whom it trusts: three files in PEM.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, Error, RootCertStore};

/// The files of a client.
#[derive(Debug, Clone, Copy)]
pub struct Files<'f> {
    /// Certificates of whom the broker's certificate has to come from.
    pub ca: &'f Path,
    /// The client's certificate, and those that it was issued by, if they are needed.
    pub certificate: &'f Path,
    /// The private key of the certificate.
    pub key: &'f Path,
    /// What the arguments are called that name the last two.
    pub arguments: (&'static str, &'static str),
}

/// A file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{argument} {}: {reason}", file.display())]
pub struct IdentityError {
    argument: &'static str,
    file: PathBuf,
    reason: String,
}

/// Both sides show a certificate; the cryptography is ring's.
pub(super) fn client_config(files: &Files<'_>) -> Result<ClientConfig, IdentityError> {
    let (certificate_argument, key_argument) = files.arguments;
    let ca = Pem::new("--ca", files.ca);
    let certificate = Pem::new(certificate_argument, files.certificate);
    let key = Pem::new(key_argument, files.key);

    let mut roots = RootCertStore::empty();
    for root in ca.certificates()? {
        roots.add(root).map_err(|error| ca.fault(error.to_string()))?;
    }
    let (chain, private) = (certificate.certificates()?, key.private_key()?);
    let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| ca.fault(error.to_string()))?;
    let built = builder
        .with_root_certificates(roots)
        .with_client_auth_cert(chain, private);
    built.map_err(|error| match error {
        Error::InconsistentKeys(_) => key.fault(format!(
            "does not fit the certificate of {certificate_argument} {}",
            files.certificate.display()
        )),
        Error::InvalidCertificate(_) => certificate.fault(error.to_string()),
        other => key.fault(other.to_string()),
    })
}

/// A file in PEM. Its bytes are in no message: they may be a key.
struct Pem<'f> {
    argument: &'static str,
    file: &'f Path,
}

impl<'f> Pem<'f> {
    fn new(argument: &'static str, file: &'f Path) -> Self {
        Self { argument, file }
    }

    fn fault(&self, reason: impl Into<String>) -> IdentityError {
        IdentityError {
            argument: self.argument,
            file: self.file.to_owned(),
            reason: reason.into(),
        }
    }

    fn read(&self) -> Result<Vec<u8>, IdentityError> {
        std::fs::read(self.file).map_err(|error| self.fault(error.to_string()))
    }

    fn certificates(&self) -> Result<Vec<CertificateDer<'static>>, IdentityError> {
        let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&self.read()?).collect();
        match certificates {
            Ok(certificates) if !certificates.is_empty() => Ok(certificates),
            _ => Err(self.fault("holds no certificate in PEM")),
        }
    }

    fn private_key(&self) -> Result<PrivateKeyDer<'static>, IdentityError> {
        PrivateKeyDer::from_pem_slice(&self.read()?).map_err(|_| self.fault("holds no private key in PEM"))
    }
}
