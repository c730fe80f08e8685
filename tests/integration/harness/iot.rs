//! The IoT pipeline on a local cloud of its own, and devices that send to it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use fleet_audit::arrival::wait_for_arrival;
use fleet_audit::audit::{Audit, Clients};
use fleet_audit::config::Stack;
use fleet_audit::reconciliation::{Report, Rules};
use fleet_audit::truth::Truth;
use local_cloud::{LocalCloud, Options, Pattern};
use stand_ins::faults::Plan;
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::sync::MutexGuard;

use super::{MACHINE, PATIENCE, root};

/// A running pipeline.
pub struct IotInference {
    /// The cloud that it runs on.
    pub cloud: LocalCloud,
    clients: Clients,
    stack: Stack,
    folder: TempDir,
    _machine: MutexGuard<'static, ()>,
}

impl IotInference {
    /// The pipeline as the CDK app deploys it, with the functions of the debug build.
    pub async fn start() -> Self {
        let machine = MACHINE.lock().await;
        let mut options = Options::new(root());
        options.deploy = Some(Pattern::IotInference);
        let cloud = LocalCloud::start(options, |_| {})
            .await
            .expect("the local cloud starts");
        let config = cloud.sdk_config();
        let outputs: HashMap<String, String> = cloud.outputs().clone().into_iter().collect();
        Self {
            clients: Clients {
                athena: aws_sdk_athena::Client::new(&config),
                dynamodb: aws_sdk_dynamodb::Client::new(&config),
                kinesis: aws_sdk_kinesis::Client::new(&config),
                s3: aws_sdk_s3::Client::new(&config),
            },
            stack: Stack::of(&outputs).expect("the stack has the outputs of the pattern"),
            folder: tempfile::tempdir().expect("a temporary folder can be made"),
            cloud,
            _machine: machine,
        }
    }

    /// An output of the stack.
    pub fn output(&self, name: &str) -> &str {
        self.cloud
            .outputs()
            .get(name)
            .unwrap_or_else(|| panic!("the stack has no output {name}"))
    }

    /// A path for a file of the test.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts a fault plan in force, written as the endpoint takes it.
    pub fn set_faults(&self, plan: serde_json::Value) {
        self.cloud
            .set_faults(Plan::from_json(plan.to_string().as_bytes()).expect("a sound fault plan"));
    }

    /// How many faults each rule of the plan put in.
    pub fn faults_injected(&self) -> Vec<u64> {
        let report = self.cloud.fault_report();
        let rules = report["rules"].as_array().expect("a report has rules");
        rules
            .iter()
            .map(|rule| rule["injected"].as_u64().expect("a rule counts"))
            .collect()
    }

    /// The real `device`, straight onto the stream.
    pub fn device(&self, arguments: &str) -> Command {
        let mut command = self.device_without_sink(arguments);
        command.args(["--stream", &self.stack.stream]);
        command
    }

    /// The real `device`, to the broker with the fleet's certificate.
    pub fn device_by_mqtt(&self, arguments: &str) -> Command {
        let credentials = self.cloud.device_credentials().expect("the cloud has a broker");
        let mut command = self.device_without_sink(arguments);
        command
            .args(["--mqtt", &credentials.endpoint])
            .arg("--ca")
            .arg(&credentials.certificate_authority)
            .arg("--certificate")
            .arg(&credentials.certificate)
            .arg("--key")
            .arg(&credentials.private_key);
        command
    }

    fn device_without_sink(&self, arguments: &str) -> Command {
        let mut command = Command::new(root().join("target/debug/device"));
        command
            .args(arguments.split_whitespace())
            .env("AWS_ENDPOINT_URL", self.cloud.endpoint())
            .env("AWS_REGION", local_cloud::REGION)
            .env("AWS_ACCESS_KEY_ID", local_cloud::ACCESS_KEY)
            .env("AWS_SECRET_ACCESS_KEY", local_cloud::ACCESS_KEY)
            .kill_on_drop(true);
        command
    }

    /// Waits until every hop has all of `truth`, and holds that each has it right and nothing else, and that no request
    /// broke a rule of AWS.
    pub async fn adds_up(&self, truth: &Truth) -> Report {
        let mut audit = Audit::new(&self.clients, &self.stack);
        let report = wait_for_arrival(&mut audit, truth, Rules::default(), PATIENCE, async |_| {}).await;
        let report = report.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(
            self.cloud.violations(),
            [],
            "every request keeps the rules of AWS's service models"
        );
        report
    }
}

/// What the devices were acknowledged, as they wrote it down.
pub fn truth(file: &Path) -> Truth {
    Truth::read([file]).expect("the devices write the truth")
}

/// Runs a device to its end, which must be a good one.
pub async fn succeeds(command: &mut Command) -> String {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().await.expect("the device can be run");
    let said = String::from_utf8_lossy(&stderr);
    assert!(status.success(), "the device ended with {status}: {said}");
    String::from_utf8_lossy(&stdout).into_owned()
}

/// Kills a device with SIGKILL, in the middle of whatever it does.
pub async fn kill(mut device: Child) {
    device.start_kill().expect("the device runs");
    let ended = tokio::time::timeout(Duration::from_secs(10), device.wait()).await;
    let status = ended
        .expect("a killed process ends")
        .expect("its end can be waited for");
    assert!(status.code().is_none(), "it ended by itself with {status}");
}
