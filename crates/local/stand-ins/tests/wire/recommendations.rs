//! GetRecommendations.

use serde_json::{Map, Value, json};
use stand_ins::personalize::{
    LOCAL_CAMPAIGN_ARN, LOCAL_CHALLENGER_CAMPAIGN_ARN, LOCAL_ITEMS_DATASET_ARN, LOCAL_POPULAR_CAMPAIGN_ARN,
    LOCAL_RANKING_CAMPAIGN_ARN, LOCAL_RECOMMENDER_ARN, LOCAL_RELATED_ITEMS_CAMPAIGN_ARN, LOCAL_TRACKING_ID,
    LOCAL_USERS_DATASET_ARN, Personalize, RECOMMENDATIONS_KEPT,
};

use crate::harness::{
    Expect, characters, check, counts, invalid, item_ids, json_of, personalize, post, recommended, rows,
    take, with, without,
};

const FILTER_ARN: &str = "arn:aws:personalize:us-east-1:000000000000:filter/none";

fn call() -> Value {
    json!({ "campaignArn": LOCAL_CAMPAIGN_ARN, "userId": "u1" })
}

/// A map of `count` entries.
fn entries(count: usize, value: &Value) -> Value {
    let map: Map<String, Value> = (0..count)
        .map(|each| (format!("n{each}"), value.clone()))
        .collect();
    Value::Object(map)
}

