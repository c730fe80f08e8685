//! Provisioning by claim: what is asked, what is made of the answers, and that a key is nowhere but in its file.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use device::provisioning::{Claim, ProvisioningError, provision};
use rumqttc::Publish;
use serde_json::{Value, json};

use crate::broker::{Broker, Reply};
use crate::command::{device, said};
use crate::mutual_tls::Authority;

const CREATED: Reply = Reply::Answer(
    "$aws/certificates/create/json/accepted",
    r#"{"certificateId":"1","certificatePem":"CERTIFICATE","privateKey":"KEY","certificateOwnershipToken":"TOKEN"}"#,
);

const REGISTERED: Reply = Reply::Answer(
    "$aws/provisioning-templates/fleet/provision/json/accepted",
    r#"{"deviceConfiguration":{},"thingName":"d-000007"}"#,
);

/// Answers each of the two questions with one of these.
fn answers(create: Reply, register: Reply) -> impl Fn(&Publish, usize) -> Reply + Send + Sync {
    move |publish, _| match publish.topic.as_str() {
        "$aws/certificates/create/json" => create,
        _ => register,
    }
}

fn claim(broker: &Broker, folder: &Path, template: &str) -> Claim {
    Claim {
        address: broker.address.to_string().parse().unwrap(),
        tls: None,
        client_id: "claimant".to_owned(),
        template: template.to_owned(),
        parameters: BTreeMap::from([("DeviceId".to_owned(), "d-000007".to_owned())]),
        certificate: folder.join("certificate.pem"),
        key: folder.join("private.key"),
    }
}

fn files(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = names
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_device_gets_a_certificate_and_a_key_for_itself_alone() {
    let folder = tempfile::tempdir().unwrap();
    let broker = Broker::start(answers(CREATED, REGISTERED));
    let claim = claim(&broker, folder.path(), "fleet");
    assert_eq!(provision(&claim).await.unwrap().as_deref(), Some("d-000007"));
    assert_eq!(std::fs::read(&claim.certificate).unwrap(), b"CERTIFICATE");
    assert_eq!(std::fs::read(&claim.key).unwrap(), b"KEY");
    for file in [&claim.certificate, &claim.key] {
        let mode = std::fs::metadata(file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", file.display());
    }
    assert_eq!(files(folder.path()), ["certificate.pem", "private.key"]);
    broker.wait_until(|seen| seen.disconnects == ["claimant"]);
    broker.seen(|seen| {
        let asked: Vec<_> = seen
            .taken
            .iter()
            .map(|(_, topic, payload)| (topic.as_str(), payload))
            .collect();
        let register: Value = serde_json::from_slice(asked[1].1).unwrap();
        let expected = json!({"certificateOwnershipToken": "TOKEN", "parameters": {"DeviceId": "d-000007"}});
        assert_eq!(
            (asked[0].0, asked[0].1.as_slice()),
            ("$aws/certificates/create/json", b"{}".as_slice())
        );
        assert_eq!(
            (asked[1].0, register),
            ("$aws/provisioning-templates/fleet/provision/json", expected)
        );
    });
    let again = provision(&claim).await.unwrap_err();
    assert!(matches!(again, ProvisioningError::Present { .. }), "{again}");
    assert_eq!(broker.seen(|seen| seen.taken.len()), 2);
}

#[tokio::test]
async fn what_goes_wrong_is_named_and_leaves_no_file_and_tells_no_key() {
    let cases = [
        (
            "fleet",
            Reply::Answer(
                "$aws/certificates/create/json/rejected",
                r#"{"statusCode":429,"errorCode":"Throttled","errorMessage":"too many"}"#,
            ),
            REGISTERED,
            "$aws/certificates/create/json: rejected, Throttled: too many",
        ),
        (
            "fleet",
            CREATED,
            Reply::Answer(
                "$aws/provisioning-templates/fleet/provision/json/rejected",
                r#"{"statusCode":400,"errorCode":"InvalidCertificateOwnershipToken","errorMessage":"it has expired"}"#,
            ),
            "provision/json: rejected, InvalidCertificateOwnershipToken: it has expired",
        ),
        (
            "fleet",
            Reply::Answer(
                "$aws/certificates/create/json/accepted",
                r#"{"privateKey":"KEY"}"#,
            ),
            REGISTERED,
            "accepted is not the expected answer",
        ),
        ("forbidden", CREATED, REGISTERED, "may not be subscribed to"),
        ("fleet", CREATED, Reply::Close, "closed the connection"),
    ];
    for (template, create, register, expected) in cases {
        let folder = tempfile::tempdir().unwrap();
        let broker = Broker::start(answers(create, register));
        let error = provision(&claim(&broker, folder.path(), template))
            .await
            .unwrap_err();
        let said = format!("{error} {error:?}");
        assert!(said.contains(expected), "{said}");
        assert!(!said.contains("KEY") && !said.contains("TOKEN"), "{said}");
        assert!(
            files(folder.path()).is_empty(),
            "{expected}: {:?}",
            files(folder.path())
        );
    }
}

#[test]
fn the_command_says_who_was_provisioned_and_ends_with_2_when_that_was_done_before() {
    let authority = Authority::new();
    let broker = authority.broker(answers(CREATED, REGISTERED));
    let file = |name: &str| authority.file(name).display().to_string();
    let arguments = format!(
        "provision --mqtt {} --ca {} --claim-certificate {} --claim-key {} --template fleet --certificate {} --key {}",
        broker.address,
        file("ca.pem"),
        file("client.pem"),
        file("client.key"),
        file("new.pem"),
        file("new.key")
    );
    let output = device(&arguments, &[]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let expected = format!(
        "d-000007 has its certificate in {} and its key in {}\n",
        file("new.pem"),
        file("new.key")
    );
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
    broker.seen(|seen| {
        assert!(
            seen.connects
                .keys()
                .all(|client| client.starts_with("provision-"))
        )
    });
    let output = device(&arguments, &[]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        said(&output),
        format!("device: --certificate {}: is there already\n", file("new.pem"))
    );
    let unfit = arguments.replace("client.key", "broker.key");
    let output = device(&unfit, &[]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).starts_with("device: --claim-key "),
        "{}",
        said(&output)
    );
}
