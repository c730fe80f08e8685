//! The SQL that the warehouse is made of and asked with passes, every statement of it.

use std::fs;
use std::path::{Path, PathBuf};

use redshift_sql::{Plan, Session, plan, split};

const MIGRATIONS: &str = "../../generative-bi/warehouse-migrator/sql";
const QUESTIONS: &str = "../../generative-bi/orders/questions.json";

#[test]
fn every_migration_is_in_the_list() {
    let files = migrations();
    assert!(!files.is_empty(), "there are no migrations");
    for file in files {
        // Each file is a session of its own.
        let mut session = Session::default();
        let text = filled(&fs::read_to_string(&file).expect("it can be read"));
        let statements = split(&text).expect("it can be split");
        assert!(!statements.is_empty(), "{file:?} has no statement");
        for statement in statements {
            match plan(statement, &session, &[]) {
                Ok(Plan::Set { name, value }) => set(&mut session, &name, &value),
                Ok(_) => {}
                Err(refusal) => panic!("{file:?}: {refusal}\n{statement}"),
            }
        }
    }
}

#[test]
fn every_question_is_in_the_list() {
    let text = fs::read_to_string(here(QUESTIONS)).expect("it can be read");
    let questions: Vec<serde_json::Value> = serde_json::from_str(&text).expect("it is a list");
    assert!(!questions.is_empty(), "there are no questions");
    for question in questions {
        let sql = question["sql"].as_str().expect("a question has its SQL");
        match plan(sql, &Session::default(), &[]) {
            Ok(Plan::Run(run)) => assert!(run.returns_rows, "{sql}"),
            other => panic!("{}: {other:?}\n{sql}", question["id"]),
        }
    }
}

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn migrations() -> Vec<PathBuf> {
    let entries = fs::read_dir(here(MIGRATIONS)).expect("the folder is there");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("it can be read").path())
        .collect();
    files.retain(|file| file.extension().is_some_and(|found| found == "sql"));
    files.sort();
    files
}

/// Puts `x` in the place of every `${NAME}`.
fn filled(text: &str) -> String {
    let mut parts = text.split("${");
    let mut filled = parts.next().expect("there is a first part").to_owned();
    for part in parts {
        let (_, after) = part.split_once('}').expect("a parameter has an end");
        filled.push('x');
        filled.push_str(after);
    }
    filled
}

fn set(session: &mut Session, name: &str, value: &str) {
    match name {
        "enable_case_sensitive_super_attribute" => session.case_sensitive_super_attribute = value == "true",
        "enable_case_sensitive_identifier" => session.case_sensitive_identifier = value == "true",
        _ => {}
    }
}
