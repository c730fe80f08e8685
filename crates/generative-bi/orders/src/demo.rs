//! The demo: orders come in and change, the warehouse follows, and all of it is accounted for.

mod showing;
mod watching;

use std::cell::Cell;
use std::error::Error;
use std::ops::Range;
use std::time::Duration;

use put_many::kinesis::PutRecords;
use tokio::time::{Instant, sleep};

use crate::arrival::{INGESTED, hold_against, wait_for_arrival};
use crate::cloud::Cloud;
use crate::dashboard::{self, Screen, Snapshot, WIDTH};
use crate::freshness::{followed, marker, removal};
use crate::generator::History;
use crate::hops::Hops;
use crate::questions::{ask, questions};
use crate::reconciliation::{Account, reconcile};
use crate::stream;
use crate::table::scan;
use crate::truth::Truth;
use crate::warehouse::{Warehouse, count};
use crate::writing::{SoFar, Writer};
use showing::{SHOWN_QUESTIONS, reasons, show_question};
use watching::watch;

/// How often the counts of the hops are looked at until they add up.
const LOOK: Duration = Duration::from_millis(500);

/// Without `--duplicates`, so many records are sent once more.
const FEW_REPEATS: usize = 5;

/// With it, one in so many.
const ONE_REPEAT_IN: usize = 20;

const FOLD: &str = "CALL warehouse.fold_order_changes()";
const FAILED_PAYLOADS: &str =
    "SELECT COUNT(*) AS records FROM ingest.order_changes WHERE failed_payload IS NOT NULL";
const CURRENT: &str = "SELECT COUNT(*) AS items FROM warehouse.current_orders";

/// How the demo is run.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Whether many records are sent once more.
    pub duplicates: bool,
    /// How long nothing may arrive before the demo gives up.
    pub patience: Duration,
}

/// Runs the demo.
///
/// # Errors
/// Something is missing or fails, an answer is wrong, or the items or the records do not add up.
pub async fn demo(
    history: &History,
    options: Options,
    cloud: &Cloud,
    so_far: &SoFar,
) -> Result<(), Box<dyn Error>> {
    let held = scan(&cloud.dynamodb, &cloud.stack.table).await?.len();
    if held > 0 {
        let table = &cloud.stack.table;
        return Err(format!(
            "the table {table} holds {held} items already; the demo begins with an empty one"
        )
        .into());
    }
    let mut run = Run {
        history,
        options,
        cloud,
        so_far,
        writer: Writer::new(cloud.batch_write_item(), so_far),
        put_records: cloud.put_records(),
        screen: Screen::of_stdout(),
        hops: Hops::default(),
        earlier: Hops::default(),
    };
    run.earlier = run.counted_hops().await?;
    let before = run.orders_come_in().await?;
    run.broken_records_arrive().await?;
    run.orders_change(&before).await?;
    run.measure_freshness().await?;
    run.ask_the_questions().await?;
    run.fold().await?;
    run.reconcile().await?;
    run.account().await
}

/// A demo under way.
struct Run<'a> {
    history: &'a History,
    options: Options,
    cloud: &'a Cloud,
    so_far: &'a SoFar,
    writer: Writer<'a>,
    put_records: PutRecords,
    screen: Screen,
    hops: Hops,
    /// What the stream and the warehouse held before: another run's, whose items are deleted.
    earlier: Hops,
}

