//! Fleet provisioning by claim: with a claim's certificate a device gets one of its own.
//! <https://docs.aws.amazon.com/iot/latest/developerguide/fleet-provision-api.html>

mod private_file;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rumqttc::{
    AsyncClient, Event, EventLoop, MqttOptions, Packet, QoS, SubscribeFilter, SubscribeReasonCode,
    TlsConfiguration, Transport,
};
use rustls::ClientConfig;
use serde::Deserialize;
use serde_json::json;
use tokio::time::{Instant, timeout_at};

use crate::mqtt::{Address, PAYLOAD_BYTES, reason_of};
use private_file::PrivateFile;

/// Where a certificate and its key are asked for.
const CREATE: &str = "$aws/certificates/create/json";

/// How long the whole conversation may take. The token that it turns on is good for an hour, so it cannot expire here.
/// <https://docs.aws.amazon.com/iot/latest/developerguide/fleet-provision-api.html>
const PATIENCE: Duration = Duration::from_secs(60);

/// Between two pings.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// What a device asks for.
#[derive(Clone)]
pub struct Claim {
    /// The broker.
    pub address: Address,
    /// With the claim's certificate; absent, nothing is encrypted, which is for tests.
    pub tls: Option<Arc<ClientConfig>>,
    /// What the connection is called.
    pub client_id: String,
    /// The provisioning template.
    pub template: String,
    /// What the template is given.
    pub parameters: BTreeMap<String, String>,
    /// Where the certificate is to be.
    pub certificate: PathBuf,
    /// Where its key is to be.
    pub key: PathBuf,
}