#[tokio::test]
async fn limits() {
    let not_found = || Expect::Refused("ResourceNotFoundException", "does not exist");
    let columns = |count: usize| json!({ "ITEMS": vec!["GENRES"; count] });
    let filtered = |values: Value| {
        with(
            with(call(), "filterArn", json!(FILTER_ARN)),
            "filterValues",
            values,
        )
    };
    let promoted = |member: &str, value: Value| {
        with(
            call(),
            "promotions",
            json!([with(json!({ "filterArn": FILTER_ARN }), member, value)]),
        )
    };
    let name = |length: usize| "n".repeat(length);
    let cases = [
        ("smallest", call(), Expect::Accepted),
        (
            "no source",
            without(call(), "campaignArn"),
            invalid("either campaignArn or recommenderArn"),
        ),
        (
            "two sources",
            with(call(), "recommenderArn", json!(LOCAL_RECOMMENDER_ARN)),
            invalid("either campaignArn"),
        ),
        (
            "recommender",
            json!({ "recommenderArn": LOCAL_RECOMMENDER_ARN, "userId": "u1" }),
            Expect::Accepted,
        ),
        (
            "no ARN",
            with(call(), "campaignArn", json!("movies")),
            invalid("'campaignArn'"),
        ),
        (
            "no recommender ARN",
            with(call(), "recommenderArn", json!("movies")),
            invalid("'recommenderArn'"),
        ),
        (
            "unknown campaign",
            with(call(), "campaignArn", json!(LOCAL_RECOMMENDER_ARN)),
            not_found(),
        ),
        ("no user", without(call(), "userId"), invalid("'userId'")),
        (
            "user of 256",
            with(call(), "userId", json!(characters(256))),
            Expect::Accepted,
        ),
        (
            "user of 257",
            with(call(), "userId", json!(characters(257))),
            invalid("'userId'"),
        ),
        (
            "item of 257",
            with(call(), "itemId", json!(characters(257))),
            invalid("'itemId'"),
        ),
        (
            "-1 results",
            with(call(), "numResults", json!(-1)),
            invalid("'numResults'"),
        ),
        (
            "0 results",
            with(call(), "numResults", json!(0)),
            Expect::Accepted,
        ),
        (
            "500 results",
            with(call(), "numResults", json!(500)),
            Expect::Accepted,
        ),
        (
            "501 results",
            with(call(), "numResults", json!(501)),
            invalid("'numResults'"),
        ),
        (
            "half a result",
            with(call(), "numResults", json!(0.5)),
            Expect::Refused("SerializationException", ""),
        ),
        (
            "context of 150",
            with(call(), "context", entries(150, &json!("phone"))),
            Expect::Accepted,
        ),
        (
            "context of 151",
            with(call(), "context", entries(151, &json!("phone"))),
            invalid("'context'"),
        ),
        (
            "context name of 150",
            with(call(), "context", json!({ name(150): "x" })),
            Expect::Accepted,
        ),
        (
            "context name of 151",
            with(call(), "context", json!({ name(151): "x" })),
            invalid("'context.key'"),
        ),
        (
            "context name with a blank",
            with(call(), "context", json!({ "a b": "x" })),
            invalid("'context.key'"),
        ),
        (
            "context value of 1000",
            with(call(), "context", json!({ "n": characters(1_000) })),
            Expect::Accepted,
        ),
        (
            "context value of 1001",
            with(call(), "context", json!({ "n": characters(1_001) })),
            invalid("'context.n'"),
        ),
        (
            "filter",
            with(call(), "filterArn", json!(FILTER_ARN)),
            not_found(),
        ),
        (
            "no filter ARN",
            with(call(), "filterArn", json!("unseen")),
            invalid("'filterArn'"),
        ),
        (
            "25 filter values",
            filtered(entries(25, &json!("x"))),
            not_found(),
        ),
        (
            "26 filter values",
            filtered(entries(26, &json!("x"))),
            invalid("'filterValues'"),
        ),
        (
            "filter name of 50",
            filtered(json!({ name(50): "x" })),
            not_found(),
        ),
        (
            "filter name of 51",
            filtered(json!({ name(51): "x" })),
            invalid("'filterValues.key'"),
        ),
        (
            "filter value of 1000",
            filtered(json!({ "n": characters(1_000) })),
            not_found(),
        ),
        (
            "filter value of 1001",
            filtered(json!({ "n": characters(1_001) })),
            invalid("'filterValues.n'"),
        ),
        (
            "values without a filter",
            with(call(), "filterValues", json!({ "n": "x" })),
            invalid("'filterValues'"),
        ),
        (
            "no promotion",
            with(call(), "promotions", json!([])),
            Expect::Accepted,
        ),
        (
            "2 promotions",
            with(call(), "promotions", json!([{}, {}])),
            invalid("'promotions'"),
        ),
        (
            "promotion without a filter",
            with(call(), "promotions", json!([{}])),
            invalid("filterArn"),
        ),
        (
            "promotion name of 63",
            promoted("name", json!(name(63))),
            not_found(),
        ),
        (
            "promotion name of 64",
            promoted("name", json!(name(64))),
            invalid("'promotions.1.member.name'"),
        ),
        (
            "promotion name of a dash",
            promoted("name", json!("-n")),
            invalid("'promotions.1.member.name'"),
        ),
        (
            "1 percent",
            promoted("percentPromotedItems", json!(1)),
            not_found(),
        ),
        (
            "0 percent",
            promoted("percentPromotedItems", json!(0)),
            invalid("percentPromotedItems"),
        ),
        (
            "100 percent",
            promoted("percentPromotedItems", json!(100)),
            not_found(),
        ),
        (
            "101 percent",
            promoted("percentPromotedItems", json!(101)),
            invalid("percentPromotedItems"),
        ),
        (
            "10 columns",
            with(call(), "metadataColumns", columns(10)),
            Expect::Accepted,
        ),
        (
            "11 columns",
            with(call(), "metadataColumns", columns(11)),
            invalid("'metadataColumns.ITEMS'"),
        ),
        (
            "column of 150",
            with(call(), "metadataColumns", json!({ "ITEMS": [name(150)] })),
            Expect::Accepted,
        ),
        (
            "column of 151",
            with(call(), "metadataColumns", json!({ "ITEMS": [name(151)] })),
            invalid("ITEMS.1.member"),
        ),
        (
            "columns of users",
            with(call(), "metadataColumns", json!({ "USERS": [] })),
            invalid("metadataColumns.key"),
        ),
        (
            "two datasets",
            with(call(), "metadataColumns", json!({ "ITEMS": [], "USERS": [] })),
            invalid("'metadataColumns'"),
        ),
        (
            "50 results with metadata",
            with(
                with(call(), "metadataColumns", columns(1)),
                "numResults",
                json!(50),
            ),
            Expect::Accepted,
        ),
        (
            "51 results with metadata",
            with(
                with(call(), "metadataColumns", columns(1)),
                "numResults",
                json!(51),
            ),
            invalid("'numResults'"),
        ),
        (
            "ranking campaign",
            with(call(), "campaignArn", json!(LOCAL_RANKING_CAMPAIGN_ARN)),
            invalid("GetPersonalizedRanking"),
        ),
        (
            "related items without an item",
            with(call(), "campaignArn", json!(LOCAL_RELATED_ITEMS_CAMPAIGN_ARN)),
            invalid("'itemId'"),
        ),
    ];
    for (case, body, expect) in cases {
        check(
            &post(&personalize(), "/recommendations", &body).await,
            case,
            &expect,
        );
    }
}