impl Run<'_> {
    async fn orders_come_in(&mut self) -> Result<Snapshot, Box<dyn Error>> {
        let opening = self.history.opening;
        println!(
            "\nOrders: {opening} changes, {}",
            reasons(&self.history.changes[..opening])
        );
        self.write(0..opening).await?;
        let mut truth = Truth::default();
        self.history.changes[..opening]
            .iter()
            .for_each(|change| truth.apply(change));
        self.wait_for(&truth).await?;
        let snapshot = dashboard::take(&self.cloud.warehouse).await?;
        println!("\nDashboard\n\n{}", dashboard::render(&snapshot, WIDTH));
        Ok(snapshot)
    }

    async fn broken_records_arrive(&mut self) -> Result<(), Box<dyn Error>> {
        let broken = stream::broken()?;
        stream::put(&self.put_records, &self.cloud.stack.stream, &broken).await?;
        self.hops.broken = broken.len();
        println!(
            "Broken records: {} are put on the stream that are no JSON",
            broken.len()
        );
        Ok(())
    }

    async fn orders_change(&mut self, before: &Snapshot) -> Result<(), Box<dyn Error>> {
        let rest = self.history.opening..self.history.changes.len();
        println!(
            "\nChanges: {}, {}",
            rest.len(),
            reasons(&self.history.changes[rest.clone()])
        );
        self.write(rest).await?;
        self.repeat_records().await?;
        self.wait_for(&self.history.truth).await?;
        let after = dashboard::take(&self.cloud.warehouse).await?;
        println!("\nDashboard\n\n{}", dashboard::render(&after, WIDTH));
        println!("What changed\n{}", dashboard::changes(before, &after, WIDTH));
        Ok(())
    }

    /// Writes a part of the changes; on a terminal, under the dashboard as it follows.
    async fn write(&mut self, part: Range<usize>) -> Result<(), Box<dyn Error>> {
        let changes = &self.history.changes[part];
        let (done, live) = (Cell::new(false), self.screen.is_live());
        let writing = async {
            let tell = |progress| {
                if !live {
                    println!("  written {progress}");
                }
            };
            let written = self.writer.write(changes, tell).await;
            done.set(true);
            written
        };
        let watching = watch(&self.cloud.warehouse, &mut self.screen, self.so_far, &done);
        let (written, watched) = tokio::join!(writing, watching);
        written?;
        self.hops.written += changes.len();
        Ok(watched?)
    }

    /// Sends records of the stream once more: older versions of items that have changed since.
    async fn repeat_records(&mut self) -> Result<(), Box<dyn Error>> {
        let mut records = Vec::new();
        let stream = &self.cloud.stack.stream;
        let keep = |record: aws_sdk_kinesis::types::Record| {
            // The broken ones are counted by themselves.
            if serde_json::from_slice::<serde::de::IgnoredAny>(record.data.as_ref()).is_ok() {
                records.push(record);
            }
        };
        stream::read(&self.cloud.kinesis, stream, keep).await?;
        let step = match self.options.duplicates {
            true => ONE_REPEAT_IN,
            false => (records.len() / FEW_REPEATS).max(1),
        };
        let chosen = records.iter().step_by(step).map(stream::repeat);
        let mut repeats = chosen.collect::<Result<Vec<_>, _>>()?;
        if !self.options.duplicates {
            repeats.truncate(FEW_REPEATS);
        }
        stream::put(&self.put_records, stream, &repeats).await?;
        self.hops.repeated = repeats.len();
        println!(
            "Duplicates: {} records are put on the stream once more",
            repeats.len()
        );
        Ok(())
    }

    async fn wait_for(&self, truth: &Truth) -> Result<(), Box<dyn Error>> {
        let begin = Instant::now();
        let expected = Account::of_truth(truth).as_the_warehouse_holds_it();
        let sent = (self.earlier.ingested + self.hops.sent()) as u64;
        wait_for_arrival(&self.cloud.warehouse, &expected, sent, self.options.patience).await?;
        println!(
            "  the views hold all of it {:.1} s after the last was written",
            begin.elapsed().as_secs_f64()
        );
        Ok(())
    }

    async fn measure_freshness(&mut self) -> Result<(), Box<dyn Error>> {
        println!("\nFreshness: from a change in DynamoDB to bi.order_lines");
        let marker = marker();
        for (change, what) in [(&marker, "a new line"), (&removal(&marker), "its deletion")] {
            let begin = Instant::now();
            self.writer.write(std::slice::from_ref(change), |_| {}).await?;
            self.hops.written += 1;
            let waited = followed(&self.cloud.warehouse, change, begin, self.options.patience).await?;
            println!("  {what}: {:.2} s", waited.as_secs_f64());
        }
        Ok(())
    }

    async fn ask_the_questions(&self) -> Result<(), Box<dyn Error>> {
        let (questions, mut wrong) = (questions()?, Vec::new());
        println!("\nQuestions: {}, five of them shown", questions.len());
        for question in &questions {
            let asked = ask(question, &self.history.truth, &self.cloud.warehouse).await?;
            if SHOWN_QUESTIONS.contains(&question.id.as_str()) {
                println!("{}", show_question(question, &asked));
            }
            let difference = asked.differences.first();
            wrong.extend(difference.map(|difference| format!("{}: {difference}", question.id)));
        }
        println!(
            "  {} of {} are answered right",
            questions.len() - wrong.len(),
            questions.len()
        );
        match wrong.is_empty() {
            true => Ok(()),
            false => Err(format!("questions are answered wrong: {}", wrong.join("; ")).into()),
        }
    }

    async fn fold(&self) -> Result<(), Box<dyn Error>> {
        println!("\nFolding the raw changes into the state: {FOLD}");
        Ok(self.cloud.warehouse.run(FOLD).await?)
    }

    async fn reconcile(&mut self) -> Result<(), Box<dyn Error>> {
        println!("\nReconciliation, item by item and attribute by attribute");
        let items = scan(&self.cloud.dynamodb, &self.cloud.stack.table).await?;
        self.hops.in_table = items.len();
        let table = Account::of_items(&items)?;
        let written = reconcile(&Account::of_truth(&self.history.truth), &table);
        println!("  what was written against the table: {written}");
        let held = hold_against(&self.cloud.warehouse, &table.as_the_warehouse_holds_it()).await?;
        println!("  the table against the warehouse:    {held}");
        match written.differences() + held.differences() {
            0 => Ok(()),
            differences => Err(format!("the items do not add up: {differences} differences").into()),
        }
    }

    /// Prints the table of hops; every record must be accounted for.
    async fn account(&mut self) -> Result<(), Box<dyn Error>> {
        let begin = Instant::now();
        loop {
            self.hops = self.counted_hops().await?.since(&self.earlier);
            let problems = self.hops.problems();
            if problems.is_empty() || begin.elapsed() >= self.options.patience {
                println!("\nRecords by hop\n{}", self.hops);
                return match problems.is_empty() {
                    true => Ok(()),
                    false => Err(format!("the records do not add up: {}", problems.join("; ")).into()),
                };
            }
            sleep(LOOK).await;
        }
    }

    /// What the stream and the warehouse hold now.
    async fn counted_hops(&self) -> Result<Hops, Box<dyn Error>> {
        let mut on_stream = 0;
        stream::read(&self.cloud.kinesis, &self.cloud.stack.stream, |_| on_stream += 1).await?;
        Ok(Hops {
            on_stream,
            ingested: self.counted(INGESTED).await?,
            failed_payloads: self.counted(FAILED_PAYLOADS).await?,
            current: self.counted(CURRENT).await?,
            ..self.hops
        })
    }

    async fn counted(&self, sql: &str) -> Result<usize, Box<dyn Error>> {
        Ok(usize::try_from(count(&self.cloud.warehouse, sql).await?)?)
    }
}
