//! All parts together: started in order, watched, stopped.

use std::path::PathBuf;
use std::process::ExitStatus;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_types::SdkConfig;
use event_source_mapping::driver::DriverEvent;
use http::StatusCode;
use local_firehose::LocalFirehose;
use stand_ins::faults::{Faults, Plan};
use stand_ins::personalize::{Personalize, Resources};
use tokio::sync::{Mutex, mpsc};

use crate::deploy::{Cdk, Outputs, output};
use crate::directories::Directories;
use crate::doors::{DoorUrls, Doors};
use crate::emulator::{Ministack, STOP_GRACE};
use crate::endpoint::{Endpoint, RequestCount, Requests, Services};
use crate::iot_core::DeviceCredentials;
use crate::iot_inference::IotInference;
use crate::mappings::{self, Mappings};
use crate::migrations;
use crate::native_capture::NativeCapture;
use crate::options::{ChangeCapture, Emulator, Options, Pattern};
use crate::service_model::{ServiceModels, Violation};
use crate::warehouse::{self, Postgres};
use crate::{Error, clients, readiness};

/// How long an emulator that runs already may take to answer.
const ANSWER_DEADLINE: Duration = Duration::from_secs(10);

/// A running local cloud. Dropping it stops everything that it started.
#[derive(Debug)]
pub struct LocalCloud {
    // Fields are dropped in this order: callers first, what they call after them.
    mappings: Option<Mappings>,
    capture: Option<NativeCapture>,
    iot_inference: Option<IotInference>,
    endpoint: Endpoint,
    services: Arc<Services>,
    /// Behind the warehouse, where a stack has one.
    postgres: Option<Postgres>,
    /// Empty while it restarts, and where the emulator is not ours.
    ministack: Mutex<Option<Ministack>>,
    owns_emulator: bool,
    outputs: Outputs,
    directories: Directories,
}

impl LocalCloud {
    /// Starts the endpoint, the emulator behind it, the stack and the driver, and returns when all are ready. `progress`
    /// hears of each step as it begins.
    ///
    /// # Errors
    /// [`Error::Argument`] for an option that cannot be used, [`Error::Part`] for a part that did not start.
    pub async fn start(mut options: Options, progress: impl Fn(&str)) -> Result<Self, Error> {
        let project = &mut options.project_directory;
        let attempt = format!("find the checkout {}", project.display());
        *project = project.canonicalize().map_err(Error::machine(attempt))?;
        let directories = Directories::make(options.state_directory.as_deref(), &options.project_directory)?;
        let services = Arc::new(Services {
            emulator: OnceLock::new(),
            doors: OnceLock::new(),
            warehouse: OnceLock::new(),
            firehose: OnceLock::new(),
            personalize: Personalize::new(Resources::local()),
            faults: Faults::default(),
            models: ServiceModels::in_venv(&options.project_directory.join(".venv"))?,
            requests: Requests::logged_to(&directories.log("requests.jsonl"))?,
        });
        let endpoint = Endpoint::start(options.port, Arc::clone(&services)).await?;
        progress("starting the emulator");
        let (authority, ministack) = emulator(&options, &directories, &endpoint.url()).await?;
        // Set once, here: the cells are empty.
        let _ = services.firehose.set(LocalFirehose::new(&authority));
        let _ = services.emulator.set(authority);
        let outputs = deploy(&options, &directories, &endpoint.url(), &progress).await?;
        open_doors(&services, &outputs, &endpoint.url(), &options, &progress)?;
        let postgres = open_warehouse(&services, &options, &directories, &endpoint.url(), &progress).await?;
        if let Some(postgres) = &postgres {
            let url = endpoint.url();
            tokio::select! {
                migrated = migrate(&outputs, &directories, &url, &progress) => migrated?,
                status = postgres.died() => return Err(postgres.death(status)),
            }
        }
        let capture = native_capture(&services, &outputs, &endpoint.url(), &options, &progress)?;
        let iot_inference = match ministack.as_ref().and_then(Ministack::mqtt_port) {
            Some(mqtt_port) => {
                let (url, directory) = (endpoint.url(), directories.device_credentials());
                Some(IotInference::start(&services, &outputs, &url, mqtt_port, &directory, &progress).await?)
            }
            None => None,
        };
        let mappings = mappings(&options, &directories, &endpoint.url(), &progress).await?;
        Ok(Self {
            mappings,
            capture,
            iot_inference,
            postgres,
            endpoint,
            services,
            owns_emulator: ministack.is_some(),
            ministack: Mutex::new(ministack),
            outputs,
            directories,
        })
    }

