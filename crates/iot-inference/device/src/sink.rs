//! Where entries go.

use std::time::Duration;

use crate::entry::Entry;
use crate::kinesis::Kinesis;
use crate::mqtt::Mqtt;

/// Takes the entries of devices. The entries of one device are taken in order: one that is not acknowledged has none of
/// its device's later ones acknowledged.
pub trait Sink {
    /// Sends `entries` and says of each, by position, what became of it. Takes `time_left` at most, or not much more.
    fn send(&self, entries: &[Entry], time_left: Duration) -> impl Future<Output = Vec<Answer>> + Send;

    /// Ends well what it keeps open, when nothing more is to be sent.
    fn close(&self) -> impl Future<Output = ()> + Send {
        async {}
    }
}

/// What became of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The other side has it, and has said so.
    Acknowledged,
    /// The other side will never take it; why.
    Refused(String),
    /// It may be there or not, and is to be sent again; why.
    Unanswered(String),
}

/// The sinks there are.
#[derive(Debug)]
pub enum Destination {
    /// A stream.
    Kinesis(Kinesis),
    /// A broker.
    Mqtt(Mqtt),
}

impl Sink for Destination {
    async fn send(&self, entries: &[Entry], time_left: Duration) -> Vec<Answer> {
        match self {
            Self::Kinesis(kinesis) => kinesis.send(entries, time_left).await,
            Self::Mqtt(mqtt) => mqtt.send(entries, time_left).await,
        }
    }

    async fn close(&self) {
        match self {
            Self::Kinesis(kinesis) => kinesis.close().await,
            Self::Mqtt(mqtt) => mqtt.close().await,
        }
    }
}
