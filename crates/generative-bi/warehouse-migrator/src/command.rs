//! What `migrate-warehouse` does and says.

use std::fmt;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use redshift_data::DataApi;
use tokio::time::Instant;

use crate::arguments::{Arguments, Command};
use crate::custom_resource::Data;
use crate::file_error::FileError;
use crate::history::{History, WHOLE};
use crate::migrations::Migrations;
use crate::migrator::{MigrateError, Migrator, Progress};
use crate::parameters::ParameterError;
use crate::plan::{Step, plan};
use crate::request::RequestId;
use crate::source;

/// How the command ended, where it did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum End {
    /// Every file is applied.
    UpToDate,
    /// Some are not, or not yet.
    NotYet,
}

/// Why the command failed.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// A parameter cannot be used.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// A file cannot be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// The files cannot be applied.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// Nobody hears what it says.
    #[error("standard output: {0}")]
    Output(#[from] io::Error),
}

/// Runs the command; what it has to say goes to `output`.
///
/// # Errors
/// Names the file and the statement, or the parameter, that is at fault.
pub async fn run<A: DataApi>(
    arguments: &Arguments,
    migrator: &Migrator<A>,
    request: &RequestId,
    output: &mut (dyn Write + Send),
) -> Result<End, CommandError> {
    let files = match &arguments.directory {
        Some(directory) => source::directory(directory)?,
        None => source::embedded()?,
    };
    let files = Migrations::parse(&files, &arguments.parameters()?)?;
    let deadline = Instant::now() + Duration::from_secs(60 * u64::from(arguments.minutes));
    match arguments.command {
        None => apply(&files, migrator, request, deadline, output).await,
        Some(Command::Status) => {
            let history = migrator.history(request, deadline).await?;
            status(&files, &history, output)
        }
    }
}

async fn apply<A: DataApi>(
    files: &Migrations,
    migrator: &Migrator<A>,
    request: &RequestId,
    deadline: Instant,
    output: &mut (dyn Write + Send),
) -> Result<End, CommandError> {
    writeln!(output, "request {}", request.as_str())?;
    let output = Mutex::new(output);
    let told = |step: &Step<'_>| say(&output, format_args!("applied {step}"));
    match migrator.migrate(files, request, deadline, &told).await? {
        Progress::Done(done) => {
            let Data {
                version,
                newer_versions,
                ..
            } = Data::from(&done);
            if !newer_versions.is_empty() {
                say(
                    &output,
                    format_args!("the warehouse has {newer_versions}, which is newer than these files"),
                );
            }
            say(&output, format_args!("up to date at {version}"));
            Ok(End::UpToDate)
        }
        Progress::NotYet { at } => {
            let id = request.as_str();
            say(
                &output,
                format_args!("not yet: {at}; go on with --request-id {id}"),
            );
            Ok(End::NotYet)
        }
    }
}

/// A line that cannot be written must not stop a migration in the middle.
fn say(output: &Mutex<&mut (dyn Write + Send)>, line: fmt::Arguments<'_>) {
    let mut output = output.lock().unwrap_or_else(PoisonError::into_inner);
    let _ = writeln!(output, "{line}");
}

/// How far a file is applied, by its steps that are missing.
fn state(missing: &[usize], recorded: bool) -> String {
    let statements = missing.iter().filter(|statement| **statement != WHOLE);
    let statements: Vec<_> = statements.map(usize::to_string).collect();
    match (missing.is_empty(), recorded) {
        (true, _) => "applied".to_owned(),
        (false, false) => "not applied".to_owned(),
        (false, true) if statements.is_empty() => "applied, and not recorded as a whole yet".to_owned(),
        (false, true) => format!("applied in part: not statement {}", statements.join(", ")),
    }
}

fn status(
    files: &Migrations,
    history: &History,
    output: &mut (dyn Write + Send),
) -> Result<End, CommandError> {
    let plan = plan(files, history)?;
    for migration in files.iter() {
        let missing = plan.steps.iter().filter(|step| step.migration == migration);
        let missing: Vec<_> = missing.map(|step| step.statement).collect();
        let recorded = history.of(migration.version).next().is_some();
        writeln!(output, "{}: {}", migration.file, state(&missing, recorded))?;
    }
    for version in &plan.ahead {
        writeln!(output, "{version}: applied, and newer than these files")?;
    }
    Ok(if plan.steps.is_empty() {
        End::UpToDate
    } else {
        End::NotYet
    })
}
