//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

/// Generates orders and their changes, and holds the warehouse against the table, item by item.
#[derive(Debug, Parser)]
#[command(name = "orders", version)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Writes orders and changes them, shows how the warehouse follows, asks the question set and accounts for every
    /// record. To be run by `local-cloud up -- …`, which sets AWS_ENDPOINT_URL and STACK_OUTPUTS.
    Demo {
        /// What is written.
        #[command(flatten)]
        source: Source,
        /// Send every twentieth record of the stream once more; without it, five of them.
        #[arg(long)]
        duplicates: bool,
        /// How many seconds may pass without a record arriving before the demo gives up.
        #[arg(long, default_value = "120", value_parser = seconds)]
        patience: Duration,
    },
    /// Writes orders and their changes into the table, and that is all.
    Write {
        /// What is written.
        #[command(flatten)]
        source: Source,
    },
    /// Holds the warehouse against the table, item by item and attribute by attribute.
    Reconcile,
    /// Asks the question set, and holds the answers against the table's orders.
    Questions,
    /// Shows the dashboard's queries as tables and charts, once.
    Dashboard,
    /// Writes the made-up changes into a file.
    Generate {
        /// How much is made up, and from what.
        #[command(flatten)]
        made_up: MadeUp,
        /// The file, CSV.
        #[arg(long)]
        output: PathBuf,
    },
}

/// What is written.
#[derive(Debug, Args)]
pub struct Source {
    /// How much is made up, and from what.
    #[command(flatten)]
    pub made_up: MadeUp,
    /// A CSV file of orders, or of changes. What is made up are then changes of its orders.
    #[arg(long, conflicts_with = "items")]
    pub input: Option<PathBuf>,
}

/// How much is made up, and from what.
#[derive(Debug, Clone, Copy, Args)]
pub struct MadeUp {
    /// Changes in all, the first writing of each item included; five an item when absent. With --input, changes to
    /// follow the file's; when absent, 1000 in the demo and none else.
    #[arg(long)]
    pub changes: Option<usize>,
    /// Items: order lines.
    #[arg(long, default_value = "1000", value_parser = items)]
    pub items: usize,
    /// What everything follows from.
    #[arg(long, default_value_t = 7)]
    pub seed: u64,
}

fn seconds(text: &str) -> Result<Duration, std::num::ParseIntError> {
    text.parse().map(Duration::from_secs)
}

fn items(text: &str) -> Result<usize, String> {
    let items = text.parse::<std::num::NonZeroUsize>();
    items.map(Into::into).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments, clap::Error> {
        Arguments::try_parse_from(line.split(' '))
    }

    #[test]
    fn every_command_is_understood() {
        for line in [
            "x demo",
            "x demo --changes 9 --items 3 --seed 1 --duplicates --patience 9",
            "x demo --input orders.csv --changes 9",
            "x write --input orders.csv",
            "x reconcile",
            "x questions",
            "x dashboard",
            "x generate --output orders.csv",
        ] {
            assert!(parse(line).is_ok(), "{line}");
        }
    }

    #[test]
    fn what_contradicts_itself_is_an_error_that_names_the_argument() {
        let cases = [
            ("x generate", "--output"),
            ("x demo --items 0", "--items"),
            ("x demo --changes many", "--changes"),
            ("x demo --input orders.csv --items 3", "--items"),
            ("x write --patience 3", "--patience"),
            ("x demo --patience soon", "--patience"),
        ];
        for (line, named) in cases {
            let error = parse(line).expect_err(line);
            assert_eq!(error.exit_code(), 2, "{line}");
            assert!(error.to_string().contains(named), "{line}: {error}");
        }
    }
}