/// People who like stars take 1, 2, 3; people who like stones take 7, 8, 9; and there are more who like stones.
async fn learnt() -> Personalize {
    let personalize = personalize();
    for (people, items) in [("star", ["1", "2", "3"]), ("stone", ["7", "8", "9"])] {
        for person in 0..(if people == "star" { 3 } else { 6 }) {
            for (at, item) in (0..).zip(items) {
                take(&personalize, &format!("{people} {person}"), item, at).await;
            }
        }
    }
    personalize
}

#[tokio::test]
async fn who_is_unknown_gets_what_is_popular() {
    assert_eq!(
        recommended(&learnt().await, "new").await,
        ["7", "8", "9", "1", "2", "3"]
    );
}

#[tokio::test]
async fn one_event_changes_the_very_next_answer() {
    let personalize = learnt().await;
    take(&personalize, "new", "1", 100).await;
    assert_eq!(recommended(&personalize, "new").await[..2], ["2", "3"]);
    take(&personalize, "new", "9", 101).await;
    assert_eq!(recommended(&personalize, "new").await[0], "8");
}

#[tokio::test]
async fn an_item_taken_is_not_recommended_again() {
    let personalize = learnt().await;
    for item in ["7", "8", "9"] {
        take(&personalize, "new", item, 100).await;
    }
    assert_eq!(recommended(&personalize, "new").await, ["1", "2", "3"]);
}

#[tokio::test]
async fn a_repeat_teaches_nothing() {
    let personalize = learnt().await;
    let call = json!({
        "trackingId": LOCAL_TRACKING_ID, "sessionId": "s", "userId": "new",
        "eventList": [{ "eventId": "e", "eventType": "click", "itemId": "1", "sentAt": 100 }],
    });
    post(&personalize, "/events", &call).await;
    let once = json_of(
        &post(
            &personalize,
            "/recommendations",
            &with(self::call(), "userId", json!("new")),
        )
        .await,
    );
    post(&personalize, "/events", &call).await;
    let twice = json_of(
        &post(
            &personalize,
            "/recommendations",
            &with(self::call(), "userId", json!("new")),
        )
        .await,
    );
    assert_eq!(once["itemList"], twice["itemList"]);
}

#[tokio::test]
async fn what_a_session_did_before_its_user_was_known_is_the_users() {
    let personalize = learnt().await;
    let call = |user: Option<&str>, item: &str| {
        json!({
            "trackingId": LOCAL_TRACKING_ID, "sessionId": "visit", "userId": user,
            "eventList": [{ "eventType": "click", "itemId": item, "sentAt": 100 }],
        })
    };
    post(&personalize, "/events", &call(None, "1")).await;
    assert_eq!(recommended(&personalize, "new").await[0], "7");
    post(&personalize, "/events", &call(Some("new"), "2")).await;
    let items = recommended(&personalize, "new").await;
    assert_eq!(items[0], "3");
    assert!(!items.contains(&"1".to_owned()));
}

