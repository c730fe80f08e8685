//! One connection: what is on its way, what is acknowledged, and how it comes back.
//!
//! Each connection to the broker has an event loop of its own, which goes with it. So nothing of an earlier connection
//! is sent again behind our back, and no packet id means two payloads: what has no PUBACK when a connection ends is
//! unanswered, and the store sends it again.

use std::collections::{HashMap, VecDeque};
use std::io::ErrorKind;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rumqttc::{
    AsyncClient, ConnectReturnCode, ConnectionError, Event, EventLoop, MqttOptions, Outgoing, Packet, QoS,
    StateError, TlsConfiguration, Transport,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};

use super::pace::{Gate, Pace};
use super::{PAYLOAD_BYTES, Settings, TOPIC_BYTES, Timing, locked};

/// Comes when the broker has acknowledged; fails when the connection ends before.
pub(super) type PubAck = oneshot::Receiver<()>;

/// A packet's own bytes besides topic and payload are fewer.
const HEADERS: usize = 64;

/// What a broker sends here is small.
const INCOMING_BYTES: usize = 10 * 1024;

/// Packet ids come round after so many times the room, so that one that is late does not hold up the others.
const PACKET_IDS: usize = 4;

/// A broker that does not allow something gives no reason in MQTT 3.1.1.
const CLOSED: &str = "the broker closed the connection; it may not know the certificate, or its policy may not allow \
                      what is asked for";

/// How long the end of a connection may take.
const CLOSING: Duration = Duration::from_secs(2);

/// A client's connection to the broker, made again whenever it ends.
#[derive(Debug)]
pub(super) struct Connection {
    line: Arc<Line>,
    keeper: Mutex<Option<JoinHandle<()>>>,
}

impl Connection {
    /// Begins to connect.
    pub(super) fn open(client_id: &str, room: usize, settings: &Arc<Settings>, gate: &Arc<Gate>) -> Self {
        let line = Arc::new(Line {
            client_id: client_id.to_owned(),
            room_size: room,
            settings: Arc::clone(settings),
            phase: watch::Sender::new(Phase::Connecting),
            open: Mutex::new(None),
            room: Arc::new(Semaphore::new(room)),
            pace: Pace::per_second(settings.publishes_per_second.get()),
        });
        let keeper = tokio::spawn(Arc::clone(&line).keep(Arc::clone(gate)));
        Self {
            line,
            keeper: Mutex::new(Some(keeper)),
        }
    }

    /// Hands a payload over, as soon as there is a connection, room on it, and its turn.
    ///
    /// # Errors
    /// Why there is no connection.
    pub(super) async fn publish(&self, topic: &str, payload: &[u8]) -> Result<PubAck, String> {
        let mut phase = self.line.phase.subscribe();
        let settled = phase.wait_for(|phase| *phase != Phase::Connecting).await;
        if !settled.is_ok_and(|phase| *phase == Phase::Up) {
            return Err(self.trouble());
        }
        let room = Arc::clone(&self.line.room).acquire_owned().await;
        self.line.pace.turn().await;
        let handed = room.ok().and_then(|room| self.line.hand(topic, payload, room));
        handed.ok_or_else(|| self.trouble())
    }

    /// Why it takes nothing, or not fast enough.
    pub(super) fn trouble(&self) -> String {
        let what = match &*self.line.phase.borrow() {
            Phase::Connecting => "no connection yet".to_owned(),
            Phase::Up => "the broker is slow".to_owned(),
            Phase::Down(reason) => reason.clone(),
        };
        let (address, client_id) = (&self.line.settings.address, &self.line.client_id);
        format!("MQTT broker {address}, client {client_id}: {what}")
    }

    /// Ends it with a DISCONNECT, if it stands.
    pub(super) async fn close(&self) {
        let asked = locked(&self.line.open)
            .as_ref()
            .is_some_and(|open| open.client.try_disconnect().is_ok());
        let keeper = locked(&self.keeper).take();
        if let Some(mut keeper) = keeper {
            if asked {
                // What it ends with is its own end.
                let _ = timeout(CLOSING, &mut keeper).await;
            }
            keeper.abort();
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(keeper) = locked(&self.keeper).take() {
            keeper.abort();
        }
    }
}

/// Whether payloads can be handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Phase {
    /// For the first time: it is worth waiting for.
    Connecting,
    Up,
    /// Until it comes back.
    Down(String),
}

