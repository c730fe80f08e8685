//! A broker that does as it is told: MQTT 3.1.1 over TCP or TLS, as much of it as publishing needs.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use bytes::BytesMut;
use device::entry::Entry;
use device::mqtt::{Client, Mqtt, Settings, Timing};
use rumqttc::tokio_rustls::TlsAcceptor;
use rumqttc::{ConnAck, ConnectReturnCode, Error, Packet, PubAck, Publish, QoS, SubAck, SubscribeReasonCode};
use rustls::{ClientConfig, ServerConfig};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;

/// No test waits longer.
const DEADLINE: Duration = Duration::from_secs(30);

/// What is done with a publish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// It is taken, and acknowledged.
    Ack,
    /// It is taken, and acknowledged later.
    Later(Duration),
    /// It is taken; when a connection has so many of these, they are acknowledged, the last first.
    Reversed(usize),
    /// It is taken, and never acknowledged.
    Silence,
    /// It is taken, and the connection is closed.
    TakeAndClose,
    /// The connection is closed.
    Close,
    /// It is acknowledged, and answered with this topic and payload.
    Answer(&'static str, &'static str),
}

/// What a broker has seen.
#[derive(Debug, Default)]
pub struct Seen {
    /// Client, topic and payload of what was taken, in order.
    pub taken: Vec<(String, String, Vec<u8>)>,
    /// Connections that were accepted, by client.
    pub connects: HashMap<String, usize>,
    /// Clients that said DISCONNECT.
    pub disconnects: Vec<String>,
    /// The most publishes of a device that were without a PUBACK at once.
    pub most_on_their_way: usize,
    on_their_way: HashMap<(usize, String), usize>,
    connections: usize,
}

/// Says what is done with a publish. The number counts all publishes from 0.
pub type Rule = dyn Fn(&Publish, usize) -> Reply + Send + Sync;

/// Says whether a client may connect.
pub type Door = dyn Fn(&str) -> ConnectReturnCode + Send + Sync;

struct Inner {
    seen: Mutex<Seen>,
    more: Condvar,
    publishes: Mutex<usize>,
    rule: Box<Rule>,
    door: Box<Door>,
    tls: Option<TlsAcceptor>,
}

/// A broker with a thread of its own, which ends with it.
pub struct Broker {
    pub address: SocketAddr,
    inner: Arc<Inner>,
    _end: tokio::sync::oneshot::Sender<()>,
}

impl Broker {
    pub fn start(rule: impl Fn(&Publish, usize) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_with(rule, |_| ConnectReturnCode::Success, None)
    }

    pub fn start_with(
        rule: impl Fn(&Publish, usize) -> Reply + Send + Sync + 'static,
        door: impl Fn(&str) -> ConnectReturnCode + Send + Sync + 'static,
        tls: Option<Arc<ServerConfig>>,
    ) -> Self {
        let inner = Arc::new(Inner {
            seen: Mutex::default(),
            more: Condvar::new(),
            publishes: Mutex::default(),
            rule: Box::new(rule),
            door: Box::new(door),
            tls: tls.map(TlsAcceptor::from),
        });
        let (ready, address) = std::sync::mpsc::channel();
        let (end, ended) = tokio::sync::oneshot::channel();
        let for_thread = Arc::clone(&inner);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async move {
                let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
                ready
                    .send(listener.local_addr().expect("an address"))
                    .expect("the test waits");
                tokio::select! {
                    () = accept(&listener, &for_thread) => {}
                    _ = ended => {}
                }
            });
        });
        Self {
            address: address.recv().expect("the broker starts"),
            inner,
            _end: end,
        }
    }

    /// What was taken, in order, as it was handed to the sink.
    pub fn entries(&self) -> Vec<Entry> {
        let entry = |(_, topic, payload): &(String, String, Vec<u8>)| {
            let parts: Vec<_> = topic.split('/').collect();
            assert_eq!((parts.len(), parts[0]), (3, "telemetry"), "{topic}");
            Entry::new(
                &parts[2].parse().expect("a device"),
                &parts[1].parse().expect("a site"),
                payload.clone(),
            )
        };
        self.seen(|seen| seen.taken.iter().map(entry).collect())
    }

    pub fn seen<T>(&self, look: impl FnOnce(&Seen) -> T) -> T {
        look(&self.inner.seen.lock().unwrap())
    }

    /// Returns when it has seen that.
    pub fn wait_until(&self, enough: impl Fn(&Seen) -> bool) {
        let seen = self.inner.seen.lock().unwrap();
        let wait = (self.inner.more).wait_timeout_while(seen, DEADLINE, |seen| !enough(seen));
        assert!(!wait.unwrap().1.timed_out(), "the broker waits in vain");
    }

    /// A sink that publishes here, and is quick to give up and to come back.
    pub fn sink(&self, client: Client) -> Mqtt {
        Mqtt::new(self.settings(client, None))
    }

    pub fn settings(&self, client: Client, tls: Option<Arc<ClientConfig>>) -> Settings {
        Settings {
            address: self.address.to_string().parse().expect("an address"),
            tls,
            client,
            publishes_per_second: NonZeroU32::new(1_000_000).expect("not 0"),
            timing: Timing {
                connect: Duration::from_secs(5),
                keep_alive: Duration::from_secs(5),
                acknowledge: Duration::from_millis(400),
                reconnect: Duration::from_millis(2),
                reconnect_jitter: Duration::from_millis(2),
                reconnect_jitter_most: Duration::from_millis(4),
            },
        }
    }
}

