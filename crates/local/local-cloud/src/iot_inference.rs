//! What the IoT pattern has here beside its stack: the hop from its topic rule to its stream, and credentials of devices.

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
    credentials: Option<DeviceCredentials>,
}

impl IotInference {
    /// Starts what the stack of `outputs` needs. Devices get credentials where the emulator's broker is ours, which
    /// listens at `mqtt_port` then.
    pub(crate) async fn start(
        services: &Arc<Services>,
        outputs: &Outputs,
        endpoint: &str,
        mqtt_port: Option<u16>,
        directory: &std::path::Path,
        progress: impl Fn(&str),
    ) -> Result<Self, Error> {
        progress("bridging the topic rule to its stream: the emulator's rules have no Kinesis action");
        let rule_name = output(outputs, "TelemetryRuleName")?;
        let config = clients::sdk_config(endpoint);
        let bridge = RuleBridge::start(&config, Arc::clone(services), rule_name).await?;
        let credentials = match mqtt_port {
            Some(port) => {
                let policy_name = output(outputs, "DevicePolicyName")?;
                Some(register(services, policy_name, port, directory).await?)
            }
            None => None,
        };
        Ok(Self {
            _bridge: bridge,
            credentials,
        })
    }

    pub(crate) fn credentials(&self) -> Option<&DeviceCredentials> {
        self.credentials.as_ref()
    }
}
