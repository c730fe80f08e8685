//! Hit rate at 10 of the recommender, beside popularity's, on a split by time.
//!
//! `cargo bench -p stand-ins --bench hit_rate -- --input ratings.csv` reads MovieLens' ratings
//! (`userId,movieId,rating,timestamp`); without `--input`, clicks are generated.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool: what it prints is what it is for"
)]

use std::process::ExitCode;

use stand_ins::recommender::hit_rate::{Click, HitRates, clicks_with_tastes};

/// The part of the interactions that is learnt before anything is asked.
const LEARNT_FIRST: f64 = 0.8;

fn main() -> ExitCode {
    match clicks(std::env::args().skip(1)) {
        Ok(clicks) => {
            print(clicks.len(), &HitRates::of(clicks, LEARNT_FIRST));
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("hit_rate: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn print(interactions: usize, rates: &HitRates) {
    println!("interactions          {interactions}");
    println!("asked about           {}", rates.asked);
    println!("hit rate at 10");
    println!("  co-occurrence       {:.4}", rates.recommended_rate());
    println!("  popularity          {:.4}", rates.popular_rate());
    println!("  lift                {:.2}x", rates.lift());
}

fn clicks(mut arguments: impl Iterator<Item = String>) -> Result<Vec<Click>, String> {
    let mut clicks = None;
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            // What cargo gives every benchmark.
            "--bench" => {}
            "--input" => clicks = Some(read_ratings(&arguments.next().ok_or("--input needs a file")?)?),
            _ => return Err(format!("unknown argument: {argument}")),
        }
    }
    Ok(clicks.unwrap_or_else(|| clicks_with_tastes(7, 20, 100, 500, 20_000)))
}

fn read_ratings(path: &str) -> Result<Vec<Click>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    let rows = text
        .lines()
        .enumerate()
        .skip(1)
        .filter(|(_, row)| !row.is_empty());
    rows.map(|(place, row)| {
        read_rating(row).ok_or_else(|| format!("{path}: line {}: not a rating", place + 1))
    })
    .collect()
}

fn read_rating(row: &str) -> Option<Click> {
    let mut fields = row.split(',');
    let (user_id, item_id, _rating) = (
        fields.next()?.to_owned(),
        fields.next()?.to_owned(),
        fields.next()?,
    );
    let at = fields.next()?.trim().parse().ok()?;
    fields.next().is_none().then_some(Click { user_id, item_id, at })
}
