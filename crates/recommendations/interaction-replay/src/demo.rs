//! The demo: replay, wait, show how recommendations follow what a user does, account for every record.

use std::error::Error;
use std::time::Duration;

use put_many::kinesis::Record;

use crate::arrival::wait_for_arrival;
use crate::cloud::{Cloud, put_records};
use crate::config::{Stack, aws_access};
use crate::input::Input;
use crate::interaction::Interaction;
use crate::reckoning::Hops;
use crate::records::{record, records};
use crate::sending::{Sender, SoFar};
use crate::sessions::sessions;
use crate::showcase::{Showcase, showcase_user};

/// How many events the user of the showcase adds.
const CLICKS: usize = 2;

/// Runs the demo against the stack that the environment names.
///
/// # Errors
/// Something is missing or fails, the recommendations do not follow, or the records do not add up.
pub async fn demo(
    input: &Input,
    poison: usize,
    campaign: &str,
    patience: Duration,
    so_far: &SoFar,
) -> Result<(), Box<dyn Error>> {
    let (stack, access) = (Stack::from_env()?, aws_access(None)?);
    let sender = Sender::new(put_records(&access, &stack.stream), so_far);
    let cloud = Cloud::new(&access, stack, campaign.to_owned())?;
    let mut run = Run {
        received: cloud.state.counts().await?.events_received,
        hops: Hops {
            skipped: input.bad_lines.len() + input.repeated_lines,
            ..Hops::default()
        },
        input,
        sender,
        cloud,
        patience,
    };
    run.replay(poison).await?;
    run.show().await?;
    run.account().await
}

/// A demo under way.
struct Run<'a> {
    input: &'a Input,
    sender: Sender<'a>,
    cloud: Cloud,
    patience: Duration,
    hops: Hops,
    /// Events that Personalize will have received when all that was sent has arrived.
    received: u64,
}

impl Run<'_> {
    async fn replay(&mut self, poison: usize) -> Result<(), Box<dyn Error>> {
        println!(
            "\nReplay: {} interactions, {poison} poison records",
            self.input.interactions.len()
        );
        self.send(&records(self.input, poison)?, poison).await?;
        self.wait().await
    }

    async fn send(&mut self, records: &[Record], poison: usize) -> Result<(), Box<dyn Error>> {
        let ids = self
            .sender
            .send(records, |progress| println!("  sent {progress}"))
            .await?;
        self.received += (ids.len() - poison) as u64;
        self.hops.sent.extend(ids);
        Ok(())
    }

    async fn wait(&mut self) -> Result<(), Box<dyn Error>> {
        let expected = self.received;
        let tell = |held| println!("  in Personalize: {held} of {expected}");
        wait_for_arrival(&self.cloud, &mut self.hops, expected, self.patience, tell).await
    }

    /// Shows one user's recommendations before, after one and after two events.
    async fn show(&mut self) -> Result<(), Box<dyn Error>> {
        let input = self.input;
        let showcase = Showcase::new(&input.interactions);
        let user = showcase_user(&input.interactions).ok_or("no user has a dozen interactions")?;
        println!("\nRecommendations for user {user}, before");
        let mut shown = self.cloud.recommendations(user).await?;
        self.print(&shown, |_| String::new());
        let mut clicked = Vec::new();
        for number in 1..=CLICKS {
            let item = showcase
                .next_click(user, &shown, &clicked)
                .ok_or("there is no item left to click")?;
            clicked.push(item);
            self.click(user, item, number).await?;
            println!(
                "\nUser {user} takes \"{}\"; after {number} of {CLICKS} events",
                input.title(item)
            );
            let now = self.cloud.recommendations(user).await?;
            let new: Vec<_> = now
                .iter()
                .filter(|item| !shown.contains(item))
                .map(String::as_str)
                .collect();
            let evidence = |item: &str| match showcase.evidence(item, &clicked) {
                Some((click, together)) if new.contains(&item) => format!(
                    "   new: {} of {} who took \"{}\" took it, {:.1} times chance",
                    together.both,
                    together.first,
                    input.title(click),
                    together.lift
                ),
                _ => String::new(),
            };
            self.print(&now, evidence);
            check(&showcase, &new, &clicked)?;
            shown = now;
        }
        Ok(())
    }

    /// Sends one more interaction, as any other: through the stream and the forwarder.
    async fn click(&mut self, user: &str, item: &str, number: usize) -> Result<(), Box<dyn Error>> {
        let last = self.input.interactions.last().ok_or("the input is empty")?;
        // An hour after everything else, and a minute apart: a session of its own.
        let at = last.at + 3_600 + 60 * number as i64;
        let interaction = Interaction {
            user: user.to_owned(),
            item: item.to_owned(),
            event_type: last.event_type,
            value: last.value.map(|_| 5.0),
            at,
        };
        let session = sessions(std::slice::from_ref(&interaction)).concat();
        self.send(&[record(&interaction, &session)?], 0).await?;
        self.wait().await
    }

    fn print(&self, items: &[String], remark: impl Fn(&str) -> String) {
        for (place, item) in items.iter().enumerate() {
            println!("  {:>2}. {}{}", place + 1, self.input.title(item), remark(item));
        }
    }

    /// Prints the table of hops; all that was sent must be accounted for.
    async fn account(&mut self) -> Result<(), Box<dyn Error>> {
        self.cloud.read_stream(&mut self.hops).await?;
        self.cloud.read_ends(&mut self.hops).await?;
        println!("\nEach record by its id\n{}", self.hops);
        let added_up = self.hops.check();
        added_up.map_err(|discrepancy| format!("the records do not add up: {discrepancy}").into())
    }
}

/// What newly appears must be there, and go with what was clicked.
fn check(showcase: &Showcase<'_>, new: &[&str], clicked: &[&str]) -> Result<(), Box<dyn Error>> {
    if new.is_empty() {
        return Err("the recommendations did not change".into());
    }
    for item in new {
        if !showcase
            .evidence(item, clicked)
            .is_some_and(|(_, together)| together.is_more_than_chance())
        {
            return Err(format!("item {item} was recommended, and does not go with what was clicked").into());
        }
    }
    Ok(())
}
