//! The command `local-cloud up`: arguments in, exit code out.

mod arguments;

use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitCode, ExitStatus};
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};

use self::arguments::Arguments;
pub use self::arguments::USAGE;
use crate::process::{Group, Program};
use crate::{Error, LocalCloud, Violation};

/// How long the command may take to end after Ctrl-C.
const COMMAND_GRACE: Duration = Duration::from_secs(5);

/// How a run ended.
#[derive(Debug)]
pub enum Ended {
    /// The command ended with this status.
    Command(ExitStatus),
    /// This signal came.
    Signal(i32),
}

impl Ended {
    /// As a shell has it: 128 and the signal's number when a signal was the reason.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        let code = match self {
            Self::Command(status) => status.code().or_else(|| Some(128 + status.signal()?)),
            Self::Signal(number) => Some(128 + number),
        };
        ExitCode::from(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
    }
}

/// Starts the local cloud, runs the command in it (or waits for a signal), and stops everything, whatever happened.
/// `progress` hears what to tell the user.
///
/// # Errors
/// As [`LocalCloud::start`], and [`Error::Part`] when a part dies on the way.
pub async fn run(
    arguments: impl IntoIterator<Item = OsString>,
    progress: impl Fn(&str),
) -> Result<Ended, Error> {
    let arguments = Arguments::parse(arguments)?;
    let mut interruption = Interruption::new()?;
    // Dropping the start half-way kills what it had started.
    let cloud = tokio::select! {
        started = LocalCloud::start(arguments.options, &progress) => started?,
        number = interruption.next() => return Ok(Ended::Signal(number)),
    };
    progress(&announcement(&cloud));
    let command = command(&cloud, &arguments.command)?;
    let ended = tokio::select! {
        ended = end(command.as_ref()) => ended,
        error = cloud.failed() => Err(error),
        number = interruption.next() => Ok(Ended::Signal(number)),
    };
    for Violation {
        service,
        operation,
        member,
        problem,
    } in cloud.violations()
    {
        progress(&format!(
            "AWS would refuse {service} {operation}: {member} {problem}"
        ));
    }
    progress("stopping");
    if let Some(command) = command {
        command.stop(COMMAND_GRACE).await;
    }
    cloud.stop().await;
    ended
}

fn announcement(cloud: &LocalCloud) -> String {
    let endpoint = cloud.endpoint();
    let mut lines = vec![
        format!("ready: AWS_ENDPOINT_URL={endpoint}"),
        format!(
            "  what happened   {endpoint}/_state/requests, /_state/violations, /_state/personalize, /_state/warehouse, /_state/firehose"
        ),
    ];
    if let Some(doors) = cloud.doors() {
        lines.push(format!("  storefront      {endpoint}/_storefront/"));
        lines.push(format!("  collector       {}", doors.collector));
        lines.push(format!("  recommendations {}", doors.recommendation_api));
    }
    if let Some(credentials) = cloud.device_credentials() {
        lines.push(format!("  MQTT            {}", credentials.endpoint));
    }
    lines.extend(
        cloud
            .logs()
            .iter()
            .map(|(part, log)| format!("  {part:<15} {}", log.display())),
    );
    lines.join("\n")
}

/// Starts the command, if there is one.
fn command(cloud: &LocalCloud, line: &[OsString]) -> Result<Option<Group>, Error> {
    let Some((program, arguments)) = line.split_first() else {
        return Ok(None);
    };
    let command = Program::shown("the command", program)
        .arguments(arguments)
        .calling(&cloud.endpoint())
        .variable("STACK_OUTPUTS", cloud.outputs_file());
    with_credentials(command, cloud).start().map(Some)
}

/// Where devices connect, and with what.
fn with_credentials(command: Program, cloud: &LocalCloud) -> Program {
    let Some(credentials) = cloud.device_credentials() else {
        return command;
    };
    command
        .variable("IOT_ENDPOINT", &credentials.endpoint)
        .variable("IOT_CA", &credentials.certificate_authority)
        .variable("IOT_CERTIFICATE", &credentials.certificate)
        .variable("IOT_KEY", &credentials.private_key)
}

/// The command's end; never, when there is none.
async fn end(command: Option<&Group>) -> Result<Ended, Error> {
    match command {
        None => std::future::pending().await,
        Some(command) => match command.exited().await {
            Some(status) => Ok(Ended::Command(status)),
            None => Err(command.died(None)),
        },
    }
}

/// Ctrl-C, a polite kill, and a closed terminal.
struct Interruption {
    signals: [(i32, tokio::signal::unix::Signal); 3],
}

impl Interruption {
    fn new() -> Result<Self, Error> {
        let listen = |kind: SignalKind| {
            let listening = signal(kind).map_err(Error::machine("listen for signals"))?;
            Ok::<_, Error>((kind.as_raw_value(), listening))
        };
        Ok(Self {
            signals: [
                listen(SignalKind::interrupt())?,
                listen(SignalKind::terminate())?,
                listen(SignalKind::hangup())?,
            ],
        })
    }

    /// The next one's number.
    async fn next(&mut self) -> i32 {
        let [
            (interrupt, on_interrupt),
            (terminate, on_terminate),
            (hangup, on_hangup),
        ] = &mut self.signals;
        tokio::select! {
            _ = on_interrupt.recv() => *interrupt,
            _ = on_terminate.recv() => *terminate,
            _ = on_hangup.recv() => *hangup,
        }
    }
}
