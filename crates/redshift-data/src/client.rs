//! The Data API through the AWS SDK: one call, and what its error means.

use aws_sdk_redshiftdata::Client;
use aws_sdk_redshiftdata::config::http::HttpResponse;
use aws_sdk_redshiftdata::error::{BuildError, ProvideErrorMetadata, SdkError};
use aws_sdk_redshiftdata::operation::batch_execute_statement::builders::BatchExecuteStatementFluentBuilder;
use aws_sdk_redshiftdata::operation::execute_statement::builders::ExecuteStatementFluentBuilder;
use aws_sdk_redshiftdata::types::{self, ColumnMetadata, SqlParameter, SubStatementData};

use crate::api::{
    Accepted, CallError, DataApi, Description, Page, SessionId, State, StatementId, SubStatement,
};
use crate::batch::Batch;
use crate::parameter::Parameter;
use crate::rows::Field;
use crate::statement::Statement;
use crate::target::{Place, Target};
use crate::warehouse::{Session, Submission, Work};

/// The service, for one database. The client's own retries must be off: retries belong inside the deadline.
#[derive(Debug, Clone)]
pub struct RedshiftDataApi {
    client: Client,
    target: Target,
}

impl RedshiftDataApi {
    /// Calls through `client`; statements run in `target`.
    pub fn new(client: Client, target: Target) -> Self {
        Self { client, target }
    }

    async fn execute(&self, statement: &Statement, submission: &Submission) -> Result<Accepted, CallError> {
        let parameters = statement.parameters().iter().map(wire_parameter);
        let parameters: Vec<_> = parameters.collect::<Result<_, _>>().map_err(incomplete)?;
        let call = self
            .client
            .execute_statement()
            .sql(statement.sql())
            .set_parameters((!parameters.is_empty()).then_some(parameters))
            .client_token(submission.token.as_str());
        let output = addressed(call, &self.target, &submission.session).send();
        let output = output.await.map_err(classify)?;
        accepted(output.id, output.session_id)
    }

    async fn batch(&self, batch: &Batch, submission: &Submission) -> Result<Accepted, CallError> {
        let call = self
            .client
            .batch_execute_statement()
            .set_sqls(Some(batch.statements().to_vec()))
            .client_token(submission.token.as_str());
        let output = addressed(call, &self.target, &submission.session).send();
        let output = output.await.map_err(classify)?;
        accepted(output.id, output.session_id)
    }
}

impl DataApi for RedshiftDataApi {
    async fn submit(&self, submission: &Submission) -> Result<Accepted, CallError> {
        match &submission.work {
            Work::Statement(statement) => Box::pin(self.execute(statement, submission)).await,
            Work::Batch(batch) => Box::pin(self.batch(batch, submission)).await,
        }
    }

    async fn describe(&self, id: &StatementId) -> Result<Description, CallError> {
        let call = self.client.describe_statement().id(id.as_str());
        let output = Box::pin(call.send()).await.map_err(classify)?;
        let status = output.status().map_or("", |status| status.as_str());
        Ok(Description {
            state: State::from(status),
            error: output.error().map(str::to_owned),
            statements: output.sub_statements().iter().map(sub_statement).collect(),
        })
    }

    async fn result_page(&self, id: &StatementId, next: Option<&str>) -> Result<Page, CallError> {
        let call = self.client.get_statement_result().id(id.as_str());
        let call = call.set_next_token(next.map(str::to_owned));
        let output = Box::pin(call.send()).await.map_err(classify)?;
        let rows = output.records().iter().map(|row| row.iter().map(field).collect());
        Ok(Page {
            columns: output.column_metadata().iter().map(column).collect(),
            rows: rows.collect::<Result<_, _>>()?,
            next: output.next_token().map(str::to_owned),
        })
    }

    async fn cancel(&self, id: &StatementId) -> Result<(), CallError> {
        let call = self.client.cancel_statement().id(id.as_str());
        Box::pin(call.send()).await.map(drop).map_err(classify)
    }
}

/// The two calls say in the same words where they go.
trait Addressed: Sized {
    fn workgroup(self, name: &str) -> Self;
    fn cluster(self, id: &str) -> Self;
    fn database(self, name: &str) -> Self;
    fn secret(self, arn: Option<String>) -> Self;
    fn keep_alive(self, seconds: i32) -> Self;
    fn session(self, id: &str) -> Self;
}

