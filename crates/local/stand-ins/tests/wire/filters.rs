//! Filters on recommendations and rankings.

use serde_json::{Value, json};
use stand_ins::personalize::{
    Filter, LOCAL_CAMPAIGN_ARN, LOCAL_GENRE_FILTER_ARN, LOCAL_ITEMS_DATASET_ARN, LOCAL_POPULAR_CAMPAIGN_ARN,
    LOCAL_RANKING_CAMPAIGN_ARN, LOCAL_RELATED_ITEMS_CAMPAIGN_ARN, LOCAL_TRACKING_ID, LOCAL_UNSEEN_FILTER_ARN,
    Personalize, Resources,
};

use crate::harness::{Expect, check, invalid, item_ids, json_of, personalize, post, take, with, without};

const FILTER_ARN: &str = "arn:aws:personalize:us-east-1:000000000000:filter/tested";

/// Lamp, stove, tent and rope, of which the first is the most popular; a rope has no properties.
async fn shop() -> Personalize {
    let personalize = personalize();
    for (item, properties) in [
        ("lamp", r#"{"genre":"light","inStock":"yes"}"#),
        ("stove", r#"{"genre":"kitchen|light","inStock":"no"}"#),
        ("tent", r#"{"genre":"sleep","inStock":"no","price":12}"#),
    ] {
        put_item(&personalize, item, properties).await;
    }
    for (takers, item) in [(4, "lamp"), (3, "stove"), (2, "tent"), (1, "rope")] {
        for taker in 0..takers {
            take(&personalize, &format!("{item} {taker}"), item, 1).await;
        }
    }
    personalize
}

async fn put_item(personalize: &Personalize, item: &str, properties: &str) {
    let body = json!({
        "datasetArn": LOCAL_ITEMS_DATASET_ARN, "items": [{ "itemId": item, "properties": properties }],
    });
    check(&post(personalize, "/items", &body).await, item, &Expect::Accepted);
}

async fn event(personalize: &Personalize, user: &str, event_type: &str, item: &str) {
    let body = json!({
        "trackingId": LOCAL_TRACKING_ID, "sessionId": format!("session of {user}"), "userId": user,
        "eventList": [{ "eventType": event_type, "itemId": item, "sentAt": 1 }],
    });
    check(
        &post(personalize, "/events", &body).await,
        item,
        &Expect::Accepted,
    );
}

fn call(filter_arn: &str) -> Value {
    json!({ "campaignArn": LOCAL_CAMPAIGN_ARN, "userId": "new", "filterArn": filter_arn })
}

async fn filtered(personalize: &Personalize, body: &Value) -> Vec<String> {
    let answer = post(personalize, "/recommendations", body).await;
    check(&answer, &body.to_string(), &Expect::Accepted);
    item_ids(&json_of(&answer)["itemList"])
}

fn register(personalize: &Personalize, expression: &str) {
    let mut more = Resources::default();
    more.filters
        .insert(FILTER_ARN.to_owned(), Filter::parse(expression).unwrap());
    personalize.register(more);
}

#[tokio::test]
async fn an_expression_says_which_items_are_left() {
    let personalize = shop().await;
    event(&personalize, "new", "Saved", "rope").await;
    let all = ["lamp", "stove", "tent"];
    for (expression, left) in [
        (
            r#"INCLUDE ItemID WHERE Items.GENRE IN ("light")"#,
            &["lamp", "stove"][..],
        ),
        (
            r#"INCLUDE ItemID WHERE Items.GENRE IN ("sleep","kitchen")"#,
            &["stove", "tent"],
        ),
        (r#"INCLUDE ItemID WHERE Items.GENRE NOT IN ("light")"#, &["tent"]),
        (r#"EXCLUDE ItemID WHERE Items.GENRE IN ("light")"#, &["tent"]),
        (r#"INCLUDE ItemID WHERE Items.GENRE IN ("Light")"#, &[]),
        (r#"INCLUDE ItemID WHERE Items.GENRE IN ("kitchen|light")"#, &[]),
        (r#"INCLUDE ItemID WHERE Items.PRICE IN ("12")"#, &[]),
        (
            r#"INCLUDE ItemID WHERE Items.GENRE IN ("light") AND Items.IN_STOCK IN ("no")"#,
            &["stove"],
        ),
        (
            r#"INCLUDE ItemID WHERE Items.GENRE IN ("sleep") OR Items.IN_STOCK IN ("yes")"#,
            &["lamp", "tent"],
        ),
        (
            r#"INCLUDE ItemID WHERE Items.GENRE IN ("sleep") | INCLUDE ItemID WHERE Items.GENRE IN ("light") | EXCLUDE ItemID WHERE Items.IN_STOCK IN ("yes")"#,
            &["stove", "tent"],
        ),
        (r#"EXCLUDE ItemID WHERE Items.GENRE IN ("none")"#, &all),
        // A user is not recommended what was taken, filter or not.
        (
            r#"INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("saved")"#,
            &[],
        ),
    ] {
        register(&personalize, expression);
        assert_eq!(
            filtered(&personalize, &call(FILTER_ARN)).await,
            left,
            "{expression}"
        );
    }
}

#[tokio::test]
async fn interactions_are_the_users_own_by_their_type_in_whatever_case() {
    let personalize = shop().await;
    event(&personalize, "u", "Save", "lamp").await;
    event(&personalize, "u", "click", "stove").await;
    event(&personalize, "v", "save", "tent").await;
    let all = ["lamp", "stove", "tent", "rope"];
    for (expression, left) in [
        (
            r#"EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")"#,
            &["tent", "rope"][..],
        ),
        (
            r#"EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("sAVE")"#,
            &["stove", "tent", "rope"],
        ),
        (r#"EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("buy")"#, &all),
        (
            r#"INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click","save")"#,
            &["lamp", "stove"],
        ),
    ] {
        register(&personalize, expression);
        let body =
            json!({ "campaignArn": LOCAL_POPULAR_CAMPAIGN_ARN, "userId": "u", "filterArn": FILTER_ARN });
        assert_eq!(filtered(&personalize, &body).await, left, "{expression}");
    }
}

#[tokio::test]
async fn a_session_that_names_its_user_brings_its_interactions_along() {
    let personalize = shop().await;
    let events = |user: Option<&str>, item: &str| {
        json!({
            "trackingId": LOCAL_TRACKING_ID, "sessionId": "visit", "userId": user,
            "eventList": [{ "eventType": "click", "itemId": item, "sentAt": 1 }],
        })
    };
    let unseen = |user: &str| json!({ "campaignArn": LOCAL_POPULAR_CAMPAIGN_ARN, "userId": user, "filterArn": LOCAL_UNSEEN_FILTER_ARN });
    post(&personalize, "/events", &events(None, "lamp")).await;
    assert_eq!(
        filtered(&personalize, &unseen("visit")).await,
        ["stove", "tent", "rope"]
    );
    assert_eq!(filtered(&personalize, &unseen("u")).await.len(), 4);
    post(&personalize, "/events", &events(Some("u"), "tent")).await;
    assert_eq!(filtered(&personalize, &unseen("u")).await, ["stove", "rope"]);
    assert_eq!(filtered(&personalize, &unseen("visit")).await.len(), 4);
}

#[tokio::test]
async fn the_last_properties_of_an_item_hold() {
    let personalize = shop().await;
    let lights = with(
        call(LOCAL_GENRE_FILTER_ARN),
        "filterValues",
        json!({ "GENRE": "\"light\"" }),
    );
    assert_eq!(filtered(&personalize, &lights).await, ["lamp", "stove"]);
    put_item(&personalize, "lamp", r#"{"genre":"sleep"}"#).await;
    assert_eq!(filtered(&personalize, &lights).await, ["stove"]);
    personalize.reset();
    assert_eq!(filtered(&personalize, &lights).await, [""; 0]);
}

#[tokio::test]
async fn values_are_checked() {
    let personalize = shop().await;
    let of_genre = |values: Value| with(call(LOCAL_GENRE_FILTER_ARN), "filterValues", values);
    for (case, body, expect) in [
        (
            "given",
            of_genre(json!({ "GENRE": "\"light\",\"sleep\"" })),
            Expect::Accepted,
        ),
        (
            "not given",
            call(LOCAL_GENRE_FILTER_ARN),
            invalid("'filterValues.GENRE'"),
        ),
        (
            "another case",
            of_genre(json!({ "genre": "\"light\"" })),
            invalid("'filterValues.genre'"),
        ),
        (
            "one too many",
            of_genre(json!({ "GENRE": "\"light\"", "PRICE": "\"1\"" })),
            invalid("'filterValues.PRICE'"),
        ),
        (
            "no quotes",
            of_genre(json!({ "GENRE": "light" })),
            invalid("'filterValues.GENRE'"),
        ),
        (
            "a blank between",
            of_genre(json!({ "GENRE": "\"a\", \"b\"" })),
            invalid("'filterValues.GENRE'"),
        ),
        (
            "for a filter without parameters",
            with(
                call(LOCAL_UNSEEN_FILTER_ARN),
                "filterValues",
                json!({ "TYPE": "\"click\"" }),
            ),
            invalid("'filterValues.TYPE'"),
        ),
        (
            "unknown filter",
            call(FILTER_ARN),
            Expect::Refused("ResourceNotFoundException", "filter does not exist"),
        ),
    ] {
        check(
            &post(&personalize, "/recommendations", &body).await,
            case,
            &expect,
        );
    }
}

#[tokio::test]
async fn a_filter_that_excludes_does_without_its_values() {
    let personalize = shop().await;
    let all = ["lamp", "stove", "tent", "rope"];
    for (expression, left) in [
        ("EXCLUDE ItemID WHERE Items.GENRE IN ($GENRE)", &all[..]),
        (
            r#"EXCLUDE ItemID WHERE Items.GENRE IN ($GENRE) AND Items.IN_STOCK IN ("no")"#,
            &["lamp", "rope"],
        ),
        (
            r#"EXCLUDE ItemID WHERE Items.GENRE IN ($GENRE) OR Items.IN_STOCK IN ("yes")"#,
            &["stove", "tent", "rope"],
        ),
        ("EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ($TYPE)", &all),
        (
            r#"EXCLUDE ItemID WHERE Items.GENRE IN ($GENRE) | INCLUDE ItemID WHERE Items.GENRE IN ("light")"#,
            &["lamp", "stove"],
        ),
    ] {
        register(&personalize, expression);
        assert_eq!(
            filtered(&personalize, &call(FILTER_ARN)).await,
            left,
            "{expression}"
        );
    }
}

#[tokio::test]
async fn related_items_need_a_user_only_for_a_filter_that_looks_at_one() {
    let personalize = shop().await;
    event(&personalize, "u", "click", "lamp").await;
    let related = |filter: &str| {
        with(
            without(without(call(filter), "userId"), "campaignArn"),
            "campaignArn",
            json!(LOCAL_RELATED_ITEMS_CAMPAIGN_ARN),
        )
    };
    let body = with(related(LOCAL_UNSEEN_FILTER_ARN), "itemId", json!("tent"));
    check(
        &post(&personalize, "/recommendations", &body).await,
        "no user",
        &invalid("'userId'"),
    );
    let body = with(body, "userId", json!("u"));
    assert_eq!(filtered(&personalize, &body).await, ["stove", "rope"]);
    let body = with(
        with(related(LOCAL_GENRE_FILTER_ARN), "itemId", json!("tent")),
        "filterValues",
        json!({ "GENRE": "\"light\"" }),
    );
    assert_eq!(filtered(&personalize, &body).await, ["lamp", "stove"]);
}

#[tokio::test]
async fn a_ranking_is_of_the_items_that_are_left() {
    let personalize = shop().await;
    let body = json!({
        "campaignArn": LOCAL_RANKING_CAMPAIGN_ARN, "userId": "new", "inputList": ["rope", "tent", "unknown", "stove", "lamp"],
        "filterArn": LOCAL_GENRE_FILTER_ARN, "filterValues": { "GENRE": "\"light\"" },
    });
    let answer = post(&personalize, "/personalize-ranking", &body).await;
    check(&answer, "ranking", &Expect::Accepted);
    let ranking = json_of(&answer)["personalizedRanking"].clone();
    assert_eq!(item_ids(&ranking), ["lamp", "stove"]);
    let scores = ranking
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["score"].as_f64().unwrap());
    assert!((scores.sum::<f64>() - 1.0).abs() < 1e-9);
}
