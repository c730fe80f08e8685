//! A certificate for the simulated fleet: made by the emulator, under the stack's device policy, in files as a device has
//! them.

use std::io;
use std::path::{Path, PathBuf};

use http::Method;
use serde_json::{Value, json};

use crate::Error;
use crate::endpoint::Services;

/// Where a device connects, and what it shows.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DeviceCredentials {
    /// Host and port of the MQTT broker.
    pub endpoint: String,
    /// The certificate of the authority that signed the broker's.
    pub certificate_authority: PathBuf,
    /// The fleet's certificate.
    pub certificate: PathBuf,
    /// Its private key.
    pub private_key: PathBuf,
}

/// Makes a certificate, attaches the policy to it, and writes its files into `directory`. The broker listens at `port`.
pub(crate) async fn register(
    services: &Services,
    policy_name: &str,
    port: u16,
    directory: &Path,
) -> Result<DeviceCredentials, Error> {
    let failed = |what: &str| Error::argument(format!("a certificate for the fleet: {what}"));
    let path = "/keys-and-certificate?setAsActive=true";
    let made = services.ask_path("iot", (&Method::POST, path), &Value::Null);
    let made = made.await.ok_or_else(|| failed("the emulator makes none"))?;
    let of = |pointer: &str| {
        let text = made.pointer(pointer).and_then(Value::as_str);
        text.ok_or_else(|| failed(&format!("the emulator's answer has no {pointer}")))
    };
    let target = json!({ "target": of("/certificateArn")? });
    let path = format!("/target-policies/{policy_name}");
    let attached = services.ask_path("iot", (&Method::PUT, &path), &target);
    attached
        .await
        .ok_or_else(|| failed("the emulator does not attach the policy"))?;
    let authority = services.text("/_ministack/iot/ca.pem");
    let authority = authority
        .await
        .ok_or_else(|| failed("the emulator has no authority"))?;
    let credentials = DeviceCredentials {
        // The name in the broker's certificate.
        endpoint: format!("localhost:{port}"),
        certificate_authority: directory.join("ca.pem"),
        certificate: directory.join("certificate.pem"),
        private_key: directory.join("private-key.pem"),
    };
    let files = [
        (&credentials.certificate_authority, authority.as_str()),
        (&credentials.certificate, of("/certificatePem")?),
        (&credentials.private_key, of("/keyPair/PrivateKey")?),
    ];
    write_all(directory, &files).map_err(Error::machine(format!("write to {}", directory.display())))?;
    Ok(credentials)
}

fn write_all(directory: &Path, files: &[(&PathBuf, &str)]) -> io::Result<()> {
    std::fs::create_dir_all(directory)?;
    for (path, text) in files {
        std::fs::write(path, text)?;
    }
    Ok(())
}
