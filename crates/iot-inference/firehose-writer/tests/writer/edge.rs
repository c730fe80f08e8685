//! The edge through the real SDK client: what goes over the wire, and what each failure means.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use stream_batch::BatchResponse;

use crate::support::events::{event, readings};
use crate::support::firehose::{Fate, Faults, Firehose, NoFaults};
use crate::support::handler;
use crate::support::letters::Letters;

const TIME: Duration = Duration::from_secs(30);

/// Fates of the calls, one after the other; then everything is answered.
struct Script(Mutex<VecDeque<Fate>>);

impl Faults for Script {
    fn call(&self) -> Fate {
        let next = self.0.lock().expect("no panic before").pop_front();
        next.unwrap_or(Fate::Answered(Duration::ZERO))
    }
}

/// Writes one reading over a Firehose of these fates.
async fn write_one(fates: &[Fate]) -> (BatchResponse, Firehose) {
    let firehose = Firehose::new(Script(Mutex::new(fates.iter().copied().collect())));
    let letters = Letters::default();
    let response = handler(&firehose, &letters)
        .write(&event(&readings(1)), TIME)
        .await;
    assert!(letters.stored().is_empty());
    (response.expect("an event"), firehose)
}

fn comes_again(response: &BatchResponse) -> bool {
    !response.batch_item_failures.is_empty()
}

#[tokio::test(start_paused = true)]
async fn what_may_succeed_later_is_sent_again() {
    for (fate, lines) in [
        (Fate::Fails(503, "ServiceUnavailableException"), 1),
        (Fate::Fails(500, "InternalFailure"), 1),
        (Fate::Fails(400, "ThrottlingException"), 1),
        (Fate::LostBefore, 1),
        // It may have been written: then the archive has it twice.
        (Fate::LostAfter, 2),
    ] {
        let (response, firehose) = write_one(&[fate]).await;
        assert!(!comes_again(&response), "{fate:?}");
        assert_eq!(firehose.calls(), [1, 1], "{fate:?}");
        assert_eq!(
            firehose.reading_ids(),
            vec!["d-1/temperature-1/0"; lines],
            "{fate:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn what_needs_somebody_to_mend_it_waits_in_the_stream() {
    for code in [
        "ResourceNotFoundException",
        "AccessDeniedException",
        "InvalidArgumentException",
        "InvalidKMSResourceException",
        "InvalidSourceException",
    ] {
        let (response, firehose) = write_one(&[Fate::Fails(400, code)]).await;
        assert!(comes_again(&response), "{code}");
        assert_eq!(firehose.calls(), [1], "{code}");
    }
}

/// The second record fails once, with this code.
struct SecondFails(&'static str, Mutex<u32>);

impl Faults for SecondFails {
    fn entry(&self) -> Option<&'static str> {
        let mut entries = self.1.lock().expect("no panic before");
        *entries += 1;
        (*entries == 2).then_some(self.0)
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_that_fails_alone_is_sent_again_alone_whatever_its_error() {
    for code in ["ServiceUnavailableException", "InternalFailure"] {
        let firehose = Firehose::new(SecondFails(code, Mutex::default()));
        let letters = Letters::default();
        let response = handler(&firehose, &letters)
            .write(&event(&readings(3)), TIME)
            .await;
        assert!(!comes_again(&response.expect("an event")));
        assert_eq!(firehose.calls(), [3, 1], "{code}");
        let expected = [0, 2, 1].map(|sequence| format!("d-1/temperature-1/{sequence}"));
        assert_eq!(firehose.reading_ids(), expected, "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn one_call_takes_500_readings() {
    let firehose = Firehose::new(NoFaults);
    let letters = Letters::default();
    let response = handler(&firehose, &letters)
        .write(&event(&readings(1_001)), TIME)
        .await;
    assert!(!comes_again(&response.expect("an event")));
    assert_eq!(firehose.calls(), [500, 500, 1]);
}