/// How a connection ended.
enum End {
    /// As it was asked to.
    Closed,
    /// Why it did, and whether it was of any use.
    Broken { reason: String, was_useful: bool },
}

struct Line {
    client_id: String,
    room_size: usize,
    settings: Arc<Settings>,
    phase: watch::Sender<Phase>,
    open: Mutex<Option<Open>>,
    room: Arc<Semaphore>,
    pace: Pace,
}

/// Who it is, and nothing of what is sent.
impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let phase = self.phase.borrow();
        f.debug_struct("Line")
            .field("client_id", &self.client_id)
            .field("phase", &*phase)
            .finish_non_exhaustive()
    }
}

/// A connection that stands.
struct Open {
    client: AsyncClient,
    /// Handed to the event loop, which takes them in this order and says which packet id each has got.
    handed: VecDeque<OnItsWay>,
    sent: HashMap<u16, OnItsWay>,
    acknowledged_any: bool,
}

struct OnItsWay {
    ack: oneshot::Sender<()>,
    since: Instant,
    _room: OwnedSemaphorePermit,
}

impl Line {
    /// Connects, again and again, until it is asked to end.
    async fn keep(self: Arc<Self>, gate: Arc<Gate>) {
        let mut failures = 0;
        while let End::Broken { reason, was_useful } = self.connect_once(&gate).await {
            failures = if was_useful { 0 } else { failures + 1 };
            self.phase.send_replace(Phase::Down(reason));
            sleep(backoff(&self.settings.timing, failures, fastrand::f64())).await;
        }
        self.phase.send_replace(Phase::Down("closed".to_owned()));
    }

    async fn connect_once(&self, gate: &Gate) -> End {
        let (client, mut events) = self.client();
        let entered = gate.enter().await;
        if let Err(error) = events.poll().await {
            return End::Broken {
                reason: reason_of(&error),
                was_useful: false,
            };
        }
        drop(entered);
        *locked(&self.open) = Some(Open {
            client,
            handed: VecDeque::new(),
            sent: HashMap::new(),
            acknowledged_any: false,
        });
        self.phase.send_replace(Phase::Up);
        let reason = self.serve(&mut events).await;
        // What is on its way fails with it: its sender is dropped.
        let open = locked(&self.open).take();
        match reason {
            None => End::Closed,
            Some(reason) => End::Broken {
                reason,
                was_useful: open.is_some_and(|open| open.acknowledged_any),
            },
        }
    }

    fn client(&self) -> (AsyncClient, EventLoop) {
        let Settings {
            address, tls, timing, ..
        } = &*self.settings;
        let mut options = MqttOptions::new(&self.client_id, &address.host, address.port);
        if let Some(tls) = tls {
            options.set_transport(Transport::Tls(TlsConfiguration::Rustls(Arc::clone(tls))));
        }
        let ids = self.room_size * PACKET_IDS;
        options
            .set_keep_alive(timing.keep_alive)
            .set_clean_session(true)
            .set_max_packet_size(INCOMING_BYTES, PAYLOAD_BYTES + TOPIC_BYTES + HEADERS)
            .set_inflight(u16::try_from(ids).unwrap_or(u16::MAX));
        // One more, for DISCONNECT.
        let (client, mut events) = AsyncClient::new(options, self.room_size + 1);
        let seconds = timing.connect.as_secs().max(1);
        events.network_options.set_connection_timeout(seconds);
        events.network_options.set_tcp_nodelay(true);
        (client, events)
    }