#[tokio::test]
async fn an_anonymous_sessions_id_stands_for_its_user_until_it_names_one() {
    let personalize = learnt().await;
    let visit = |user: Option<&str>, item: &str| {
        json!({
            "trackingId": LOCAL_TRACKING_ID, "sessionId": "visit", "userId": user,
            "eventList": [{ "eventType": "click", "itemId": item, "sentAt": 100 }],
        })
    };
    post(&personalize, "/events", &visit(None, "1")).await;
    assert_eq!(recommended(&personalize, "visit").await[..2], ["2", "3"]);
    let body = json!({
        "campaignArn": LOCAL_RANKING_CAMPAIGN_ARN, "userId": "visit", "inputList": ["7", "8", "2"],
    });
    let ranking = json_of(&post(&personalize, "/personalize-ranking", &body).await);
    assert_eq!(item_ids(&ranking["personalizedRanking"])[0], "2");
    post(&personalize, "/events", &visit(Some("new"), "2")).await;
    assert_eq!(recommended(&personalize, "new").await[0], "3");
    assert_eq!(recommended(&personalize, "visit").await[0], "7");
}

#[tokio::test]
async fn a_user_of_a_sessions_name_is_the_user() {
    let personalize = learnt().await;
    let body = json!({
        "trackingId": LOCAL_TRACKING_ID, "sessionId": "both",
        "eventList": [{ "eventType": "click", "itemId": "1", "sentAt": 100 }],
    });
    post(&personalize, "/events", &body).await;
    assert_eq!(recommended(&personalize, "both").await[0], "2");
    let user = json!({ "datasetArn": LOCAL_USERS_DATASET_ARN, "users": [{ "userId": "both" }] });
    post(&personalize, "/users", &user).await;
    assert_eq!(recommended(&personalize, "both").await[0], "7");
    take(&personalize, "both", "9", 100).await;
    assert_eq!(recommended(&personalize, "both").await[..2], ["8", "7"]);
}

#[tokio::test]
async fn the_popular_are_the_same_for_everybody_and_have_no_score() {
    let personalize = learnt().await;
    for user in ["new", "stone 0"] {
        let body = json!({ "campaignArn": LOCAL_POPULAR_CAMPAIGN_ARN, "userId": user });
        let answer = json_of(&post(&personalize, "/recommendations", &body).await);
        assert_eq!(
            item_ids(&answer["itemList"]),
            ["7", "8", "9", "1", "2", "3"],
            "{user}"
        );
        assert!(answer["itemList"][0].get("score").is_none());
    }
    let body = json!({ "campaignArn": LOCAL_POPULAR_CAMPAIGN_ARN });
    check(
        &post(&personalize, "/recommendations", &body).await,
        "no user",
        &invalid("'userId'"),
    );
}

#[tokio::test]
async fn the_challenger_recommends_to_a_user() {
    let personalize = learnt().await;
    take(&personalize, "new", "1", 100).await;
    let body = json!({ "campaignArn": LOCAL_CHALLENGER_CAMPAIGN_ARN, "userId": "new", "numResults": 2 });
    let answer = json_of(&post(&personalize, "/recommendations", &body).await);
    assert_eq!(item_ids(&answer["itemList"]), ["2", "3"]);
}

#[tokio::test]
async fn the_default_is_25_results_and_fewer_can_be_asked_for() {
    let personalize = personalize();
    for item in 0..30 {
        take(&personalize, "u2", &item.to_string(), item).await;
    }
    for (body, expected) in [
        (call(), 25),
        (with(call(), "numResults", json!(0)), 0),
        (with(call(), "numResults", json!(7)), 7),
        (with(call(), "numResults", json!(500)), 30),
    ] {
        let answer = json_of(&post(&personalize, "/recommendations", &body).await);
        assert_eq!(answer["itemList"].as_array().unwrap().len(), expected);
    }
}

