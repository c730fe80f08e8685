//! The function as CDK's provider framework calls it: onEvent, then isComplete until it is.

use std::time::{Duration, SystemTime};

use lambda_runtime::{Context, LambdaEvent};
use serde_json::{Value, json};
use tokio::time::Instant;
use warehouse_migrator::Handler;
use warehouse_migrator::custom_resource::Event;
use warehouse_migrator::file_error::FileError;
use warehouse_migrator::handler::WORK_AT_MOST;
use warehouse_migrator::migrations::File;
use warehouse_migrator::parameters::Parameters;

use crate::data_api::FakeWarehouse;
use crate::files::files;

fn handler(warehouse: &FakeWarehouse, files: Vec<File>) -> Handler<FakeWarehouse> {
    Handler::new(warehouse.migrator(), Ok(files), Parameters::default())
}

async fn answer(handler: &Handler<FakeWarehouse>, event: &Value, seconds: u64) -> Result<Value, String> {
    let event: Event = serde_json::from_value(event.clone()).expect("an event");
    let deadline = Instant::now() + Duration::from_secs(seconds);
    let answer = handler
        .answer(&event, deadline)
        .await
        .map_err(|error| error.to_string())?;
    Ok(serde_json::to_value(answer).expect("JSON"))
}

/// As the framework does: the answer's fields over the event's, the resource's id never changed.
async fn changed(
    handler: &Handler<FakeWarehouse>,
    event: Value,
    seconds: u64,
) -> Result<(Value, usize), String> {
    let accepted = answer(handler, &event, seconds).await?;
    let mut waiting = event;
    for (name, value) in accepted.as_object().expect("an object") {
        waiting[name] = value.clone();
    }
    for questions in 1..100 {
        let state = answer(handler, &waiting, seconds).await?;
        if state["IsComplete"] == true {
            return Ok((
                json!({ "Id": waiting["PhysicalResourceId"], "Data": state["Data"] }),
                questions,
            ));
        }
        assert_eq!(state, json!({ "IsComplete": false }), "Data would be refused");
    }
    panic!("never complete");
}

fn event(request_type: &str, request: &str) -> Value {
    let mut event = json!({
        "RequestType": request_type,
        "RequestId": request,
        "LogicalResourceId": "Migrations",
        "StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/GenerativeBi/1",
        "ResourceType": "Custom::WarehouseMigrations",
        "ResponseURL": "...",
        "ResourceProperties": { "Digest": "d", "ServiceToken": "t" },
    });
    if request_type != "Create" {
        event["PhysicalResourceId"] = json!("warehouse-migrations");
    }
    event
}

#[tokio::test(start_paused = true)]
async fn a_new_stack_gets_every_file() {
    let warehouse = FakeWarehouse::default();
    let handler = handler(&warehouse, files(&["A1", "B1"]));
    let (resource, _) = changed(&handler, event("Create", "r1"), 600)
        .await
        .expect("complete");
    let data = json!({ "Version": "V002", "AppliedVersions": "V001,V002", "NewerVersions": "" });
    assert_eq!(resource, json!({ "Id": "warehouse-migrations", "Data": data }));
    assert_eq!(warehouse.ran(), ["A1", "B1"]);
}

