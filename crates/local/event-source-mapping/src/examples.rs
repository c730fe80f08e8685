//! The documentation's own examples and sentences, transcribed, with the page of each. They run over the documented
//! rules, where all must hold, and over each mutant of the rules, where at least one must not.

mod batching;
mod events;
mod failures;
mod loss;
mod mutants;
mod reading;
mod resharding;
mod windows;

use serde_json::json;

use crate::mapping::InvokeResult;
use crate::rules::Rules;
use crate::simulation::{SimulatedStream, Simulation};
use crate::{MappingConfig, MappingSettings};

pub(crate) const REPORTING_PAGE: &str =
    "https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html";
pub(crate) const ERRORS_PAGE: &str =
    "https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html";
pub(crate) const PARAMETERS_PAGE: &str =
    "https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html";

const FUNCTION: &str = "arn:aws:lambda:us-east-2:123456789012:function:myfunction";

/// An example: what it is called, where the documentation has it, and whether it holds under these rules.
pub(crate) struct Example {
    pub name: &'static str,
    pub page: &'static str,
    pub holds: Box<dyn Fn(Rules) -> bool>,
}

/// All examples that depend on the rules.
pub(crate) fn all() -> Vec<Example> {
    failures::examples()
        .into_iter()
        .chain(resharding::examples())
        .collect()
}

#[test]
fn every_example_of_the_documentation_holds() {
    for example in all() {
        assert!(
            (example.holds)(Rules::documented()),
            "{} ({})",
            example.name,
            example.page
        );
    }
}

/// One shard's records, called 1, 2, 3, … in these tests, and how the function answers, invocation by invocation.
pub(crate) struct Story {
    pub name: &'static str,
    pub page: &'static str,
    pub settings: fn(MappingSettings) -> MappingSettings,
    /// Each record's partition key, of one letter.
    pub keys: &'static str,
    /// What comes after them is `Done`.
    pub answers: &'static [Says],
    /// The records of each invocation.
    pub batches: &'static [&'static [u64]],
    /// The records of each report to the on-failure destination.
    pub given_up: &'static [&'static [u64]],
}

/// How a function ends.
#[derive(Clone, Copy)]
pub(crate) enum Says {
    /// `{"batchItemFailures": []}`.
    Done,
    /// These records failed.
    Failed(&'static [u64]),
    /// This text, whatever it is.
    Text(&'static str),
    /// It raises an error.
    Error,
    /// It is not reached.
    Throttled,
}

impl Story {
    pub fn into_example(self) -> Example {
        let (name, page) = (self.name, self.page);
        Example {
            name,
            page,
            holds: Box::new(move |rules| self.holds(rules)),
        }
    }

    fn holds(&self, rules: Rules) -> bool {
        let mut simulation = simulation(self.settings, rules);
        for key in self.keys.chars() {
            simulation.stream_mut().put(&key.to_string(), "{}");
        }
        let mut answers = self.answers.iter();
        // One more than expected shows a mutant that goes on; a limit stops one that never ends.
        let limit = self.batches.len() + 1;
        let _ = simulation.run(limit, |_| answers.next().copied().unwrap_or(Says::Done).result());
        let batches = simulation
            .invocations()
            .iter()
            .map(|past| numbers(&past.invocation.records));
        let given_up = simulation
            .on_failure()
            .iter()
            .map(|report| numbers(&report.records));
        batches.eq(self.batches.iter().map(|batch| batch.to_vec()))
            && given_up.eq(self.given_up.iter().map(|batch| batch.to_vec()))
    }
}

impl Says {
    pub fn result(self) -> InvokeResult {
        match self {
            Self::Done => InvokeResult::Returned(r#"{"batchItemFailures":[]}"#.into()),
            Self::Failed(records) => {
                let items = records
                    .iter()
                    .map(|number| json!({"itemIdentifier": sequence_number(*number)}));
                let answer = json!({"batchItemFailures": items.collect::<Vec<_>>()});
                InvokeResult::Returned(answer.to_string().into())
            }
            Self::Text(text) => InvokeResult::Returned(text.into()),
            Self::Error => InvokeResult::FunctionError("Unhandled".into()),
            Self::Throttled => InvokeResult::NotInvoked("TooManyRequestsException".into()),
        }
    }
}

pub(crate) fn simulation(settings: fn(MappingSettings) -> MappingSettings, rules: Rules) -> Simulation {
    let stream = SimulatedStream::kinesis("lambda-stream", 1);
    let config = config(settings(MappingSettings::new(stream.arn(), FUNCTION)));
    Simulation::with_rules(config, stream, rules)
}

pub(crate) fn config(settings: MappingSettings) -> MappingConfig {
    settings.validate().expect("an example's settings are valid")
}

/// The settings of a function that reports.
pub(crate) fn reporting(settings: MappingSettings) -> MappingSettings {
    MappingSettings {
        function_response_types: vec!["ReportBatchItemFailures".into()],
        ..settings
    }
}

/// The records of a simulated stream are numbered from 1.
fn sequence_number(number: u64) -> String {
    format!("49{number:054}")
}

fn numbers(records: &[crate::SequenceNumber]) -> Vec<u64> {
    records
        .iter()
        .map(|record| record.as_str()[2..].parse().expect("a number"))
        .collect()
}
