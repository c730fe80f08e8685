//! Certificates on both sides, and the command that is given them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use device::entry::Entry;
use device::mqtt::{self, Address, Client, Files, Mqtt};
use device::sink::{Answer, Sink};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rumqttc::ConnectReturnCode;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tempfile::TempDir;

use crate::broker::{Broker, Reply};
use crate::command::{device, said, told};
use crate::fleet_to_sink::arrived;

/// Who issues certificates, and the files that it gives out.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    folder: TempDir,
}

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let folder = tempfile::tempdir().expect("a folder");
        let certificate = params.self_signed(&key).expect("a certificate");
        std::fs::write(folder.path().join("ca.pem"), certificate.pem()).expect("written");
        let issuer = Issuer::new(params, key);
        let authority = Self { issuer, folder };
        authority.issue("broker");
        authority.issue("client");
        authority
    }

    fn issue(&self, name: &str) {
        let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("a name");
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        std::fs::write(self.file(&format!("{name}.pem")), certificate.pem()).expect("written");
        std::fs::write(self.file(&format!("{name}.key")), key.serialize_pem()).expect("written");
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn broker(&self, rule: impl Fn(&rumqttc::Publish, usize) -> Reply + Send + Sync + 'static) -> Broker {
        let provider = Arc::new(default_provider());
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_file(self.file("ca.pem")).unwrap())
            .unwrap();
        let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_client_cert_verifier(clients.build().unwrap())
            .with_single_cert(
                vec![CertificateDer::from_pem_file(self.file("broker.pem")).unwrap()],
                PrivateKeyDer::from_pem_file(self.file("broker.key")).unwrap(),
            );
        Broker::start_with(
            rule,
            |_| ConnectReturnCode::Success,
            Some(Arc::new(config.unwrap())),
        )
    }

    /// A sink with the certificate of this authority, which trusts `ca`.
    fn sink(&self, broker: &Broker, ca: &Path) -> Mqtt {
        let address = broker.address.to_string().parse().unwrap();
        let tls = mqtt::tls(
            &files(ca, &self.file("client.pem"), &self.file("client.key")),
            &address,
        )
        .unwrap();
        Mqtt::new(broker.settings(Client::EachDevice, Some(tls)))
    }

    /// The arguments for a broker.
    fn arguments(&self, broker: &Broker) -> String {
        let (ca, certificate, key) = (
            self.file("ca.pem"),
            self.file("client.pem"),
            self.file("client.key"),
        );
        let files = format!(
            "--ca {} --certificate {} --key {}",
            ca.display(),
            certificate.display(),
            key.display()
        );
        format!("--mqtt {} {files}", broker.address)
    }
}

fn files<'f>(ca: &'f Path, certificate: &'f Path, key: &'f Path) -> Files<'f> {
    Files {
        ca,
        certificate,
        key,
        arguments: ("--certificate", "--key"),
    }
}

async fn answer_to(sink: &Mqtt) -> Answer {
    let entry = Entry::new(&"a".parse().unwrap(), &"turin".parse().unwrap(), "1");
    sink.send(&[entry], Duration::from_secs(20)).await.remove(0)
}

#[tokio::test]
async fn both_sides_show_a_certificate_of_whom_the_other_trusts() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let broker = authority.broker(|_, _| Reply::Ack);
    let ca = authority.file("ca.pem");
    assert_eq!(
        answer_to(&authority.sink(&broker, &ca)).await,
        Answer::Acknowledged
    );

    let Answer::Unanswered(why) = answer_to(&authority.sink(&broker, &stranger.file("ca.pem"))).await else {
        panic!("a broker of whom it has never heard");
    };
    assert!(
        why.contains("client a: TLS: ") && why.contains("invalid peer certificate"),
        "{why}"
    );

    let Answer::Unanswered(why) = answer_to(&stranger.sink(&broker, &ca)).await else {
        panic!("a client of whom the broker has never heard");
    };
    assert!(why.contains("client a: "), "{why}");
    assert_eq!(broker.seen(|seen| seen.taken.len()), 1);
}

