//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

/// Replays interactions onto the stream and shows what became of each of them.
#[derive(Debug, Parser)]
#[command(name = "interaction-replay", version)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Sends interactions to a stream, and that is all.
    Replay {
        /// What is sent.
        #[command(flatten)]
        source: Source,
        /// The stream's name.
        #[arg(long)]
        stream: String,
        /// The endpoint of a local cloud; AWS_ENDPOINT_URL when absent, AWS when that is absent too.
        #[arg(long)]
        endpoint: Option<String>,
    },
    /// Sends interactions to a deployed pipeline, shows how recommendations follow, and accounts for every record. To
    /// be run by `local-cloud up -- …`, which sets AWS_ENDPOINT_URL and STACK_OUTPUTS.
    Demo {
        /// What is sent.
        #[command(flatten)]
        source: Source,
        /// The Personalize campaign that recommends to a user.
        #[arg(long, default_value = stand_ins::personalize::LOCAL_CAMPAIGN_ARN)]
        campaign: String,
        /// How many seconds may pass without a record arriving before the demo gives up.
        #[arg(long, default_value = "120", value_parser = seconds)]
        patience: Duration,
    },
}

/// What is sent.
#[derive(Debug, Args)]
pub struct Source {
    /// MovieLens' ratings.csv, with a movies.csv beside it for titles. Without it clicks are made up.
    #[arg(long)]
    pub input: Option<PathBuf>,
    /// End at the first line that is no rating, instead of skipping and counting such lines.
    #[arg(long, requires = "input")]
    pub strict: bool,
    /// How many records to add that nobody can deliver, to show where they end.
    #[arg(long, default_value_t = 0)]
    pub poison: usize,
    /// The seed of the clicks that are made up.
    #[arg(long, default_value_t = 7, conflicts_with = "input")]
    pub seed: u64,
}

fn seconds(text: &str) -> Result<Duration, std::num::ParseIntError> {
    text.parse().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments, clap::Error> {
        Arguments::try_parse_from(line.split(' '))
    }

    #[test]
    fn both_commands_are_understood() {
        assert!(parse("x replay --input r.csv --stream s --endpoint http://127.0.0.1:1 --strict").is_ok());
        assert!(parse("x demo").is_ok());
        assert!(parse("x demo --input r.csv --poison 5 --patience 9").is_ok());
    }

    #[test]
    fn what_contradicts_itself_is_an_error_that_names_the_argument() {
        let cases = [
            ("x replay", "--stream"),
            ("x demo --strict", "--input"),
            ("x demo --input r.csv --seed 3", "--seed"),
            ("x demo --poison many", "--poison"),
            ("x demo --patience soon", "--patience"),
        ];
        for (line, named) in cases {
            let error = parse(line).expect_err(line).to_string();
            assert!(error.contains(named), "{line}: {error}");
        }
    }
}