/// A device was not provisioned.
#[derive(Debug, thiserror::Error)]
pub enum ProvisioningError {
    /// A certificate or a key is there already: it is not replaced.
    #[error("{argument} {}: is there already", file.display())]
    Present {
        /// The argument that names it.
        argument: &'static str,
        /// The file.
        file: PathBuf,
    },
    /// A file cannot be written.
    #[error("{}: {reason}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// Why.
        reason: std::io::Error,
    },
    /// The service says no.
    #[error("{topic}: rejected, {code}: {message}")]
    Rejected {
        /// What was asked.
        topic: String,
        /// The service's code.
        code: String,
        /// Its reason.
        message: String,
    },
    /// The broker does not allow it, does not answer, or answers something else.
    #[error("MQTT broker {address}: {reason}")]
    Broker {
        /// The broker.
        address: Address,
        /// Why.
        reason: String,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    certificate_pem: String,
    private_key: String,
    certificate_ownership_token: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Registered {
    thing_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rejection {
    error_code: String,
    error_message: String,
}

/// Asks for a certificate, has the template applied to it, and puts certificate and key in their places. Returns the
/// name of the thing, if the template makes one.
///
/// The files are on the medium, under other names, before the template is applied: a thing whose key is lost is not
/// made. If this is ended before they are in their places, run it again: it asks for another certificate.
///
/// # Errors
/// What is in the way, what the service rejects, or why the broker does not answer.
pub async fn provision(claim: &Claim) -> Result<Option<String>, ProvisioningError> {
    for (argument, file) in [("--certificate", &claim.certificate), ("--key", &claim.key)] {
        if file.exists() {
            return Err(ProvisioningError::Present {
                argument,
                file: file.clone(),
            });
        }
    }
    let mut talk = Talk::begin(claim);
    let created: Created = talk.ask(CREATE, &json!({})).await?;
    let write = |path: &Path, text: &str| {
        PrivateFile::write(path, text.as_bytes()).map_err(|reason| failed(path, reason))
    };
    let key = write(&claim.key, &created.private_key)?;
    let certificate = write(&claim.certificate, &created.certificate_pem)?;
    let template = format!("$aws/provisioning-templates/{}/provision/json", claim.template);
    let request = json!({
        "certificateOwnershipToken": created.certificate_ownership_token,
        "parameters": claim.parameters,
    });
    let registered: Registered = talk.ask(&template, &request).await?;
    // The certificate last: where it is, its key is too.
    key.keep().map_err(|reason| failed(&claim.key, reason))?;
    certificate
        .keep()
        .map_err(|reason| failed(&claim.certificate, reason))?;
    talk.end().await;
    Ok(registered.thing_name)
}

fn failed(file: &Path, reason: std::io::Error) -> ProvisioningError {
    ProvisioningError::File {
        file: file.to_owned(),
        reason,
    }
}

/// A connection on which questions are asked, one after the other.
struct Talk<'c> {
    claim: &'c Claim,
    client: AsyncClient,
    events: EventLoop,
    until: Instant,
}

impl<'c> Talk<'c> {
    fn begin(claim: &'c Claim) -> Self {
        let mut options = MqttOptions::new(&claim.client_id, &claim.address.host, claim.address.port);
        if let Some(tls) = &claim.tls {
            options.set_transport(Transport::Tls(TlsConfiguration::Rustls(Arc::clone(tls))));
        }
        options
            .set_keep_alive(KEEP_ALIVE)
            .set_max_packet_size(2 * PAYLOAD_BYTES, 2 * PAYLOAD_BYTES);
        let (client, events) = AsyncClient::new(options, 4);
        Self {
            claim,
            client,
            events,
            until: Instant::now() + PATIENCE,
        }
    }

    /// Asks, and waits for the answer, whichever of the two it is.
    async fn ask<A: for<'de> Deserialize<'de>>(
        &mut self,
        topic: &str,
        question: &serde_json::Value,
    ) -> Result<A, ProvisioningError> {
        let (accepted, rejected) = (format!("{topic}/accepted"), format!("{topic}/rejected"));
        let filters =
            [&accepted, &rejected].map(|topic| SubscribeFilter::new(topic.clone(), QoS::AtLeastOnce));
        let asked = self.client.try_subscribe_many(filters);
        asked.map_err(|_| self.broker("the subscription is not taken"))?;
        self.subscribed(topic).await?;
        let asked = self
            .client
            .try_publish(topic, QoS::AtLeastOnce, false, question.to_string());
        asked.map_err(|_| self.broker("the question is not taken"))?;
        loop {
            let Packet::Publish(answer) = self.next().await? else {
                continue;
            };
            // The answer is in no message: it holds a key.
            if answer.topic == accepted {
                let parsed = serde_json::from_slice(&answer.payload);
                return parsed.map_err(|_| self.broker(&format!("{accepted} is not the expected answer")));
            }
            if answer.topic == rejected {
                let parsed = serde_json::from_slice(&answer.payload);
                let rejection: Rejection =
                    parsed.map_err(|_| self.broker(&format!("{rejected} is not the expected answer")))?;
                return Err(ProvisioningError::Rejected {
                    topic: topic.to_owned(),
                    code: rejection.error_code,
                    message: rejection.error_message,
                });
            }
        }
    }

    async fn subscribed(&mut self, topic: &str) -> Result<(), ProvisioningError> {
        loop {
            if let Packet::SubAck(ack) = self.next().await? {
                let granted = |code: &SubscribeReasonCode| matches!(code, SubscribeReasonCode::Success(_));
                return match ack.return_codes.iter().all(granted) {
                    true => Ok(()),
                    false => Err(self.broker(&format!("the answers to {topic} may not be subscribed to"))),
                };
            }
        }
    }

    async fn next(&mut self) -> Result<Packet, ProvisioningError> {
        loop {
            match timeout_at(self.until, self.events.poll()).await {
                Ok(Ok(Event::Incoming(packet))) => return Ok(packet),
                Ok(Ok(Event::Outgoing(_))) => {}
                Ok(Err(error)) => return Err(self.broker(&reason_of(&error))),
                Err(_) => return Err(self.broker(&format!("no answer within {} s", PATIENCE.as_secs()))),
            }
        }
    }

    /// With a DISCONNECT; that it does not arrive is no failure any more.
    async fn end(mut self) {
        if self.client.try_disconnect().is_ok() {
            let disconnect = Event::Outgoing(rumqttc::Outgoing::Disconnect);
            while let Ok(Ok(event)) = timeout_at(self.until, self.events.poll()).await {
                if event == disconnect {
                    break;
                }
            }
        }
    }

    fn broker(&self, reason: &str) -> ProvisioningError {
        ProvisioningError::Broker {
            address: self.claim.address.clone(),
            reason: reason.to_owned(),
        }
    }
}
