//! Failed batches: what is tried again, with what, and how often.

use super::{ERRORS_PAGE, Example, PARAMETERS_PAGE, REPORTING_PAGE, Says, Story, reporting, simulation};
use crate::mapping::InvokeResult;
use crate::{MappingSettings, Progress};

const CHECKPOINTS_PAGE: &str =
    "https://aws.amazon.com/blogs/compute/optimizing-batch-processing-with-custom-checkpoints-in-aws-lambda/";
const WORKSHOP_PAGE: &str =
    "https://data-processing.serverlessworkshops.io/stream-processing/05-extra-credit/05-01-eh-cp-bb.html";
const BATCHING_PAGE: &str = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html";

pub(super) fn examples() -> Vec<Example> {
    let stories = batches()
        .into_iter()
        .chain(reports())
        .chain(bisects())
        .chain(limits());
    stories
        .map(Story::into_example)
        .chain([age(), parallel_keys()])
        .collect()
}

fn batches() -> Vec<Story> {
    vec![
        Story {
            name: "items 1-10, then items 11-20",
            page: CHECKPOINTS_PAGE,
            settings: |settings| MappingSettings {
                batch_size: Some(10),
                ..settings
            },
            keys: "aaaaaaaaaaaaaaaaaaaa",
            answers: &[],
            batches: &[
                &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
                &[11, 12, 13, 14, 15, 16, 17, 18, 19, 20],
            ],
            given_up: &[],
        },
        Story {
            name: "an error: the whole batch is retried",
            page: ERRORS_PAGE,
            settings: |settings| MappingSettings {
                batch_size: Some(3),
                ..settings
            },
            keys: "aaaa",
            answers: &[Says::Error, Says::Error],
            batches: &[&[1, 2, 3], &[1, 2, 3], &[1, 2, 3], &[4]],
            given_up: &[],
        },
    ]
}

