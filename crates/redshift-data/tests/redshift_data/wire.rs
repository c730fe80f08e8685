//! Through the real SDK client: what goes over the wire, and what each failure means.

use std::sync::{Arc, Mutex};

use aws_sdk_redshiftdata::Client;
use aws_sdk_redshiftdata::config::{BehaviorVersion, Config, Credentials, Region};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;
use redshift_data::{
    Batch, CallErrorKind, ClientToken, DataApi, Field, Parameter, RedshiftDataApi, Session, SessionId, State,
    Statement, StatementId, Submission, Target, Work,
};
use serde_json::{Value, json};

/// What the other side answers: a status with a body, or nothing.
type Answer = Option<(u16, Value)>;

#[derive(Debug, Clone)]
struct Wire {
    answer: Answer,
    requests: Arc<Mutex<Vec<(String, Value)>>>,
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let operation = request
            .headers()
            .get("x-amz-target")
            .unwrap_or_default()
            .to_owned();
        let body = serde_json::from_slice(request.body().bytes().unwrap_or_default()).expect("JSON");
        self.requests.lock().unwrap().push((operation, body));
        HttpConnectorFuture::ready(match &self.answer {
            Some((status, body)) => {
                let response = http::Response::builder()
                    .status(*status)
                    .header("x-amzn-errortype", body["__type"].as_str().unwrap_or_default())
                    .body(SdkBody::from(body.to_string()))
                    .expect("a response");
                Ok(HttpResponse::try_from(response).expect("a response"))
            }
            None => Err(ConnectorError::timeout("no answer".into())),
        })
    }
}

fn api(answer: Answer, target: Target) -> (RedshiftDataApi, Wire) {
    let wire = Wire {
        answer,
        requests: Arc::default(),
    };
    let connector = SharedHttpConnector::new(wire.clone());
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::for_tests())
        .retry_config(RetryConfig::disabled())
        .http_client(http_client_fn(move |_, _| connector.clone()))
        .build();
    (RedshiftDataApi::new(Client::from_conf(config), target), wire)
}

fn workgroup() -> Target {
    Target::workgroup("generative-bi".parse().unwrap(), "analytics".parse().unwrap())
}

fn cluster() -> Target {
    let secret = "arn:aws:secretsmanager:us-east-1:123456789012:secret:admin-a1b2c3";
    Target::cluster("bi".parse().unwrap(), "analytics".parse().unwrap())
        .with_secret(Some(secret.parse().unwrap()))
}

fn submission(work: Work, session: Session) -> Submission {
    Submission {
        work,
        token: ClientToken::new("token-1").unwrap(),
        session,
    }
}

fn statement() -> Work {
    Work::Statement(Statement::new("SELECT 1").unwrap())
}

async fn sent(work: Work, session: Session, target: Target) -> (String, Value) {
    let answer = json!({ "Id": "s1", "SessionId": "x1" });
    let (api, wire) = api(Some((200, answer)), target);
    let accepted = api.submit(&submission(work, session)).await.expect("taken");
    assert_eq!(accepted.id, StatementId::new("s1"));
    assert_eq!(accepted.session, Some(SessionId::new("x1")));
    let requests = wire.requests.lock().unwrap();
    assert_eq!(requests.len(), 1);
    requests[0].clone()
}

#[tokio::test]
async fn a_statement_goes_to_its_workgroup_with_its_token() {
    let statement = Statement::new("SELECT :day").unwrap();
    let work = Work::Statement(statement.with(Parameter::new("day", "2025-03-01").unwrap()));
    let (operation, body) = sent(work, Session::Own, workgroup()).await;
    assert_eq!(operation, "RedshiftData.ExecuteStatement");
    assert_eq!(
        body,
        json!({
            "Sql": "SELECT :day",
            "Parameters": [{ "name": "day", "value": "2025-03-01" }],
            "ClientToken": "token-1",
            "WorkgroupName": "generative-bi",
            "Database": "analytics",
        })
    );
}

#[tokio::test]
async fn a_batch_goes_to_its_cluster_with_its_secret() {
    let work = Work::Batch(Batch::new(vec!["SET a TO b".to_owned(), "SELECT 1".to_owned()]).unwrap());
    let (operation, body) = sent(work, Session::Own, cluster()).await;
    assert_eq!(operation, "RedshiftData.BatchExecuteStatement");
    assert_eq!(
        body,
        json!({
            "Sqls": ["SET a TO b", "SELECT 1"],
            "ClientToken": "token-1",
            "ClusterIdentifier": "bi",
            "Database": "analytics",
            "SecretArn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:admin-a1b2c3",
        })
    );
}

#[tokio::test]
async fn a_session_is_opened_and_used_again_without_a_target() {
    let open = Session::Open {
        keep_alive_seconds: 600,
    };
    let (_, body) = sent(statement(), open, workgroup()).await;
    assert_eq!(body["SessionKeepAliveSeconds"], 600);
    assert_eq!(body["Database"], "analytics");
    let (_, body) = sent(statement(), Session::Reuse(SessionId::new("x1")), cluster()).await;
    assert_eq!(
        body,
        json!({ "Sql": "SELECT 1", "ClientToken": "token-1", "SessionId": "x1" })
    );
}

