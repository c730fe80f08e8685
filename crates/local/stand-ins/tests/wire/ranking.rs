//! GetPersonalizedRanking.

use serde_json::{Value, json};
use stand_ins::personalize::{LOCAL_CAMPAIGN_ARN, LOCAL_RANKING_CAMPAIGN_ARN, LOCAL_RECOMMENDER_ARN};

use crate::harness::{
    Expect, characters, check, invalid, item_ids, json_of, personalize, post, take, with, without,
};

fn call(items: &[&str]) -> Value {
    json!({ "campaignArn": LOCAL_RANKING_CAMPAIGN_ARN, "userId": "u1", "inputList": items })
}

#[tokio::test]
async fn limits() {
    let one = || call(&["1"]);
    let not_found = || Expect::Refused("ResourceNotFoundException", "does not exist");
    let columns = |items: usize| {
        with(
            call(&vec!["1"; items]),
            "metadataColumns",
            json!({ "ITEMS": ["GENRES"] }),
        )
    };
    let long = characters(257);
    let cases = [
        ("one item", one(), Expect::Accepted),
        ("500 items", call(&["1"; 500]), Expect::Accepted),
        ("501 items", call(&["1"; 501]), invalid("'inputList'")),
        ("no item", call(&[]), invalid("'inputList'")),
        ("no list", without(one(), "inputList"), invalid("'inputList'")),
        ("item of 256", call(&[&long[..512]]), Expect::Accepted),
        (
            "item of 257",
            call(&["1", &long]),
            invalid("'inputList.2.member'"),
        ),
        ("50 items with metadata", columns(50), Expect::Accepted),
        ("51 items with metadata", columns(51), invalid("'inputList'")),
        ("no user", without(one(), "userId"), invalid("'userId'")),
        (
            "user of 257",
            with(one(), "userId", json!(long)),
            invalid("'userId'"),
        ),
        (
            "no campaign",
            without(one(), "campaignArn"),
            invalid("'campaignArn'"),
        ),
        (
            "no ARN",
            with(one(), "campaignArn", json!("movies")),
            invalid("'campaignArn'"),
        ),
        (
            "unknown campaign",
            with(one(), "campaignArn", json!(LOCAL_RECOMMENDER_ARN)),
            not_found(),
        ),
        (
            "not for ranking",
            with(one(), "campaignArn", json!(LOCAL_CAMPAIGN_ARN)),
            invalid("ranking recipe"),
        ),
        (
            "context value",
            with(one(), "context", json!({ "device": long.repeat(4) })),
            invalid("'context.device'"),
        ),
        (
            "filter",
            with(
                one(),
                "filterArn",
                json!("arn:aws:personalize:us-east-1:000000000000:filter/none"),
            ),
            not_found(),
        ),
        (
            "item is a number",
            with(one(), "inputList", json!([1])),
            Expect::Refused("SerializationException", ""),
        ),
    ];
    for (case, body, expect) in cases {
        check(
            &post(&personalize(), "/personalize-ranking", &body).await,
            case,
            &expect,
        );
    }
}

#[tokio::test]
async fn the_same_items_come_back_in_the_users_order_unknown_ones_last() {
    let personalize = personalize();
    for (user, items) in [("a", ["1", "2"]), ("b", ["7", "8"]), ("c", ["7", "8"])] {
        for (at, item) in (0..).zip(items) {
            take(&personalize, user, item, at).await;
        }
    }
    take(&personalize, "u1", "1", 9).await;
    let body = call(&["unknown", "8", "7", "strange", "2"]);
    let answer = json_of(&post(&personalize, "/personalize-ranking", &body).await);
    assert_eq!(
        item_ids(&answer["personalizedRanking"]),
        ["2", "8", "7", "unknown", "strange"]
    );
    assert!(
        answer["recommendationId"]
            .as_str()
            .is_some_and(|id| id.len() <= 40)
    );
    let scores = answer["personalizedRanking"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["score"].as_f64().unwrap());
    assert!((scores.sum::<f64>() - 1.0).abs() < 1e-9);
}