macro_rules! addressed {
    ($builder:ty) => {
        impl Addressed for $builder {
            fn workgroup(self, name: &str) -> Self {
                self.workgroup_name(name)
            }
            fn cluster(self, id: &str) -> Self {
                self.cluster_identifier(id)
            }
            fn database(self, name: &str) -> Self {
                self.database(name)
            }
            fn secret(self, arn: Option<String>) -> Self {
                self.set_secret_arn(arn)
            }
            fn keep_alive(self, seconds: i32) -> Self {
                self.session_keep_alive_seconds(seconds)
            }
            fn session(self, id: &str) -> Self {
                self.session_id(id)
            }
        }
    };
}

addressed!(ExecuteStatementFluentBuilder);
addressed!(BatchExecuteStatementFluentBuilder);

/// A session has its database and its user; a call that names it names no other.
fn addressed<C: Addressed>(call: C, target: &Target, session: &Session) -> C {
    match session {
        Session::Own => placed(call, target),
        Session::Open { keep_alive_seconds } => {
            let seconds = i32::try_from(*keep_alive_seconds).unwrap_or(i32::MAX);
            placed(call, target).keep_alive(seconds)
        }
        Session::Reuse(id) => call.session(id.as_str()),
    }
}

fn placed<C: Addressed>(call: C, target: &Target) -> C {
    let call = match &target.place {
        Place::Workgroup(name) => call.workgroup(name.as_str()),
        Place::Cluster(id) => call.cluster(id.as_str()),
    };
    let secret = target.secret.as_ref().map(|arn| arn.as_str().to_owned());
    call.database(target.database.as_str()).secret(secret)
}

fn accepted(id: Option<String>, session: Option<String>) -> Result<Accepted, CallError> {
    let id = id.ok_or_else(|| CallError::retryable("the answer has no statement id"))?;
    Ok(Accepted {
        id: StatementId::new(id),
        session: session.map(SessionId::new),
    })
}

fn wire_parameter(parameter: &Parameter) -> Result<SqlParameter, BuildError> {
    SqlParameter::builder()
        .name(parameter.name())
        .value(parameter.value())
        .build()
}

fn sub_statement(statement: &SubStatementData) -> SubStatement {
    let status = statement.status().map_or("", |status| status.as_str());
    SubStatement {
        state: State::from(status),
        error: statement.error().map(str::to_owned),
    }
}

fn column(column: &ColumnMetadata) -> String {
    column.name().or(column.label()).unwrap_or_default().to_owned()
}

fn field(field: &types::Field) -> Result<Field, CallError> {
    match field {
        types::Field::IsNull(_) => Ok(Field::Null),
        types::Field::StringValue(text) => Ok(Field::Text(text.clone())),
        types::Field::LongValue(number) => Ok(Field::Long(*number)),
        types::Field::DoubleValue(number) => Ok(Field::Double(*number)),
        types::Field::BooleanValue(truth) => Ok(Field::Boolean(*truth)),
        types::Field::BlobValue(blob) => Ok(Field::Bytes(blob.as_ref().to_vec())),
        _ => Err(CallError::refused("the result has a field of an unknown type")),
    }
}

/// Every member that the service requires is set above; a newer model may require another.
fn incomplete(error: BuildError) -> CallError {
    CallError::refused(error.to_string())
}

fn classify<E: ProvideErrorMetadata>(error: SdkError<E, HttpResponse>) -> CallError {
    match &error {
        SdkError::ServiceError(service) => {
            let code = service.err().code().unwrap_or("no error code");
            let message = service.err().message().unwrap_or("no message");
            let reason = format!("{code}: {message}");
            if is_passing(code, service.raw().status().as_u16()) {
                CallError::retryable(reason)
            } else {
                CallError::refused(reason)
            }
        }
        SdkError::ConstructionFailure(_) => CallError::refused("the request could not be built"),
        // A time-out, a connection that broke, an answer that is not one of the service's.
        _ => CallError::retryable(error.to_string()),
    }
}

/// <https://docs.aws.amazon.com/redshift-data/latest/APIReference/CommonErrors.html>
fn is_passing(code: &str, status: u16) -> bool {
    let crowded = matches!(
        code,
        "ActiveStatementsExceededException"
            | "ActiveSessionsExceededException"
            | "ThrottlingException"
            | "Throttling"
            | "TooManyRequestsException"
            | "RequestLimitExceeded"
    );
    crowded || matches!(status, 408 | 429 | 500..)
}
