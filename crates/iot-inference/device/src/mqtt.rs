//! MQTT as a sink: QoS 1, acknowledged by PUBACK only, a device's payloads one after the other.

mod connection;
mod identity;
mod pace;

use std::collections::HashMap;
use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use rustls::ClientConfig;
use tokio::time::{Instant, timeout_at};

pub use identity::{Files, IdentityError};

use crate::entry::Entry;
use crate::sink::{Answer, Sink};
pub(crate) use connection::reason_of;
use connection::{Connection, PubAck};
use pace::Gate;

/// Bytes of a payload at most. What has more is refused for good: IoT Core would close the connection on it, each time.
/// <https://docs.aws.amazon.com/general/latest/gr/iot-core.html#message-broker-limits>
pub const PAYLOAD_BYTES: usize = 128 * 1024;

/// Bytes of a topic at most.
/// <https://docs.aws.amazon.com/general/latest/gr/iot-core.html#message-broker-limits>
pub const TOPIC_BYTES: usize = 256;

/// Slashes in a topic at most.
/// <https://docs.aws.amazon.com/general/latest/gr/iot-core.html#message-broker-limits>
pub const TOPIC_SLASHES: usize = 7;

/// Bytes of a client's id at most.
/// <https://docs.aws.amazon.com/general/latest/gr/iot-core.html#message-broker-limits>
pub const CLIENT_ID_BYTES: usize = 128;

/// Publishes a second on one connection: IoT Core discards what is more. No more are sent.
/// <https://docs.aws.amazon.com/general/latest/gr/iot-core.html#message-broker-limits>
pub const PUBLISHES_PER_SECOND: u32 = 100;

/// Publishes without a PUBACK on one connection at most.
/// <https://docs.aws.amazon.com/general/latest/gr/iot-core.html#message-broker-limits>
pub const UNACKNOWLEDGED: usize = 100;

/// A device's own connection needs room for one; more, for what was dropped from the spool while it was on its way.
const UNACKNOWLEDGED_OF_A_DEVICE: usize = 4;

/// Where port 443 is used, IoT Core tells MQTT with a certificate from HTTPS by this name.
/// <https://docs.aws.amazon.com/iot/latest/developerguide/protocols.html>
const ALPN: &[u8] = b"x-amzn-mqtt-ca";

/// The port of that name.
const HTTPS: u16 = 443;

/// What a payload waits for that was not sent: its device's earlier one.
const BEHIND: &str = "an earlier payload of its device has no answer";

/// Where a broker listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// A name or an IPv4 address, which the broker's certificate has to be for.
    pub host: String,
    /// The port.
    pub port: u16,
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (host, port) = text.rsplit_once(':').unwrap_or_default();
        let port = port.parse().ok().filter(|port| *port > 0);
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        match port {
            Some(port) if !host.is_empty() && host.bytes().all(fits) => Ok(Self {
                host: host.to_owned(),
                port,
            }),
            _ => Err("expected a host and a port, for example localhost:8883".to_owned()),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// What a client calls itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientId(String);

impl FromStr for ClientId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // IoT Core keeps the dollar for itself.
        let fits = !text.starts_with('$') && !text.chars().any(char::is_control);
        if fits && (1..=CLIENT_ID_BYTES).contains(&text.len()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(format!(
                "expected 1 to {CLIENT_ID_BYTES} bytes without control characters, not beginning with $"
            ))
        }
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// As whom the payloads are published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Client {
    /// Each device for itself, by a connection under its own name: IoT Core's policy gives a device no other.
    EachDevice,
    /// One client for all devices, by one connection.
    One(ClientId),
}

/// How long things may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// To connect, TLS and CONNACK included.
    pub connect: Duration,
    /// Between two pings. A broker that answers none of two is gone. IoT Core takes 30 to 1,200 s.
    pub keep_alive: Duration,
    /// From a PUBLISH to its PUBACK. Then the connection counts as dead, and is made again.
    pub acknowledge: Duration,
    /// Between two connections under one name, at least: IoT Core takes one a second.
    pub reconnect: Duration,
    /// Up to so much is added by chance, twice as much from each failure to the next.
    pub reconnect_jitter: Duration,
    /// What that grows to at most.
    pub reconnect_jitter_most: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            keep_alive: Duration::from_secs(30),
            acknowledge: Duration::from_secs(30),
            reconnect: Duration::from_secs(1),
            reconnect_jitter: Duration::from_secs(1),
            reconnect_jitter_most: Duration::from_secs(30),
        }
    }
}