async fn accept(listener: &TcpListener, inner: &Arc<Inner>) {
    // Connections end with the broker: they are not spawned beyond it.
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((socket, _)) = listener.accept().await {
        let inner = Arc::clone(inner);
        connections.spawn(async move {
            // How a connection ends is seen by the other side.
            let _ = match inner.tls.clone() {
                None => serve(socket, &inner).await,
                Some(tls) => match tls.accept(socket).await {
                    Ok(socket) => serve(socket, &inner).await,
                    Err(_) => None,
                },
            };
        });
    }
}

async fn serve(mut socket: impl AsyncRead + AsyncWrite + Unpin, inner: &Inner) -> Option<()> {
    let mut bytes = BytesMut::new();
    let Packet::Connect(connect) = read(&mut socket, &mut bytes).await? else {
        return None;
    };
    let code = (inner.door)(&connect.client_id);
    write(&mut socket, Packet::ConnAck(ConnAck::new(code, false))).await?;
    if code != ConnectReturnCode::Success {
        return None;
    }
    let number = {
        let mut seen = inner.seen.lock().unwrap();
        *seen.connects.entry(connect.client_id.clone()).or_default() += 1;
        seen.connections += 1;
        seen.connections
    };
    let (later, mut due) = tokio::sync::mpsc::unbounded_channel::<(u16, String)>();
    let mut held = Vec::new();
    loop {
        let packet = tokio::select! {
            packet = read(&mut socket, &mut bytes) => packet?,
            Some((id, topic)) = due.recv() => {
                acknowledge(&mut socket, inner, number, id, &topic).await?;
                continue;
            }
        };
        let publish = match packet {
            Packet::Publish(publish) => publish,
            Packet::Disconnect => {
                inner.seen.lock().unwrap().disconnects.push(connect.client_id);
                inner.more.notify_all();
                return None;
            }
            Packet::Subscribe(subscribe) => {
                let granted =
                    subscribe
                        .filters
                        .iter()
                        .map(|filter| match filter.path.contains("forbidden") {
                            true => SubscribeReasonCode::Failure,
                            false => SubscribeReasonCode::Success(QoS::AtLeastOnce),
                        });
                let ack = SubAck::new(subscribe.pkid, granted.collect());
                write(&mut socket, Packet::SubAck(ack)).await?;
                continue;
            }
            Packet::PingReq => {
                write(&mut socket, Packet::PingResp).await?;
                continue;
            }
            _ => return None,
        };
        let count = {
            let mut publishes = inner.publishes.lock().unwrap();
            *publishes += 1;
            *publishes - 1
        };
        let reply = (inner.rule)(&publish, count);
        if reply == Reply::Close {
            return None;
        }
        take(inner, number, &connect.client_id, &publish);
        let on_its_way = (publish.pkid, publish.topic);
        match reply {
            Reply::Ack => acknowledge(&mut socket, inner, number, on_its_way.0, &on_its_way.1).await?,
            Reply::Later(time) => {
                let later = later.clone();
                tokio::spawn(async move {
                    tokio::time::sleep(time).await;
                    later.send(on_its_way)
                });
            }
            Reply::Reversed(count) => {
                held.push(on_its_way);
                if held.len() == count {
                    while let Some((id, topic)) = held.pop() {
                        acknowledge(&mut socket, inner, number, id, &topic).await?;
                    }
                }
            }
            Reply::Silence => {}
            Reply::Answer(topic, payload) => {
                acknowledge(&mut socket, inner, number, on_its_way.0, &on_its_way.1).await?;
                let answer = Publish::new(topic, QoS::AtMostOnce, payload);
                write(&mut socket, Packet::Publish(answer)).await?;
            }
            Reply::TakeAndClose | Reply::Close => return None,
        }
    }
}

fn take(inner: &Inner, connection: usize, client_id: &str, publish: &Publish) {
    let mut seen = inner.seen.lock().unwrap();
    seen.taken.push((
        client_id.to_owned(),
        publish.topic.clone(),
        publish.payload.to_vec(),
    ));
    let on_their_way = seen
        .on_their_way
        .entry((connection, publish.topic.clone()))
        .or_default();
    *on_their_way += 1;
    let now = *on_their_way;
    seen.most_on_their_way = seen.most_on_their_way.max(now);
    inner.more.notify_all();
}

async fn acknowledge(
    socket: &mut (impl AsyncWrite + Unpin),
    inner: &Inner,
    connection: usize,
    id: u16,
    topic: &str,
) -> Option<()> {
    if let Some(on_their_way) = inner
        .seen
        .lock()
        .unwrap()
        .on_their_way
        .get_mut(&(connection, topic.to_owned()))
    {
        *on_their_way -= 1;
    }
    write(socket, Packet::PubAck(PubAck::new(id))).await
}

/// The next packet. May be given up while it waits: what was read stays in `bytes`.
async fn read(socket: &mut (impl AsyncRead + Unpin), bytes: &mut BytesMut) -> Option<Packet> {
    loop {
        match Packet::read(bytes, 1 << 20) {
            Ok(packet) => return Some(packet),
            Err(Error::InsufficientBytes(_)) => {}
            Err(_) => return None,
        }
        if socket.read_buf(bytes).await.ok()? == 0 {
            return None;
        }
    }
}

async fn write(socket: &mut (impl AsyncWrite + Unpin), packet: Packet) -> Option<()> {
    let mut bytes = BytesMut::new();
    packet.write(&mut bytes, 1 << 20).ok()?;
    socket.write_all(&bytes).await.ok()?;
    socket.flush().await.ok()
}
