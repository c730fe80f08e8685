//! One invocation: accept a change of the resource, or work on it until the time is over.

use std::time::{Duration, SystemTime};

use lambda_runtime::{Error, LambdaEvent};
use redshift_data::DataApi;
use tokio::time::Instant;
use tracing::{error, info, warn};

use crate::custom_resource::{Answer, Data, Event, RequestType};
use crate::file_error::FileError;
use crate::migrations::{File, Migrations};
use crate::migrator::{MigrateError, Migrator, Progress};
use crate::parameters::Parameters;
use crate::plan::Step;
use crate::request::{NotARequestId, RequestId};

/// The resource's id. There is one history in a database, so there is one resource.
const PHYSICAL_RESOURCE_ID: &str = "warehouse-migrations";

/// What one `isComplete` works at most, whatever time its function has. The framework asks a fixed number of times, and
/// CloudFormation waits an hour for the last of the answers: eleven times this, and the waits between, stay below it.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-customresource.html>
pub const WORK_AT_MOST: Duration = Duration::from_secs(4 * 60);

/// The function, apart from the runtime that invokes it.
pub struct Handler<A> {
    migrator: Migrator<A>,
    files: Result<Vec<File>, FileError>,
    parameters: Parameters,
}

/// Why a change of the resource failed: what CloudFormation shows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// The files cannot be applied.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// The event names no request.
    #[error("RequestId: {0}")]
    Request(#[from] NotARequestId),
}

impl<A: DataApi> Handler<A> {
    /// A function that applies `files`. What is wrong with them it says when it is asked to apply them: that is what
    /// CloudFormation shows.
    pub fn new(migrator: Migrator<A>, files: Result<Vec<File>, FileError>, parameters: Parameters) -> Self {
        Self {
            migrator,
            files,
            parameters,
        }
    }

    /// Handles an event inside the time that Lambda gives.
    ///
    /// # Errors
    /// The change has failed. CloudFormation rolls back.
    pub async fn handle(&self, event: LambdaEvent<Event>) -> Result<Answer, Error> {
        let left = event.context.deadline().duration_since(SystemTime::now());
        let deadline = Instant::now() + time_to_work(left.unwrap_or_default());
        let answer = self.answer(&event.payload, deadline).await;
        Ok(answer.inspect_err(|error| error!(error = %error, "the change of the resource failed"))?)
    }

    /// Answers an event before `deadline`.
    ///
    /// # Errors
    /// As [`handle`](Self::handle).
    pub async fn answer(&self, event: &Event, deadline: Instant) -> Result<Answer, ChangeError> {
        if !event.migrations_accepted {
            return Ok(accepted(event));
        }
        match event.request_type {
            // What is in the warehouse is not the stack's to delete.
            RequestType::Delete => Ok(complete(None)),
            RequestType::Create | RequestType::Update => self.work(event, deadline).await,
        }
    }

    async fn work(&self, event: &Event, deadline: Instant) -> Result<Answer, ChangeError> {
        let request: RequestId = event.request_id.parse()?;
        let files = self
            .files
            .as_ref()
            .map_err(|error| MigrateError::File(error.clone()))?;
        let files = Migrations::parse(files, &self.parameters).map_err(MigrateError::File)?;
        match self
            .migrator
            .migrate(&files, &request, deadline, &log_step)
            .await?
        {
            Progress::Done(done) => {
                let data = Data::from(&done);
                info!(
                    migrations.version = data.version,
                    migrations.applied = data.applied_versions,
                    migrations.newer = data.newer_versions,
                    "the files are applied"
                );
                Ok(complete(Some(data)))
            }
            Progress::NotYet { at } => {
                warn!(
                    migrations.at = at,
                    "the time is over: the next invocation goes on"
                );
                Ok(Answer::State {
                    is_complete: false,
                    data: None,
                })
            }
        }
    }
}

fn log_step(step: &Step<'_>) {
    info!(migrations.step = %step, "applied");
}

fn accepted(event: &Event) -> Answer {
    let id = event.physical_resource_id.as_deref();
    Answer::Accepted {
        physical_resource_id: id.unwrap_or(PHYSICAL_RESOURCE_ID).to_owned(),
        migrations_accepted: true,
    }
}

fn complete(data: Option<Data>) -> Answer {
    Answer::State {
        is_complete: true,
        data,
    }
}

/// How long an invocation works of the time that it has: not the last fifth, at most a minute, in which it answers. The
/// framework's own function waits for the answer inside a time that began earlier.
fn time_to_work(time_left: Duration) -> Duration {
    let margin = Duration::from_secs(60).min(time_left / 5);
    WORK_AT_MOST.min(time_left.saturating_sub(margin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invocation_works_four_minutes_at_most_and_keeps_time_to_answer() {
        let cases = [(0, 0), (60, 48), (295, 236), (300, 240), (301, 240), (900, 240)];
        for (left, work) in cases {
            assert_eq!(
                time_to_work(Duration::from_secs(left)),
                Duration::from_secs(work),
                "{left}"
            );
        }
    }
}