/// The broker and how it is spoken to.
#[derive(Clone)]
pub struct Settings {
    /// Where it listens.
    pub address: Address,
    /// Certificates on both sides; absent, nothing is encrypted and nobody is anybody, which is for tests.
    pub tls: Option<Arc<ClientConfig>>,
    /// As whom the payloads are published.
    pub client: Client,
    /// Publishes a second on one connection at most.
    pub publishes_per_second: NonZeroU32,
    /// How long things may take.
    pub timing: Timing,
}

/// Without the keys.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("address", &self.address)
            .field("tls", &self.tls.is_some())
            .field("client", &self.client)
            .field("publishes_per_second", &self.publishes_per_second)
            .field("timing", &self.timing)
            .finish()
    }
}

/// Reads the files of a client, for a broker at `address`.
///
/// # Errors
/// Names the argument and the file that cannot be used.
pub fn tls(files: &Files<'_>, address: &Address) -> Result<Arc<ClientConfig>, IdentityError> {
    let mut config = identity::client_config(files)?;
    if address.port == HTTPS {
        config.alpn_protocols = vec![ALPN.to_vec()];
    }
    Ok(Arc::new(config))
}

/// Publishes to a broker.
#[derive(Debug)]
pub struct Mqtt {
    settings: Arc<Settings>,
    gate: Arc<Gate>,
    /// By the client's id. They are made when they are needed, and kept.
    connections: Mutex<HashMap<String, Arc<Connection>>>,
    /// By device, what was sent and has no PUBACK yet: it is waited for, not sent again while its connection stands.
    on_their_way: Mutex<HashMap<String, (Vec<u8>, PubAck)>>,
}

impl Mqtt {
    /// Publishes as `settings` say. Connects when there is something to send.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings: Arc::new(settings),
            gate: Arc::new(Gate::default()),
            connections: Mutex::default(),
            on_their_way: Mutex::default(),
        }
    }

    /// The entries of one device, one after the other: the next is sent when the one before is acknowledged. IoT Core
    /// guarantees no order among those that are on their way together.
    async fn lane(&self, entries: &[Entry], places: Vec<usize>, deadline: Instant) -> Vec<(usize, Answer)> {
        let mut answers = Vec::with_capacity(places.len());
        let mut blocked = false;
        for place in places {
            let answer = match blocked {
                true => Answer::Unanswered(BEHIND.to_owned()),
                false => self.deliver(&entries[place], deadline).await,
            };
            blocked = matches!(answer, Answer::Unanswered(_));
            answers.push((place, answer));
        }
        answers
    }

    async fn deliver(&self, entry: &Entry, deadline: Instant) -> Answer {
        let topic = topic(entry);
        if let Some(limit) = exceeded(&topic, entry.payload().len()) {
            return Answer::Refused(limit);
        }
        if let Some(ack) = self.take_on_its_way(entry)
            && let Some(answer) = self.wait(entry, ack, deadline).await
        {
            return answer;
        }
        let connection = self.connection(entry.device_id());
        match timeout_at(deadline, connection.publish(&topic, entry.payload())).await {
            Ok(Ok(ack)) => {
                let answer = self.wait(entry, ack, deadline).await;
                answer.unwrap_or_else(|| Answer::Unanswered(connection.trouble()))
            }
            Ok(Err(trouble)) => Answer::Unanswered(trouble),
            Err(_) => Answer::Unanswered(connection.trouble()),
        }
    }

    /// None, if the connection went without an answer.
    async fn wait(&self, entry: &Entry, mut ack: PubAck, deadline: Instant) -> Option<Answer> {
        match timeout_at(deadline, &mut ack).await {
            Ok(Ok(())) => Some(Answer::Acknowledged),
            Ok(Err(_)) => None,
            Err(_) => {
                let on_its_way = (entry.payload().to_vec(), ack);
                locked(&self.on_their_way).insert(entry.device_id().to_owned(), on_its_way);
                Some(Answer::Unanswered("no PUBACK yet".to_owned()))
            }
        }
    }

    /// The PUBACK of an earlier attempt, if it was one for this very payload.
    fn take_on_its_way(&self, entry: &Entry) -> Option<PubAck> {
        let (payload, ack) = locked(&self.on_their_way).remove(entry.device_id())?;
        (payload == entry.payload()).then_some(ack)
    }

    fn connection(&self, device_id: &str) -> Arc<Connection> {
        let (client_id, room) = match &self.settings.client {
            Client::EachDevice => (device_id, UNACKNOWLEDGED_OF_A_DEVICE),
            Client::One(client_id) => (client_id.0.as_str(), UNACKNOWLEDGED),
        };
        let mut connections = locked(&self.connections);
        if let Some(connection) = connections.get(client_id) {
            return Arc::clone(connection);
        }
        let connection = Connection::open(client_id, room, &self.settings, &self.gate);
        let connection = Arc::new(connection);
        connections.insert(client_id.to_owned(), Arc::clone(&connection));
        connection
    }
}