#[tokio::test]
async fn a_description_has_the_states_of_a_batch() {
    let answer = json!({
        "Id": "s1",
        "Status": "FAILED",
        "Error": "batch failed",
        "SubStatements": [
            { "Id": "s1:1", "Status": "FINISHED" },
            { "Id": "s1:2", "Status": "FAILED", "Error": "syntax error" },
            { "Id": "s1:3", "Status": "ABORTED" },
        ],
    });
    let (api, wire) = api(Some((200, answer)), workgroup());
    let description = api.describe(&StatementId::new("s1")).await.expect("described");
    assert_eq!(description.state, State::Failed);
    assert_eq!(description.error.as_deref(), Some("batch failed"));
    let states: Vec<_> = description.statements.iter().map(|one| one.state).collect();
    assert_eq!(states, [State::Finished, State::Failed, State::Aborted]);
    assert_eq!(description.statements[1].error.as_deref(), Some("syntax error"));
    assert_eq!(wire.requests.lock().unwrap()[0].1, json!({ "Id": "s1" }));
}

#[tokio::test]
async fn every_state_is_known() {
    for (status, state) in [
        ("SUBMITTED", State::Running),
        ("PICKED", State::Running),
        ("STARTED", State::Running),
        ("A_NEW_ONE", State::Running),
        ("FINISHED", State::Finished),
        ("FAILED", State::Failed),
        ("ABORTED", State::Aborted),
    ] {
        let (api, _) = api(Some((200, json!({ "Id": "s1", "Status": status }))), workgroup());
        let description = api.describe(&StatementId::new("s1")).await.expect("described");
        assert_eq!(description.state, state, "{status}");
    }
}

#[tokio::test]
async fn a_page_has_every_type() {
    let answer = json!({
        "ColumnMetadata": [{ "name": "a" }, { "label": "b" }, {}, {}, {}, {}],
        "Records": [[
            { "stringValue": "x" }, { "longValue": 3 }, { "doubleValue": 0.5 },
            { "booleanValue": true }, { "isNull": true }, { "blobValue": "AQI=" },
        ]],
        "NextToken": "p2",
        "TotalNumRows": 1,
    });
    let (api, wire) = api(Some((200, answer)), workgroup());
    let page = api
        .result_page(&StatementId::new("s1"), Some("p1"))
        .await
        .expect("a page");
    assert_eq!(page.columns[..2], ["a", "b"]);
    assert_eq!(
        page.rows,
        [[
            Field::Text("x".to_owned()),
            Field::Long(3),
            Field::Double(0.5),
            Field::Boolean(true),
            Field::Null,
            Field::Bytes(vec![1, 2]),
        ]]
    );
    assert_eq!(page.next.as_deref(), Some("p2"));
    let body = wire.requests.lock().unwrap()[0].1.clone();
    assert_eq!(body, json!({ "Id": "s1", "NextToken": "p1" }));
}

#[tokio::test]
async fn a_cancellation_names_the_statement() {
    let (api, wire) = api(Some((200, json!({ "Status": true }))), workgroup());
    api.cancel(&StatementId::new("s1")).await.expect("cancelled");
    let requests = wire.requests.lock().unwrap();
    assert_eq!(requests[0].0, "RedshiftData.CancelStatement");
    assert_eq!(requests[0].1, json!({ "Id": "s1" }));
}

#[tokio::test]
async fn failures_are_told_apart() {
    use CallErrorKind::{Refused, Retryable};
    let fails = |status, code: &str| Some((status, json!({ "__type": code, "message": "why" })));
    let cases = [
        (fails(400, "ActiveStatementsExceededException"), Retryable),
        (fails(400, "ActiveSessionsExceededException"), Retryable),
        (fails(400, "ThrottlingException"), Retryable),
        (fails(429, "AnyOther"), Retryable),
        (fails(408, "AnyOther"), Retryable),
        (fails(500, "InternalServerException"), Retryable),
        (fails(500, "ExecuteStatementException"), Retryable),
        (fails(503, "ServiceUnavailable"), Retryable),
        (None, Retryable),
        (fails(400, "ValidationException"), Refused),
        (fails(400, "ResourceNotFoundException"), Refused),
        (fails(400, "AccessDeniedException"), Refused),
        (fails(403, "ExpiredTokenException"), Refused),
    ];
    for (answer, kind) in cases {
        let (api, _) = api(answer.clone(), workgroup());
        let error = api.submit(&submission(statement(), Session::Own)).await;
        assert_eq!(error.expect_err("failed").kind, kind, "{answer:?}");
    }
}

#[tokio::test]
async fn the_reason_is_the_services() {
    let answer = json!({ "__type": "ValidationException", "message": "no such database" });
    let (api, _) = api(Some((400, answer)), workgroup());
    let error = api.describe(&StatementId::new("s1")).await.expect_err("refused");
    assert_eq!(error.to_string(), "ValidationException: no such database");
}
