//! Ratings of real people, every one of them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

use crate::harness::{Pipeline, root};

/// As many as the smallest MovieLens data set has.
const RATINGS: usize = 100_836;

/// MovieLens' ratings where they are at hand, by `RATINGS_CSV` or beside the checkout; otherwise as many made-up ones.
fn ratings(folder: &Path) -> PathBuf {
    let beside = root().join("../shared/data/movielens-latest-small/ratings.csv");
    let at_hand = std::env::var_os("RATINGS_CSV")
        .map(PathBuf::from)
        .unwrap_or(beside);
    if at_hand.exists() {
        return at_hand;
    }
    let mut text = String::from("userId,movieId,rating,timestamp\n");
    for number in 0..RATINGS {
        let (user, movie, stars) = (number % 610 + 1, number / 610 * 7 % 9_001 + 1, number % 5 + 1);
        writeln!(text, "{user},{movie},{stars}.0,{}", 828_124_615 + number * 6_037)
            .expect("a text takes any line");
    }
    let path = folder.join("ratings.csv");
    std::fs::write(&path, text).expect("the folder can be written");
    path
}

/// What a rating is known by: user, item and time.
type Known = (String, String, i64);

/// The ratings of a file, read without the code under test.
fn expected(path: &Path) -> BTreeSet<Known> {
    let text = std::fs::read_to_string(path).expect("the ratings can be read");
    let rating = |line: &str| {
        let fields: Vec<&str> = line.trim_end().split(',').collect();
        (
            fields[0].to_owned(),
            fields[1].to_owned(),
            fields[3].parse().expect("a time in seconds"),
        )
    };
    text.lines().skip(1).map(rating).collect()
}

/// What Personalize holds, in its order of arrival.
fn stored(pipeline: &Pipeline) -> Vec<Known> {
    let answer = pipeline
        .cloud
        .personalize()
        .state("/_state/personalize/interactions")
        .expect("there is state");
    let text = String::from_utf8(answer.into_body().to_vec()).expect("the state is text");
    let event = |line: &str| {
        let event: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
        let field = |name: &str| {
            event[name]
                .as_str()
                .unwrap_or_else(|| panic!("an event has {name}"))
                .to_owned()
        };
        let at = event["sentAt"].as_f64().expect("sentAt is in seconds");
        (field("userId"), field("itemId"), at as i64)
    };
    text.lines().map(event).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_rating_arrives_once() {
    let pipeline = Pipeline::start().await;
    let folder = tempfile::tempdir().expect("a folder for the ratings");
    let path = ratings(folder.path());
    let expected = expected(&path);
    assert!(
        expected.len() >= RATINGS,
        "{} has only {} ratings",
        path.display(),
        expected.len()
    );

    let status = Command::new(root().join("target/debug/interaction-replay"))
        .args(["replay", "--input"])
        .arg(&path)
        .args(["--stream", pipeline.output("InteractionStreamName")])
        .env("AWS_ENDPOINT_URL", pipeline.cloud.endpoint())
        .envs([
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_REGION", "us-east-1"),
        ])
        .stdout(Stdio::null())
        .status()
        .await
        .expect("the replay starts");
    assert!(status.success(), "the replay ends well: {status}");

    let count = async || stored(&pipeline).len();
    crate::harness::eventually("every rating arrives", count, |stored| *stored >= expected.len()).await;
    let stored = stored(&pipeline);
    assert_eq!(stored.len(), expected.len(), "each rating is stored once");
    assert!(
        stored.into_iter().collect::<BTreeSet<_>>() == expected,
        "what is stored is what was sent"
    );
    assert_eq!(
        pipeline.cloud.violations(),
        [],
        "every request keeps the rules of AWS's service models"
    );
}