impl Sink for Mqtt {
    async fn send(&self, entries: &[Entry], time_left: Duration) -> Vec<Answer> {
        let deadline = Instant::now() + time_left;
        let mut lanes: HashMap<&str, Vec<usize>> = HashMap::new();
        for (place, entry) in entries.iter().enumerate() {
            lanes.entry(entry.device_id()).or_default().push(place);
        }
        let lanes = lanes
            .into_values()
            .map(|places| self.lane(entries, places, deadline));
        let mut answers: Vec<_> = join_all(lanes).await.into_iter().flatten().collect();
        answers.sort_unstable_by_key(|(place, _)| *place);
        answers.into_iter().map(|(_, answer)| answer).collect()
    }

    /// Ends every connection with a DISCONNECT.
    async fn close(&self) {
        let connections = std::mem::take(&mut *locked(&self.connections));
        join_all(connections.values().map(|connection| connection.close())).await;
    }
}

/// `telemetry/<site>/<device>`: the third part is the device, as the rule in the stack expects it.
fn topic(entry: &Entry) -> String {
    format!("telemetry/{}/{}", entry.site(), entry.device_id())
}

/// The limit that is not kept, if any.
fn exceeded(topic: &str, payload_bytes: usize) -> Option<String> {
    let slashes = topic.bytes().filter(|byte| *byte == b'/').count();
    let limits = [
        ("payload", "bytes", payload_bytes, PAYLOAD_BYTES),
        ("topic", "bytes", topic.len(), TOPIC_BYTES),
        ("topic", "slashes", slashes, TOPIC_SLASHES),
    ];
    let exceeded = limits.iter().find(|(_, _, there, limit)| there > limit);
    exceeded.map(|(what, of, there, limit)| format!("{what} has {there} {of}, the limit is {limit}"))
}

/// What is behind a lock is whole whenever it is let go.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_has_the_site_and_the_device() {
        let entry = Entry::new(&"d-1".parse().unwrap(), &"hamburg".parse().unwrap(), "x");
        assert_eq!(topic(&entry), "telemetry/hamburg/d-1");
    }

    #[test]
    fn a_limit_is_kept_up_to_its_last_byte() {
        let topic_of = |bytes: usize| "t".repeat(bytes);
        let slashes = |count: usize| "a/".repeat(count);
        let cases = [
            (topic_of(TOPIC_BYTES), PAYLOAD_BYTES, None),
            (slashes(TOPIC_SLASHES), 0, None),
            (
                topic_of(3),
                PAYLOAD_BYTES + 1,
                Some("payload has 131073 bytes, the limit is 131072"),
            ),
            (
                topic_of(TOPIC_BYTES + 1),
                0,
                Some("topic has 257 bytes, the limit is 256"),
            ),
            (
                slashes(TOPIC_SLASHES + 1),
                0,
                Some("topic has 8 slashes, the limit is 7"),
            ),
        ];
        for (topic, payload_bytes, expected) in cases {
            assert_eq!(exceeded(&topic, payload_bytes).as_deref(), expected);
        }
    }

    #[test]
    fn an_address_is_a_host_and_a_port() {
        let address: Address = "a1-ats.iot.eu-west-1.amazonaws.com:443".parse().unwrap();
        assert_eq!(
            (address.port, address.to_string().as_str()),
            (443, "a1-ats.iot.eu-west-1.amazonaws.com:443")
        );
        for text in [
            "",
            "localhost",
            ":8883",
            "localhost:",
            "localhost:0",
            "localhost:65536",
            "mqtt://h:1",
            "[::1]:1",
        ] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_clients_id_has_at_most_128_bytes() {
        assert!("c".repeat(CLIENT_ID_BYTES).parse::<ClientId>().is_ok());
        for text in ["", "$aws", "a\nb", "c".repeat(CLIENT_ID_BYTES + 1).as_str()] {
            assert!(text.parse::<ClientId>().is_err(), "{text:?}");
        }
    }
}