    /// The one endpoint, for `AWS_ENDPOINT_URL`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.endpoint.url()
    }

    /// A configuration for SDK clients that call the endpoint.
    #[must_use]
    pub fn sdk_config(&self) -> SdkConfig {
        clients::sdk_config(&self.endpoint())
    }

    /// Where the app finds its two APIs; none when no stack with doors was deployed.
    #[must_use]
    pub fn doors(&self) -> Option<&DoorUrls> {
        self.services.doors.get().map(Doors::urls)
    }

    /// The deployed stack's outputs by name; empty when nothing was deployed.
    #[must_use]
    pub fn outputs(&self) -> &Outputs {
        &self.outputs
    }

    /// How devices connect to the emulator's MQTT broker; none where it has none.
    #[must_use]
    pub fn device_credentials(&self) -> Option<&DeviceCredentials> {
        Some(self.iot_inference.as_ref()?.credentials())
    }

    /// The file with the outputs as the CDK writes them: `{"<stack>":{"<name>":"<value>"}}`. It exists when a stack was
    /// deployed.
    #[must_use]
    pub fn outputs_file(&self) -> PathBuf {
        self.directories.outputs()
    }

    /// Each part's log file, by the part's name.
    #[must_use]
    pub fn logs(&self) -> Vec<(&'static str, PathBuf)> {
        let mut logs = vec![("requests", self.directories.log("requests.jsonl"))];
        if self.owns_emulator {
            logs.push(("emulator", self.directories.log("emulator.log")));
        }
        if !self.outputs.is_empty() {
            logs.push(("deployment", self.directories.log("deploy.log")));
        }
        if self.postgres.is_some() {
            logs.push(("warehouse", self.directories.log("warehouse.log")));
        }
        if self.mappings.is_some() {
            logs.push(("mappings", self.directories.log("driver.jsonl")));
        }
        logs
    }

    /// The Personalize stand-in itself, to look into it or to make a dataset busy.
    #[must_use]
    pub fn personalize(&self) -> &Personalize {
        &self.services.personalize
    }

    /// The Firehose stand-in itself; none where nothing runs yet.
    #[must_use]
    pub fn firehose(&self) -> Option<&LocalFirehose> {
        self.services.firehose.get()
    }

    /// Puts a fault plan in force, around every service.
    pub fn set_faults(&self, plan: Plan) {
        self.services.faults.set(plan);
    }

    /// Ends all faults.
    pub fn clear_faults(&self) {
        self.services.faults.clear();
    }

    /// The fault plan in force, each rule with how many calls it `matched` and how many faults it `injected`.
    #[must_use]
    pub fn fault_report(&self) -> serde_json::Value {
        self.services.faults.report()
    }

    /// How often each operation was called and how it was answered.
    #[must_use]
    pub fn requests(&self) -> Vec<RequestCount> {
        self.services.requests.counts()
    }

    /// Everything in the requests so far that AWS's service models do not allow.
    #[must_use]
    pub fn violations(&self) -> Vec<Violation> {
        self.services.requests.violations()
    }

    /// Everything that the driver told since the start, then each event as it comes; nothing where the emulator runs
    /// the mappings.
    #[must_use]
    pub fn driver_events(&self) -> mpsc::UnboundedReceiver<DriverEvent> {
        match &self.mappings {
            Some(mappings) => mappings.events(),
            None => mpsc::unbounded_channel().1,
        }
    }

    /// Ends the emulator and starts it again: streams, buckets and functions come back, running functions are killed,
    /// and until it is back every call of it is answered with 503.
    ///
    /// # Errors
    /// When it does not come back, or when it is not ours to restart.
    pub async fn restart_emulator(&self) -> Result<(), Error> {
        let mut slot = self.ministack.lock().await;
        let ministack = slot.take().ok_or_else(foreign)?;
        *slot = Some(ministack.restart().await?);
        Ok(())
    }

    /// Kills every running function with SIGKILL, in the middle of whatever it does, and says how many there were.
    ///
    /// # Errors
    /// When the functions are not ours to kill, or processes cannot be listed.
    pub async fn kill_functions(&self) -> Result<usize, Error> {
        let slot = self.ministack.lock().await;
        slot.as_ref().ok_or_else(foreign)?.kill_functions().await
    }

    /// Waits until a part dies; the error says which, and shows the end of its log.
    pub async fn failed(&self) -> Error {
        tokio::select! {
            error = self.emulator_died() => error,
            error = self.driver_ended() => error,
            error = self.postgres_died() => error,
        }
    }

    async fn postgres_died(&self) -> Error {
        match &self.postgres {
            Some(postgres) => postgres.death(postgres.died().await),
            None => std::future::pending().await,
        }
    }

    async fn driver_ended(&self) -> Error {
        match &self.mappings {
            Some(mappings) => mappings.ended().await,
            None => std::future::pending().await,
        }
    }

    async fn emulator_died(&self) -> Error {
        loop {
            let Some((id, exited)) = self.emulator_exit().await else {
                return std::future::pending().await;
            };
            let status = exited.await;
            let slot = self.ministack.lock().await;
            // Another process group, or none: it was restarted on purpose.
            if let Some(group) = slot.as_ref().map(Ministack::group)
                && group.id() == id
            {
                return group.died(status);
            }
        }
    }

    /// The emulator's process group as of now, with the end of its first process.
    async fn emulator_exit(&self) -> Option<(i32, impl Future<Output = Option<ExitStatus>> + use<>)> {
        let slot = self.ministack.lock().await;
        let group = slot.as_ref()?.group();
        Some((group.id(), group.exited()))
    }

    /// Stops everything.
    pub async fn stop(self) {
        let Self {
            mappings,
            capture,
            iot_inference,
            endpoint,
            ministack,
            directories,
            services,
            ..
        } = self;
        drop(capture);
        drop(iot_inference);
        if let Some(warehouse) = services.warehouse.get() {
            warehouse.stop().await;
        }
        if let Some(mappings) = mappings {
            mappings.stop().await;
        }
        // What it took is to be in S3 before that ends. Where it cannot be, nobody looks any more.
        if let Some(firehose) = services.firehose.get() {
            let _ = firehose.stop().await;
        }
        drop(endpoint);
        if let Some(ministack) = ministack.into_inner() {
            let grace = if directories.keep_state() {
                STOP_GRACE
            } else {
                Duration::ZERO
            };
            ministack.stop(grace).await;
        }
    }
}