fn reports() -> Vec<Story> {
    let whole = |name, answer: &'static [Says]| Story {
        name,
        page: REPORTING_PAGE,
        settings: reporting,
        keys: "aab",
        answers: answer,
        batches: &[&[1, 2, 3], &[1, 2, 3]],
        given_up: &[],
    };
    let success = |name, answer: &'static [Says]| Story {
        batches: &[&[1, 2, 3]],
        ..whole(name, answer)
    };
    vec![
        Story {
            name: "a batch of 9 of which the fifth fails is retried from 5 to 9",
            page: WORKSHOP_PAGE,
            settings: reporting,
            keys: "aaaaaaaaa",
            answers: &[Says::Failed(&[5])],
            batches: &[&[1, 2, 3, 4, 5, 6, 7, 8, 9], &[5, 6, 7, 8, 9]],
            given_up: &[],
        },
        Story {
            name: "of several items the lowest is the checkpoint",
            page: REPORTING_PAGE,
            settings: reporting,
            keys: "aaaaaaaaa",
            answers: &[Says::Failed(&[7, 3, 9])],
            batches: &[&[1, 2, 3, 4, 5, 6, 7, 8, 9], &[3, 4, 5, 6, 7, 8, 9]],
            given_up: &[],
        },
        Story {
            name: "without ReportBatchItemFailures the report is not processed",
            page: REPORTING_PAGE,
            settings: |settings| settings,
            keys: "aaa",
            answers: &[Says::Failed(&[2])],
            batches: &[&[1, 2, 3]],
            given_up: &[],
        },
        success(
            "an empty list is success",
            &[Says::Text(r#"{"batchItemFailures":[]}"#)],
        ),
        success(
            "a null list is success",
            &[Says::Text(r#"{"batchItemFailures":null}"#)],
        ),
        success("an empty answer is success", &[Says::Text("{}")]),
        success("no answer is success", &[Says::Text("")]),
        success("a null answer is success", &[Says::Text("null")]),
        whole(
            "an empty identifier fails the batch",
            &[Says::Text(r#"{"batchItemFailures":[{"itemIdentifier":""}]}"#)],
        ),
        whole(
            "a null identifier fails the batch",
            &[Says::Text(r#"{"batchItemFailures":[{"itemIdentifier":null}]}"#)],
        ),
        whole(
            "an identifier with a bad key name fails the batch",
            &[Says::Text(r#"{"batchItemFailures":[{"itemId":"2"}]}"#)],
        ),
        whole(
            "an identifier that is not in the batch fails the batch",
            &[Says::Text(r#"{"batchItemFailures":[{"itemIdentifier":"4711"}]}"#)],
        ),
        whole(
            "an unknown identifier beside a known one fails the batch",
            &[Says::Failed(&[2, 4711])],
        ),
    ]
}

fn bisects() -> Vec<Story> {
    vec![
        Story {
            name: "a failed batch is split into two, which are retried in order",
            page: ERRORS_PAGE,
            settings: bisecting,
            keys: "aaaa",
            answers: &[Says::Error],
            batches: &[&[1, 2, 3, 4], &[1, 2], &[3, 4]],
            given_up: &[],
        },
        Story {
            name: "splitting isolates a bad record, and uses up no retry",
            page: ERRORS_PAGE,
            settings: |settings| MappingSettings {
                maximum_retry_attempts: Some(1),
                ..bisecting(settings)
            },
            keys: "aaaa",
            answers: &[Says::Error, Says::Done, Says::Error, Says::Error, Says::Error],
            batches: &[&[1, 2, 3, 4], &[1, 2], &[3, 4], &[3], &[3], &[4]],
            given_up: &[&[3]],
        },
        Story {
            name: "an error is bisected in half even if the function reports",
            page: REPORTING_PAGE,
            settings: |settings| bisecting(reporting(settings)),
            keys: "aaaaaa",
            answers: &[Says::Error],
            batches: &[&[1, 2, 3, 4, 5, 6], &[1, 2, 3], &[4, 5, 6]],
            given_up: &[],
        },
        Story {
            name: "a report bisects at the returned number, and only the rest is retried",
            page: REPORTING_PAGE,
            settings: |settings| MappingSettings {
                maximum_retry_attempts: Some(0),
                ..bisecting(reporting(settings))
            },
            keys: "aaaaaa",
            answers: &[Says::Failed(&[3])],
            batches: &[&[1, 2, 3, 4, 5, 6], &[3, 4, 5, 6]],
            given_up: &[],
        },
    ]
}

fn limits() -> Vec<Story> {
    vec![
        Story {
            name: "a batch that has exhausted its retries is discarded, and the stream goes on",
            page: PARAMETERS_PAGE,
            settings: |settings| MappingSettings {
                batch_size: Some(2),
                maximum_retry_attempts: Some(2),
                ..settings
            },
            keys: "aaa",
            answers: &[Says::Error, Says::Error, Says::Error],
            batches: &[&[1, 2], &[1, 2], &[1, 2], &[3]],
            given_up: &[&[1, 2]],
        },
        Story {
            name: "without a limit a batch is retried until it succeeds",
            page: PARAMETERS_PAGE,
            settings: |settings| MappingSettings {
                maximum_retry_attempts: Some(-1),
                ..settings
            },
            keys: "a",
            answers: &[Says::Error; 5],
            batches: &[&[1], &[1], &[1], &[1], &[1], &[1]],
            given_up: &[],
        },
        Story {
            name: "a throttle, where the batch does not reach the function, uses up no retry",
            page: ERRORS_PAGE,
            settings: |settings| MappingSettings {
                maximum_retry_attempts: Some(0),
                ..settings
            },
            keys: "aa",
            answers: &[Says::Throttled, Says::Throttled, Says::Error],
            batches: &[&[1, 2], &[1, 2], &[1, 2]],
            given_up: &[&[1, 2]],
        },
    ]
}

/// Record 1 arrives at 0 s and record 2 at 30 s, both fail for good, and the age is 60 s: waits of 1, 2, 4, 8, 16 and
/// 32 s pass between the attempts.
fn age() -> Example {
    let holds = |rules| {
        let mut simulation = simulation(
            |settings| MappingSettings {
                maximum_record_age_in_seconds: Some(60),
                ..settings
            },
            rules,
        );
        simulation.stream_mut().put("a", "{}");
        simulation.advance(std::time::Duration::from_secs(30));
        simulation.stream_mut().put("a", "{}");
        let _ = simulation.run(50, |_| InvokeResult::FunctionError("Unhandled".into()));
        let given_up: Vec<_> = simulation
            .on_failure()
            .iter()
            .map(|report| super::numbers(&report.records))
            .collect();
        let attempts = simulation
            .invocations()
            .iter()
            .map(|past| past.invocation.records.len());
        // Attempts at 30, 31, 33, 37, 45 and 61 s, the last without record 1; the next would be at 93 s.
        given_up == [vec![1], vec![2]] && attempts.eq([2, 2, 2, 2, 2, 1])
    };
    let name = "records older than the age are discarded, those younger are tried on";
    Example {
        name,
        page: PARAMETERS_PAGE,
        holds: Box::new(holds),
    }
}

/// Two keys, ten batches at a time: whatever is under way, a key's records come in order, and never in two batches
/// that run at the same time.
fn parallel_keys() -> Example {
    let holds = |rules| {
        let mut simulation = simulation(
            |settings| MappingSettings {
                batch_size: Some(1),
                parallelization_factor: Some(10),
                ..settings
            },
            rules,
        )
        .with_completion_order(crate::simulation::CompletionOrder::Shuffled(7));
        let keys = ["a", "c", "d"];
        let mut put = std::collections::BTreeMap::<_, Vec<_>>::new();
        for key in keys.iter().cycle().take(60) {
            let number = simulation.stream_mut().put(key, "{}");
            put.entry(*key).or_default().push(number);
        }
        let _ = simulation.run(100, |_| Says::Done.result());
        let acknowledged = simulation
            .progress()
            .iter()
            .filter(|step| matches!(step, Progress::Acknowledged { .. }));
        acknowledged.count() == 60
            && keys
                .iter()
                .all(|key| simulation.first_occurrences(key) == put[key].iter().collect::<Vec<_>>())
    };
    let name = "in-order processing is guaranteed for each partition key";
    Example {
        name,
        page: BATCHING_PAGE,
        holds: Box::new(holds),
    }
}

fn bisecting(settings: MappingSettings) -> MappingSettings {
    MappingSettings {
        bisect_batch_on_function_error: Some(true),
        ..settings
    }
}
