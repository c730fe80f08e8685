//! What each command does.

use std::process::ExitCode;
use std::time::Duration;

use function_config::AwsAccess;
use time::OffsetDateTime;

use crate::arguments::{Arguments, Audit as Options, Command};
use crate::arrival::{show_hops, wait_for_arrival};
use crate::audit::{Arrived, Audit, Clients};
use crate::config::{Stack, aws_access};
use crate::demo::demo;
use crate::failure::Failure;
use crate::reconciliation::Rules;
use crate::truth::Truth;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Does what the arguments ask for, until it is done or interrupted. `clients` makes the clients.
pub async fn run(arguments: &Arguments, clients: impl FnOnce(&AwsAccess) -> Clients) -> ExitCode {
    tokio::select! {
        ended = Box::pin(asked_for(arguments, clients)) => match ended {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => {
                eprintln!("fleet-audit: {failure}");
                failure.exit_code()
            }
        },
        () = device::interruption::asked_for() => {
            eprintln!("interrupted");
            ExitCode::from(130)
        }
    }
}

async fn asked_for(
    arguments: &Arguments,
    clients: impl FnOnce(&AwsAccess) -> Clients,
) -> Result<(), Failure> {
    match &arguments.command {
        Command::Demo(options) => demo(options, clients).await,
        Command::Audit(options) => audit(options, clients).await,
    }
}

async fn audit(options: &Options, clients: impl FnOnce(&AwsAccess) -> Clients) -> Result<(), Failure> {
    let truth = Truth::read(&options.truth).map_err(Failure::usage)?;
    let stack = Stack::from_env()?;
    let mut audit = Audit::new(&clients(&aws_access()?), &stack);
    let rules = Rules {
        killed: options.killed,
        archive_source: stack.archive_source,
        history_since: history_since(OffsetDateTime::now_utc(), options.history_days),
    };
    let mut told = None;
    let tell = async |arrived: &Arrived| {
        if told != Some(*arrived) {
            println!("  {arrived}");
            told = Some(*arrived);
        }
    };
    let arrived = wait_for_arrival(&mut audit, &truth, rules, options.patience, tell).await;
    show_hops(&arrived);
    println!("\nReconciliation: {}", arrived?);
    Ok(())
}

/// What came before has expired, in microseconds since 1970.
fn history_since(now: OffsetDateTime, days: usize) -> Option<i64> {
    let kept = DAY.checked_mul(u32::try_from(days).ok()?)?;
    let since = now.checked_sub(kept.try_into().ok()?)?;
    i64::try_from(since.unix_timestamp_nanos() / 1_000).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_history_forgets_after_days() {
        let now = OffsetDateTime::UNIX_EPOCH + 10 * DAY;
        assert_eq!(history_since(now, 3), Some(7 * 86_400 * 1_000_000));
        assert_eq!(history_since(now, usize::MAX), None);
    }
}