/// The emulator's authority, and the process where it is ours.
async fn emulator(
    options: &Options,
    directories: &Directories,
    endpoint: &str,
) -> Result<(String, Option<Ministack>), Error> {
    match &options.emulator {
        Emulator::Ministack => {
            let log = directories.log("emulator.log");
            let ministack = Ministack::start(options, &directories.emulator(), log, endpoint).await?;
            Ok((ministack.authority().to_owned(), Some(ministack)))
        }
        Emulator::Running(authority) => {
            let answers = |_: &StatusCode| true;
            readiness::until(authority, "/_localstack/health", answers, ANSWER_DEADLINE)
                .await
                .map_err(|reason| Error::argument(format!("--endpoint http://{authority}: {reason}")))?;
            Ok((authority.clone(), None))
        }
    }
}

/// The stack's outputs; none when nothing is to be deployed.
async fn deploy(
    options: &Options,
    directories: &Directories,
    endpoint: &str,
    progress: impl Fn(&str),
) -> Result<Outputs, Error> {
    let Some(pattern) = options.deploy else {
        return Ok(Outputs::new());
    };
    let cdk = Cdk::find(options, directories, endpoint)?;
    progress(&format!("deploying {} with the CDK", pattern.stack()));
    cdk.deploy(pattern).await
}