#[test]
fn a_file_that_cannot_be_used_is_named_with_its_argument() {
    let (authority, other) = (Authority::new(), Authority::new());
    let (ca, certificate, key) = (
        authority.file("ca.pem"),
        authority.file("client.pem"),
        authority.file("client.key"),
    );
    let (prose, missing) = (authority.file("prose"), authority.file("missing"));
    std::fs::write(&prose, "-----BEGIN CERTIFICATE-----\nno, prose").unwrap();
    let address: Address = "localhost:8883".parse().unwrap();
    let absent = "No such file or directory (os error 2)";
    let unfit = format!(
        "does not fit the certificate of --certificate {}",
        certificate.display()
    );
    let other_key = other.file("client.key");
    let cases = [
        (&missing, &certificate, &key, "--ca", &missing, absent),
        (&ca, &missing, &key, "--certificate", &missing, absent),
        (&ca, &certificate, &missing, "--key", &missing, absent),
        (
            &prose,
            &certificate,
            &key,
            "--ca",
            &prose,
            "holds no certificate in PEM",
        ),
        (
            &key,
            &certificate,
            &key,
            "--ca",
            &key,
            "holds no certificate in PEM",
        ),
        (
            &ca,
            &prose,
            &key,
            "--certificate",
            &prose,
            "holds no certificate in PEM",
        ),
        (
            &ca,
            &certificate,
            &prose,
            "--key",
            &prose,
            "holds no private key in PEM",
        ),
        (
            &ca,
            &certificate,
            &certificate,
            "--key",
            &certificate,
            "holds no private key in PEM",
        ),
        (&ca, &certificate, &other_key, "--key", &other_key, unfit.as_str()),
    ];
    for (ca, certificate, key, argument, file, reason) in cases {
        let error = mqtt::tls(&files(ca, certificate, key), &address).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("{argument} {}: {reason}", file.display())
        );
    }
}

#[test]
fn port_443_is_told_what_is_spoken() {
    let authority = Authority::new();
    let (ca, certificate, key) = (
        authority.file("ca.pem"),
        authority.file("client.pem"),
        authority.file("client.key"),
    );
    let alpn = |address: &str| {
        let tls = mqtt::tls(&files(&ca, &certificate, &key), &address.parse().unwrap());
        tls.unwrap().alpn_protocols.clone()
    };
    assert_eq!(alpn("localhost:443"), [b"x-amzn-mqtt-ca"]);
    assert!(alpn("localhost:8883").is_empty());
}

#[test]
fn a_fleet_that_is_killed_and_started_again_loses_nothing() {
    let authority = Authority::new();
    let broker = authority.broker(|_, number| match number % 700 {
        699 => Reply::TakeAndClose,
        _ => Reply::Ack,
    });
    let (spool, truth) = (authority.file("spool"), authority.file("truth.jsonl"));
    let sending = format!(
        "--faults all --spool {} --truth {} {}",
        spool.display(),
        truth.display(),
        authority.arguments(&broker)
    );
    for round in 1..=3 {
        let arguments = format!("fleet --devices 20 --readings 1000000 --seed {round} {sending}");
        let mut fleet = device(&arguments, &[]).spawn().expect("the command runs");
        broker.wait_until(|seen| seen.taken.len() >= round * 600);
        fleet.kill().expect("killed");
        fleet.wait().expect("ended");
    }
    let last = device(&format!("fleet --devices 3 --readings 50 {sending}"), &[]).output();
    let last = last.expect("the command runs");
    assert_eq!(last.status.code(), Some(0), "{}", said(&last));
    let summary = String::from_utf8(last.stdout).unwrap();
    assert!(summary.ends_with("0 refused, 0 dropped, 0 wait\n"), "{summary}");
    let readings: BTreeSet<_> = arrived(&broker.entries()).0.into_keys().collect();
    assert!(readings.len() > 900);
    assert_eq!(readings, told(&truth));
}

#[test]
fn a_file_is_replayed_through_one_connection() {
    let authority = Authority::new();
    let broker = authority.broker(|_, _| Reply::Ack);
    let file = authority.file("room.csv");
    std::fs::write(&file, "timestamp,value\n2013-07-04 00:00:00,69.88083514\n").unwrap();
    let arguments = format!(
        "replay --input {} --client-id core-1 {}",
        file.display(),
        authority.arguments(&broker)
    );
    let output = device(&arguments, &[]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    broker.wait_until(|seen| seen.disconnects == ["core-1"]);
    broker.seen(|seen| assert_eq!(seen.taken[0].1, "telemetry/hamburg/d-replay"));
}

#[test]
fn what_was_given_wrong_is_named_and_ends_with_2() {
    let output = device(
        "fleet --readings 1 --mqtt localhost:8883 --ca no/ca.pem --certificate c --key k",
        &[],
    )
    .output()
    .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let expected = "device: --ca no/ca.pem: No such file or directory (os error 2)\n";
    assert_eq!(said(&output), expected);
}

#[test]
fn an_endless_fleet_ends_when_it_is_told_to() {
    let authority = Authority::new();
    let broker = authority.broker(|_, _| Reply::Ack);
    let arguments = format!("fleet --devices 3 --endless {}", authority.arguments(&broker));
    let fleet = device(&arguments, &[]).spawn().unwrap();
    broker.wait_until(|seen| seen.taken.len() > 8);
    let pid = fleet.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .unwrap()
            .success()
    );
    let output = fleet.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert!(said(&output).starts_with("interrupted: "), "{}", said(&output));
}
