//! What the emulator's IoT Core lacks: the hop from a rule to Kinesis, and a fleet that is registered.

mod fleet;
mod rule;
mod rule_bridge;

pub use self::fleet::DeviceCredentials;
pub(crate) use self::fleet::register;
pub(crate) use self::rule_bridge::RuleBridge;