/// The warehouse of what was deployed, if it has one.
async fn open_warehouse(
    services: &Services,
    options: &Options,
    directories: &Directories,
    endpoint: &str,
    progress: impl Fn(&str),
) -> Result<Option<Postgres>, Error> {
    if options.deploy != Some(Pattern::GenerativeBi) {
        return Ok(None);
    }
    progress("starting the warehouse");
    let postgres = Postgres::start(options, directories).await?;
    let config = clients::sdk_config(endpoint);
    let warehouse = warehouse::open(&postgres, &config, &directories.log("warehouse.log")).await?;
    // Set once, here: the cell is empty.
    let _ = services.warehouse.set(warehouse);
    Ok(Some(postgres))
}

/// The warehouse's tables and views, by the deployed function.
async fn migrate(
    outputs: &Outputs,
    directories: &Directories,
    endpoint: &str,
    progress: impl Fn(&str),
) -> Result<(), Error> {
    progress("migrating the warehouse");
    let function = output(outputs, "WarehouseMigratorFunctionName")?;
    let client = aws_sdk_lambda::Client::new(&clients::sdk_config(endpoint));
    migrations::apply(&client, function, &directories.log("emulator.log")).await
}

/// The capture that the emulator does not have, where it is asked for.
fn native_capture(
    services: &Arc<Services>,
    outputs: &Outputs,
    endpoint: &str,
    options: &Options,
    progress: impl Fn(&str),
) -> Result<Option<NativeCapture>, Error> {
    if !captures_natively(options) {
        return Ok(None);
    }
    progress("capturing changes here: the emulator's CloudFormation has no Kinesis destination of a table");
    let table = output(outputs, "OrdersTableName")?.to_owned();
    let stream = output(outputs, "OrderChangeStreamName")?;
    let config = clients::sdk_config(endpoint);
    Ok(Some(NativeCapture::start(
        &config,
        Arc::clone(services),
        table,
        stream,
    )))
}

/// The doors of what was deployed, if it has any.
fn open_doors(
    services: &Services,
    outputs: &Outputs,
    endpoint: &str,
    options: &Options,
    progress: impl Fn(&str),
) -> Result<(), Error> {
    let config = clients::sdk_config(endpoint);
    if let Some(doors) = Doors::of(outputs, endpoint, &options.project_directory, &config)? {
        progress("serving the collector's routes here: the emulator has no way from API Gateway to Kinesis");
        // Set once, here: the cell is empty.
        let _ = services.doors.set(doors);
    }
    Ok(())
}

/// The driver at work on what was deployed, unless the emulator runs the mappings.
async fn mappings(
    options: &Options,
    directories: &Directories,
    endpoint: &str,
    progress: impl Fn(&str),
) -> Result<Option<Mappings>, Error> {
    let config = clients::sdk_config(endpoint);
    if !options.run_mappings {
        mappings::leave_to_emulator(&config).await?;
        return Ok(None);
    }
    let mappings = Mappings::start(&config, directories.log("driver.jsonl"))?;
    if options.deploy.is_some() && !captures_natively(options) {
        progress("waiting until the mappings read their streams");
        mappings.read().await?;
    }
    Ok(Some(mappings))
}

/// Whether the table's own destination captures its changes: then the stack has no mapping.
fn captures_natively(options: &Options) -> bool {
    options.deploy == Some(Pattern::GenerativeBi) && options.change_capture == ChangeCapture::Native
}

fn foreign() -> Error {
    Error::argument(
        "the emulator was running before the local cloud: it is not ours to restart, nor its functions to kill",
    )
}