#[tokio::test(start_paused = true)]
async fn the_first_answer_needs_no_warehouse() {
    let warehouse = FakeWarehouse::default();
    let handler = handler(&warehouse, files(&["A1"]));
    let accepted = answer(&handler, &event("Create", "r1"), 600).await;
    let expected = json!({ "PhysicalResourceId": "warehouse-migrations", "MigrationsAccepted": true });
    assert_eq!(accepted, Ok(expected));
    assert_eq!(warehouse.calls(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_update_with_nothing_new_is_complete_at_once() {
    let warehouse = FakeWarehouse::default();
    let handler = handler(&warehouse, files(&["A1"]));
    let _ = changed(&handler, event("Create", "r1"), 600)
        .await
        .expect("complete");
    let (resource, questions) = changed(&handler, event("Update", "r2"), 600)
        .await
        .expect("complete");
    assert_eq!(questions, 1);
    assert_eq!(resource["Data"]["AppliedVersions"], "");
    assert_eq!(resource["Id"], "warehouse-migrations");
}

#[tokio::test(start_paused = true)]
async fn what_takes_longer_than_an_invocation_goes_on_in_the_next() {
    let warehouse = FakeWarehouse::default();
    warehouse.runs_for(30);
    let handler = handler(&warehouse, files(&["A1", "B1"]));
    let (resource, questions) = changed(&handler, event("Create", "r1"), 60)
        .await
        .expect("complete");
    assert!(questions > 2, "{questions}");
    assert_eq!(resource["Data"]["AppliedVersions"], "V001,V002");
    assert_eq!(warehouse.ran(), ["A1", "B1"]);
}

#[tokio::test(start_paused = true)]
async fn one_question_is_answered_after_four_minutes_whatever_time_the_function_has() {
    let warehouse = FakeWarehouse::default();
    warehouse.runs_for(usize::MAX);
    let handler = handler(&warehouse, files(&["A1"]));
    let mut event = event("Create", "r1");
    event["MigrationsAccepted"] = json!(true);
    let mut context = Context::default();
    let ends = SystemTime::now() + Duration::from_secs(15 * 60);
    let ends = ends.duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    context.deadline = u64::try_from(ends.as_millis()).expect("a deadline");
    let event = serde_json::from_value(event).expect("an event");

    let start = Instant::now();
    let answer = handler.handle(LambdaEvent::new(event, context)).await;
    let answer = serde_json::to_value(answer.expect("no error")).expect("JSON");
    assert_eq!(answer, json!({ "IsComplete": false }));
    // It does not begin a wait that would end behind its time: five seconds at most.
    let worked = start.elapsed();
    let least = WORK_AT_MOST - Duration::from_secs(5);
    assert!((least..=WORK_AT_MOST).contains(&worked), "{worked:?}");
}

#[tokio::test(start_paused = true)]
async fn a_rollback_brings_older_files_and_is_no_error() {
    let warehouse = FakeWarehouse::default();
    let newer = handler(&warehouse, files(&["A1", "B1", "C1"]));
    let _ = changed(&newer, event("Create", "r1"), 600)
        .await
        .expect("complete");
    let older = handler(&warehouse, files(&["A1"]));
    let (resource, questions) = changed(&older, event("Update", "r2"), 600)
        .await
        .expect("complete");
    let data = json!({ "Version": "V001", "AppliedVersions": "", "NewerVersions": "V002,V003" });
    assert_eq!((resource["Data"].clone(), questions), (data, 1));
}

#[tokio::test(start_paused = true)]
async fn deleting_the_stack_makes_no_call() {
    let warehouse = FakeWarehouse::default();
    let handler = handler(&warehouse, files(&["A1"]));
    let mut event = event("Delete", "r1");
    event["PhysicalResourceId"] = json!("GenerativeBi-Migrations-1ABC");
    let (resource, questions) = changed(&handler, event, 600).await.expect("complete");
    assert_eq!(
        (resource["Id"].as_str(), questions),
        (Some("GenerativeBi-Migrations-1ABC"), 1)
    );
    assert_eq!(warehouse.calls(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_failure_reaches_cloudformation_with_file_and_statement() {
    let warehouse = FakeWarehouse::default();
    warehouse.fails("B2", usize::MAX, "permission denied");
    let function = handler(&warehouse, files(&["A1", "B1; B2"]));
    let error = changed(&function, event("Create", "r1"), 600)
        .await
        .expect_err("it fails");
    assert_eq!(error, "V002__f2.sql, statement 2: permission denied");

    let unreadable = handler(&warehouse, files(&["SELECT '"]));
    let error = changed(&unreadable, event("Create", "r2"), 600)
        .await
        .expect_err("it fails");
    assert_eq!(error, "V001__f1.sql, statement 1: a text literal has no end");

    let fault = Err(FileError::new("V001__f1.sql", "not UTF-8"));
    let none = Handler::new(warehouse.migrator(), fault, Parameters::default());
    let error = changed(&none, event("Create", "r3"), 600)
        .await
        .expect_err("it fails");
    assert_eq!(error, "V001__f1.sql: not UTF-8");
}

#[tokio::test(start_paused = true)]
async fn a_request_without_an_id_is_refused() {
    let warehouse = FakeWarehouse::default();
    let handler = handler(&warehouse, files(&["A1"]));
    let error = changed(&handler, event("Create", "a'b"), 600)
        .await
        .expect_err("refused");
    assert!(error.starts_with("RequestId: "), "{error}");
    assert_eq!(warehouse.calls(), 0);
}
