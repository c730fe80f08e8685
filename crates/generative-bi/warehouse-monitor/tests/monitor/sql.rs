//! The statements themselves: the README lists them.

use redshift_data::{Statement, runs_alone};
use warehouse_monitor::queries;
use warehouse_monitor::view::ViewName;

fn all() -> Vec<Statement> {
    let view: ViewName = "ingest.order_changes".parse().expect("a view");
    let since = "2025-03-01 12:00:00";
    let all = [
        queries::beginning(),
        queries::refreshes(&view),
        queries::scan_errors(&view, since),
        queries::failed_payloads(&view, since),
    ];
    all.map(|statement| statement.expect("it can be sent")).into()
}

#[test]
fn the_readme_lists_every_statement() {
    let readme = include_str!("../../README.md");
    for statement in all() {
        assert!(
            readme.lines().any(|line| line == statement.sql()),
            "{}",
            statement.sql()
        );
    }
}

#[test]
fn nothing_is_written() {
    for statement in all() {
        assert!(statement.sql().starts_with("SELECT "), "{}", statement.sql());
        assert_eq!(runs_alone(statement.sql()), None);
    }
}

#[test]
fn every_placeholder_has_a_value() {
    for statement in all() {
        let placeholders = statement.sql().matches(" :").count() + statement.sql().matches("(:").count();
        assert_eq!(placeholders, statement.parameters().len(), "{}", statement.sql());
        for parameter in statement.parameters() {
            assert!(statement.sql().contains(&format!(":{}", parameter.name())));
        }
    }
}
