//! Whatever goes wrong, and wherever the process ends: each statement runs once and in order.

use std::time::Duration;

use proptest::prelude::*;
use tokio::time::{Instant, timeout};
use warehouse_migrator::migrator::Progress;

use crate::applying::{migrate, migrated};
use crate::data_api::{FakeWarehouse, Fate};
use crate::files::ALONE;

/// A file of so many statements.
#[derive(Debug, Clone)]
struct Shape {
    alone: bool,
    settings: bool,
    statements: usize,
}

impl Shape {
    /// A SET is for a transaction alone.
    fn has_setting(&self) -> bool {
        self.settings && !self.alone
    }
}

fn shape(alone: impl Strategy<Value = bool>) -> impl Strategy<Value = Shape> {
    (alone, any::<bool>(), 1..4_usize).prop_map(|(alone, settings, statements)| Shape {
        alone,
        settings,
        statements,
    })
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        6 => Just(Fate::Answered),
        1 => Just(Fate::LostBefore),
        1 => Just(Fate::LostAfter),
        1 => Just(Fate::Dies),
        1 => Just(Fate::DiesAfter),
    ]
}

/// The processes that come one after the other, each with what happens to its calls.
fn lives() -> impl Strategy<Value = Vec<Vec<Fate>>> {
    prop::collection::vec(prop::collection::vec(fate(), 0..40), 0..6)
}

fn texts(shapes: &[Shape]) -> Vec<String> {
    let texts = shapes.iter().enumerate().map(|(file, shape)| {
        let head = if shape.alone { ALONE } else { "" };
        let setting = if shape.has_setting() {
            format!("SET s TO {file};")
        } else {
            String::new()
        };
        let statements = (0..shape.statements).map(|statement| format!("RUN {file} {statement};"));
        format!("{head}{setting}{}", statements.collect::<String>())
    });
    texts.collect()
}

/// What the warehouse has run when every file is applied once and in order. A SET of a transaction runs in it.
fn expected(shapes: &[Shape]) -> Vec<String> {
    let mut expected = Vec::new();
    for (file, shape) in shapes.iter().enumerate() {
        if shape.has_setting() {
            expected.push(format!("SET s TO {file}"));
        }
        for statement in 0..shape.statements {
            expected.push(format!("RUN {file} {statement}"));
        }
    }
    expected
}

/// A process: it ends when one of its calls does.
async fn live(warehouse: &FakeWarehouse, texts: &[&str], request: &str, fates: &[Fate]) {
    warehouse.fates(fates);
    let ended = timeout(Duration::from_secs(3_000), migrate(warehouse, texts, request)).await;
    if let Ok(Err(error)) = ended {
        panic!("{error}");
    }
    warehouse.fates(&[]);
}

fn paused<F: Future>(work: F) -> F::Output {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    runtime.block_on(work)
}

proptest! {
    /// One deployment, whose process dies and comes again.
    #[test]
    fn a_deployment_applies_each_statement_once(
        shapes in prop::collection::vec(shape(any::<bool>()), 1..5),
        prefix in 0..5_usize,
        lives in lives(),
        looks in 0..4_usize,
    ) {
        let texts = texts(&shapes);
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let warehouse = FakeWarehouse::default();
        paused(async {
            let _ = migrated(&warehouse, &texts[..prefix.min(texts.len())], "before").await;
            warehouse.runs_for(looks);
            for fates in &lives {
                live(&warehouse, &texts, "this", fates).await;
            }
            let _ = migrated(&warehouse, &texts, "this").await;
        });
        prop_assert_eq!(warehouse.ran(), expected(&shapes));
    }

    /// Each process is a deployment of its own: tokens do not help, the record in the transaction does.
    #[test]
    fn transactions_are_applied_once_by_any_deployments(
        shapes in prop::collection::vec(shape(Just(false)), 1..5),
        lives in lives(),
    ) {
        let texts = texts(&shapes);
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let warehouse = FakeWarehouse::default();
        paused(async {
            for (number, fates) in lives.iter().enumerate() {
                live(&warehouse, &texts, &format!("r{number}"), fates).await;
            }
            let _ = migrated(&warehouse, &texts, "last").await;
        });
        prop_assert_eq!(warehouse.ran(), expected(&shapes));
    }

    /// A statement fails, whichever, and is mended for the next deployment.
    #[test]
    fn a_failure_in_the_middle_is_gone_on_from(
        shapes in prop::collection::vec(shape(any::<bool>()), 1..5),
        at in any::<prop::sample::Index>(),
    ) {
        let texts = texts(&shapes);
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let all = expected(&shapes);
        let culprit = &all[at.index(all.len())];
        let warehouse = FakeWarehouse::default();
        let error = paused(async {
            warehouse.fails(culprit, usize::MAX, "it fails");
            let error = migrate(&warehouse, &texts, "r1").await.expect_err("it fails").to_string();
            warehouse.mended();
            let _ = migrated(&warehouse, &texts, "r2").await;
            error
        });
        prop_assert!(error.contains("statement ") && error.ends_with("it fails"), "{}", error);
        prop_assert_eq!(warehouse.ran(), all);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_times_out_after_its_work_does_it_once() {
    let warehouse = FakeWarehouse::default();
    // The history is made and read in five calls; the sixth submits the file.
    let mut fates = vec![Fate::Answered; 5];
    fates.extend([Fate::LostAfter, Fate::LostAfter]);
    warehouse.fates(&fates);
    let _ = migrated(&warehouse, &["A1; A2"], "r1").await;
    assert_eq!(warehouse.ran(), ["A1", "A2"]);
    assert_eq!(warehouse.history().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn without_time_it_says_what_it_is_at_and_goes_on_later() {
    let warehouse = FakeWarehouse::default();
    let text = format!("{ALONE}VACUUM a; VACUUM b");
    let _ = migrated(&warehouse, &["A1"], "r1").await;
    warehouse.runs_for(30);
    let request = "r2".parse().expect("an id");
    let mut said = Vec::new();
    for _ in 0..40 {
        let deadline = Instant::now() + Duration::from_secs(60);
        let files = crate::files::migrations(&["A1", &text]);
        let progress = warehouse
            .migrator()
            .migrate(&files, &request, deadline, &|_| ())
            .await;
        match progress.expect("no error") {
            Progress::Done(_) => break,
            Progress::NotYet { at } => said.push(at),
        }
    }
    said.dedup();
    assert!(said.contains(&"V002__f2.sql, statement 1".to_owned()), "{said:?}");
    assert_eq!(warehouse.ran(), ["A1", "VACUUM a", "VACUUM b"]);
}