    /// Goes on until the connection ends; why it did, if it was not asked to.
    async fn serve(&self, events: &mut EventLoop) -> Option<String> {
        let patience = self.settings.timing.acknowledge;
        let mut look = interval(patience / 8);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let polled = {
                // It is never given up half way: a packet may be half written.
                let mut poll = pin!(events.poll());
                loop {
                    tokio::select! {
                        polled = &mut poll => break polled,
                        _ = look.tick() => if self.oldest().is_some_and(|since| since.elapsed() > patience) {
                            return Some(format!("no PUBACK for {} s", patience.as_secs()));
                        }
                    }
                }
            };
            match polled {
                Ok(Event::Outgoing(Outgoing::Disconnect)) => return None,
                Ok(event) => self.note(&event),
                Err(error) => return Some(reason_of(&error)),
            }
        }
    }

    fn note(&self, event: &Event) {
        let mut open = locked(&self.open);
        let Some(open) = open.as_mut() else { return };
        match event {
            Event::Outgoing(Outgoing::Publish(id)) => {
                if let Some(publish) = open.handed.pop_front() {
                    open.sent.insert(*id, publish);
                }
            }
            Event::Incoming(Packet::PubAck(ack)) => {
                if let Some(publish) = open.sent.remove(&ack.pkid) {
                    open.acknowledged_any = true;
                    // Whoever asked may have gone.
                    let _ = publish.ack.send(());
                }
            }
            _ => {}
        }
    }

    fn hand(&self, topic: &str, payload: &[u8], room: OwnedSemaphorePermit) -> Option<PubAck> {
        let mut open = locked(&self.open);
        let open = open.as_mut()?;
        // Under the lock: the order of what is handed is the order in which the event loop takes it.
        let handed = open.client.try_publish(topic, QoS::AtLeastOnce, false, payload);
        handed.ok()?;
        let (ack, receiver) = oneshot::channel();
        open.handed.push_back(OnItsWay {
            ack,
            since: Instant::now(),
            _room: room,
        });
        Some(receiver)
    }

    fn oldest(&self) -> Option<Instant> {
        let open = locked(&self.open);
        let open = open.as_ref()?;
        let waiting = open.sent.values().chain(&open.handed);
        waiting.map(|publish| publish.since).min()
    }
}

/// The wait before the next attempt: what the broker asks for, and full jitter that grows from failure to failure.
fn backoff(timing: &Timing, failures: u32, chance: f64) -> Duration {
    let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
    let most = timing.reconnect_jitter.saturating_mul(doubled);
    timing.reconnect + most.min(timing.reconnect_jitter_most).mul_f64(chance)
}

/// In words, and without the packets that some of these errors hold.
pub(crate) fn reason_of(error: &ConnectionError) -> String {
    match error {
        ConnectionError::MqttState(state) => match state {
            StateError::ConnectionAborted => CLOSED.to_owned(),
            StateError::Deserialization(rumqttc::Error::Io(error)) | StateError::Io(error) => {
                in_transit(error)
            }
            StateError::AwaitPingResp => "the broker does not answer pings".to_owned(),
            StateError::Deserialization(_) | StateError::WrongPacket => {
                "what the broker sends is no MQTT".to_owned()
            }
            other => other.to_string(),
        },
        ConnectionError::ConnectionRefused(code) => format!("connection refused: {}", in_words(*code)),
        ConnectionError::NotConnAck(_) => "the broker answers with something else than CONNACK".to_owned(),
        ConnectionError::NetworkTimeout | ConnectionError::FlushTimeout => {
            "the broker does not answer".to_owned()
        }
        ConnectionError::Io(error) => in_transit(error),
        other => other.to_string(),
    }
}

fn in_transit(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => CLOSED.to_owned(),
        _ => error.to_string(),
    }
}

fn in_words(code: ConnectReturnCode) -> &'static str {
    match code {
        ConnectReturnCode::Success => "no reason",
        ConnectReturnCode::RefusedProtocolVersion => "the broker does not speak MQTT 3.1.1",
        ConnectReturnCode::BadClientId => "the broker does not take the client's id",
        ConnectReturnCode::ServiceUnavailable => "the broker is not available",
        ConnectReturnCode::BadUserNamePassword => "bad user name or password",
        ConnectReturnCode::NotAuthorized => "not authorized",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_to_its_most_and_never_falls_below_its_least() {
        let timing = Timing::default();
        let seconds = |failures, chance| backoff(&timing, failures, chance).as_secs_f64();
        assert_eq!(seconds(0, 0.0), 1.0);
        assert_eq!(seconds(40, 0.0), 1.0);
        let most: Vec<_> = (0..9).map(|failures| seconds(failures, 1.0)).collect();
        assert_eq!(most, [2.0, 2.0, 3.0, 5.0, 9.0, 17.0, 31.0, 31.0, 31.0]);
        assert_eq!(seconds(u32::MAX, 1.0), 31.0);
    }
}