#[tokio::test]
async fn scores_fall_and_sum_to_one() {
    let personalize = learnt().await;
    let answer = json_of(
        &post(
            &personalize,
            "/recommendations",
            &with(call(), "userId", json!("new")),
        )
        .await,
    );
    let scores: Vec<f64> = answer["itemList"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["score"].as_f64().unwrap())
        .collect();
    assert!(scores.is_sorted_by(|one, next| one >= next), "{scores:?}");
    assert!((scores.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{scores:?}");
}

#[tokio::test]
async fn an_item_of_the_catalogue_that_nobody_took_comes_last() {
    let personalize = learnt().await;
    let body = json!({ "datasetArn": LOCAL_ITEMS_DATASET_ARN, "items": [{ "itemId": "new" }] });
    check(
        &post(&personalize, "/items", &body).await,
        "item",
        &Expect::Accepted,
    );
    assert_eq!(recommended(&personalize, "u1").await.last().unwrap(), "new");
}

#[tokio::test]
async fn related_items_go_with_the_item() {
    let personalize = learnt().await;
    let body = json!({ "campaignArn": LOCAL_RELATED_ITEMS_CAMPAIGN_ARN, "itemId": "2", "numResults": 2 });
    let answer = json_of(&post(&personalize, "/recommendations", &body).await);
    let mut items = item_ids(&answer["itemList"]);
    items.sort();
    assert_eq!(items, ["1", "3"]);
    assert!(answer["itemList"][0].get("score").is_none());
}

#[tokio::test]
async fn a_recommendation_knows_what_came_of_it() {
    let personalize = learnt().await;
    let first = json_of(&post(&personalize, "/recommendations", &call()).await);
    let second = json_of(&post(&personalize, "/recommendations", &call()).await);
    let id = first["recommendationId"].as_str().unwrap();
    assert!(id.len() <= 40 && id.starts_with("RID-"), "{id}");
    assert_ne!(first["recommendationId"], second["recommendationId"]);
    for item in ["7", "not in the list"] {
        let event = json!({ "eventType": "click", "itemId": item, "sentAt": 1, "recommendationId": id });
        let body = json!({ "trackingId": LOCAL_TRACKING_ID, "sessionId": "s", "eventList": [event] });
        check(
            &post(&personalize, "/events", &body).await,
            item,
            &Expect::Accepted,
        );
    }
    let stored = rows(&personalize, "/_state/personalize/recommendations");
    assert_eq!(
        (&stored[0]["interactions"], &stored[1]["interactions"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(stored[0]["userId"], "u1");
    assert_eq!(counts(&personalize)["attributed"], 1);
}

#[tokio::test]
async fn the_oldest_recommendation_beyond_those_kept_is_forgotten() {
    let personalize = personalize();
    take(&personalize, "u2", "1", 1).await;
    let mut ids = Vec::new();
    for _ in 0..=RECOMMENDATIONS_KEPT {
        let answer = json_of(&post(&personalize, "/recommendations", &call()).await);
        ids.push(answer["recommendationId"].clone());
    }
    for (id, attributed) in [(&ids[0], 0), (&ids[1], 1), (&ids[RECOMMENDATIONS_KEPT], 2)] {
        let event = json!({ "eventType": "click", "itemId": "1", "sentAt": 1, "recommendationId": id });
        let body = json!({ "trackingId": LOCAL_TRACKING_ID, "sessionId": "s", "eventList": [event] });
        check(
            &post(&personalize, "/events", &body).await,
            "click",
            &Expect::Accepted,
        );
        assert_eq!(counts(&personalize)["attributed"], attributed);
    }
    let kept = rows(&personalize, "/_state/personalize/recommendations");
    assert_eq!(kept.len(), RECOMMENDATIONS_KEPT);
    assert_eq!(
        (&kept[0]["recommendationId"], &kept[0]["interactions"]),
        (&ids[1], &json!(1))
    );
}

#[tokio::test]
async fn the_same_calls_give_the_same_answers() {
    let answers = || async { json_of(&post(&learnt().await, "/recommendations", &call()).await) };
    assert_eq!(answers().await, answers().await);
}
