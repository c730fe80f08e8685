//! What each command does.

use std::path::Path;

use crate::arguments::{Arguments, Command, MadeUp, Source};
use crate::arrival::hold_against;
use crate::cloud::Cloud;
use crate::config::{Stack, aws_access};
use crate::dashboard;
use crate::demo::{Options, demo};
use crate::failure::Failure;
use crate::generator::{History, Size, continue_from, generate};
use crate::model::{read_changes, write_changes};
use crate::questions::{ask, questions};
use crate::reconciliation::Account;
use crate::table::{scan, truth_of};
use crate::writing::{SoFar, Writer};

/// Changes for each item that is made up.
const CHANGES_PER_ITEM: usize = 5;

/// Changes that the demo makes up to follow a file.
const CHANGES_AFTER_A_FILE: usize = 1_000;

/// Does what the arguments ask for, and counts in `so_far` what is written.
///
/// # Errors
/// What failed, what does not add up, or what was given and cannot be used.
pub async fn run(arguments: &Arguments, so_far: &SoFar) -> Result<(), Failure> {
    match &arguments.command {
        Command::Demo {
            source,
            duplicates,
            patience,
        } => {
            let options = Options {
                duplicates: *duplicates,
                patience: *patience,
            };
            let history = history(source, CHANGES_AFTER_A_FILE)?;
            Ok(Box::pin(demo(&history, options, &cloud()?, so_far)).await?)
        }
        Command::Write { source } => Box::pin(write(&history(source, 0)?, so_far)).await,
        Command::Reconcile => Box::pin(reconcile()).await,
        Command::Questions => Box::pin(ask_all()).await,
        Command::Dashboard => Box::pin(show_dashboard()).await,
        Command::Generate { made_up, output } => save(&make_up(made_up)?, output),
    }
}

fn cloud() -> Result<Cloud, Failure> {
    Ok(Cloud::new(aws_access()?, Stack::from_env()?)?)
}

fn history(source: &Source, changes_after_a_file: usize) -> Result<History, Failure> {
    let Some(path) = &source.input else {
        return make_up(&source.made_up);
    };
    let changes = read_changes(path).map_err(Failure::usage)?;
    let following = source.made_up.changes.unwrap_or(changes_after_a_file);
    Ok(continue_from(changes, following, source.made_up.seed))
}

fn make_up(made_up: &MadeUp) -> Result<History, Failure> {
    let MadeUp { items, seed, .. } = *made_up;
    let changes = made_up.changes.unwrap_or(items.saturating_mul(CHANGES_PER_ITEM));
    if changes < items {
        let fault =
            format!("--changes {changes} is less than --items {items}: each item is a change at least");
        return Err(Failure::usage(fault));
    }
    Ok(generate(Size { changes, items, seed }))
}

async fn write(history: &History, so_far: &SoFar) -> Result<(), Failure> {
    let cloud = cloud()?;
    let writer = Writer::new(cloud.batch_write_item(), so_far);
    writer
        .write(&history.changes, |progress| println!("written {progress}"))
        .await?;
    println!(
        "{} changes are in the table {}",
        history.changes.len(),
        cloud.stack.table
    );
    Ok(())
}

async fn reconcile() -> Result<(), Failure> {
    let cloud = cloud()?;
    let items = scan(&cloud.dynamodb, &cloud.stack.table).await?;
    let expected = Account::of_items(&items)?.as_the_warehouse_holds_it();
    let report = hold_against(&cloud.warehouse, &expected).await?;
    println!("the table against the warehouse: {report}");
    match report.differences() {
        0 => Ok(()),
        _ => Err("the warehouse does not hold what the table holds".into()),
    }
}

async fn ask_all() -> Result<(), Failure> {
    let cloud = cloud()?;
    let truth = truth_of(&scan(&cloud.dynamodb, &cloud.stack.table).await?)?;
    let (questions, mut wrong) = (questions()?, 0);
    for question in &questions {
        let asked = ask(question, &truth, &cloud.warehouse).await?;
        let verdict = if asked.differences.is_empty() {
            "right"
        } else {
            "WRONG"
        };
        println!("{verdict}  {}: {}", question.id, question.question);
        asked
            .differences
            .iter()
            .for_each(|difference| println!("       {difference}"));
        wrong += usize::from(!asked.differences.is_empty());
    }
    match wrong {
        0 => Ok(()),
        wrong => Err(format!("{wrong} of {} questions are answered wrong", questions.len()).into()),
    }
}

async fn show_dashboard() -> Result<(), Failure> {
    let snapshot = dashboard::take(&cloud()?.warehouse).await?;
    println!("{}", dashboard::render(&snapshot, dashboard::WIDTH));
    Ok(())
}

fn save(history: &History, output: &Path) -> Result<(), Failure> {
    let named = |error: &dyn std::error::Error| Failure::usage(format!("{}: {error}", output.display()));
    let file = std::fs::File::create(output).map_err(|error| named(&error))?;
    write_changes(&history.changes, file).map_err(|error| named(&error))?;
    println!("{} changes are in {}", history.changes.len(), output.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::process::ExitCode;

    use clap::Parser;

    use super::*;

    fn history_of(line: &str) -> Result<History, Failure> {
        let arguments = Arguments::try_parse_from(line.split(' ')).expect(line);
        let Command::Write { source } = arguments.command else {
            panic!("{line} is another command");
        };
        history(&source, 3)
    }

    #[test]
    fn five_changes_an_item_are_made_up() {
        assert_eq!(history_of("x write --items 7").unwrap().changes.len(), 35);
        assert_eq!(
            history_of("x write --items 7 --changes 9").unwrap().changes.len(),
            9
        );
    }

    #[test]
    fn less_changes_than_items_are_wrong_usage() {
        let failure = history_of("x write --items 7 --changes 6").unwrap_err();
        assert_eq!(
            failure.to_string(),
            "--changes 6 is less than --items 7: each item is a change at least"
        );
        assert_eq!(failure.exit_code(), ExitCode::from(2));
    }

    #[test]
    fn a_file_is_followed_by_changes_and_a_bad_one_is_wrong_usage() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("orders.csv");
        save(&history_of("x write --items 7 --changes 9").unwrap(), &file).unwrap();
        let line = format!("x write --input {}", file.display());
        assert_eq!(history_of(&line).unwrap().changes.len(), 9 + 3);
        assert_eq!(
            history_of(&format!("{line} --changes 1")).unwrap().changes.len(),
            9 + 1
        );
        std::fs::write(&file, "orderId\n").unwrap();
        let failure = history_of(&line).unwrap_err();
        assert!(
            failure
                .to_string()
                .ends_with("orders.csv, line 1: column line is missing"),
            "{failure}"
        );
        assert_eq!(failure.exit_code(), ExitCode::from(2));
        let missing = history_of(&format!("{line}.missing")).unwrap_err();
        assert_eq!(missing.exit_code(), ExitCode::from(2));
    }

    #[test]
    fn a_file_that_cannot_be_written_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let history = history_of("x write --items 1").unwrap();
        let failure = save(&history, &folder.path().join("no/orders.csv")).unwrap_err();
        assert!(failure.to_string().contains("no/orders.csv: "), "{failure}");
    }
}
