//! What the IoT pattern has here beside its stack, on an emulator of ours: the hop from its topic rule to its stream, and
//! credentials of devices.

use std::sync::Arc;

use crate::deploy::{Outputs, output};
use crate::endpoint::Services;
use crate::iot_core::{DeviceCredentials, RuleBridge, register};
use crate::{Error, clients};

/// The parts at work. Dropping them ends them.
#[derive(Debug)]
pub(crate) struct IotInference {
    // Held for its drop.
    _bridge: RuleBridge,
    credentials: DeviceCredentials,
}

impl IotInference {
    /// Starts what the stack of `outputs` needs. The emulator's broker listens at `mqtt_port`.
    pub(crate) async fn start(
        services: &Arc<Services>,
        outputs: &Outputs,
        endpoint: &str,
        mqtt_port: u16,
        directory: &std::path::Path,
        progress: impl Fn(&str),
    ) -> Result<Self, Error> {
        progress("bridging the topic rule to its stream: the emulator's rules have no Kinesis action");
        let rule_name = output(outputs, "TelemetryRuleName")?;
        let config = clients::sdk_config(endpoint);
        let bridge = RuleBridge::start(&config, Arc::clone(services), rule_name).await?;
        let policy_name = output(outputs, "DevicePolicyName")?;
        let credentials = register(services, policy_name, mqtt_port, directory).await?;
        Ok(Self {
            _bridge: bridge,
            credentials,
        })
    }

    pub(crate) fn credentials(&self) -> &DeviceCredentials {
        &self.credentials
    }
}
