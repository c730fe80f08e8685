//! Promotions in recommendations.

use serde_json::{Value, json};
use stand_ins::personalize::{
    LOCAL_CAMPAIGN_ARN, LOCAL_FEATURED_FILTER_ARN, LOCAL_GENRE_FILTER_ARN, LOCAL_ITEMS_DATASET_ARN,
    LOCAL_POPULAR_CAMPAIGN_ARN, LOCAL_RELATED_ITEMS_CAMPAIGN_ARN, Personalize,
};

use crate::harness::{Expect, check, invalid, json_of, personalize, post, take, with};

/// Items `00` to `19`, each more popular than the next; every fourth is featured, every one is of genre even or odd.
async fn shop() -> Personalize {
    let personalize = personalize();
    for item in 0..20 {
        let name = format!("{item:02}");
        let featured = if item % 4 == 3 { "yes" } else { "no" };
        let genre = if item % 2 == 0 { "even" } else { "odd" };
        let properties = json!({ "featured": featured, "genre": genre }).to_string();
        let body = json!({
            "datasetArn": LOCAL_ITEMS_DATASET_ARN, "items": [{ "itemId": name, "properties": properties }],
        });
        check(
            &post(&personalize, "/items", &body).await,
            &name,
            &Expect::Accepted,
        );
        for taker in item..20 {
            take(&personalize, &format!("{item} {taker}"), &name, 1).await;
        }
    }
    personalize
}

fn promotion(percent: i64) -> Value {
    json!({ "name": "featured", "percentPromotedItems": percent, "filterArn": LOCAL_FEATURED_FILTER_ARN })
}

fn call(results: i64, promotion: &Value) -> Value {
    json!({ "campaignArn": LOCAL_CAMPAIGN_ARN, "userId": "new", "numResults": results, "promotions": [promotion] })
}

/// The answer's promoted items, and the others, each kind in its order.
async fn kinds(personalize: &Personalize, body: &Value) -> (Vec<String>, Vec<String>) {
    let answer = post(personalize, "/recommendations", body).await;
    check(&answer, &body.to_string(), &Expect::Accepted);
    let rows = json_of(&answer)["itemList"].as_array().unwrap().clone();
    let (promoted, others): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .partition(|row| row.get("promotionName") == Some(&json!("featured")));
    assert!(others.iter().all(|row| row.get("promotionName").is_none()));
    let ids = |rows: Vec<Value>| {
        rows.iter()
            .map(|row| row["itemId"].as_str().unwrap().to_owned())
            .collect()
    };
    (ids(promoted), ids(others))
}

#[tokio::test]
async fn a_share_of_the_answer_is_promoted() {
    let personalize = shop().await;
    for (results, percent, promoted, others) in [
        (
            8,
            25,
            &["03", "07"][..],
            &["00", "01", "02", "04", "05", "06"][..],
        ),
        (2, 50, &["03"], &["00"]),
        (1, 100, &["03"], &[]),
        (1, 49, &[], &["00"]),
        (1, 50, &["03"], &[]),
        (3, 50, &["03", "07"], &["00"]),
        (0, 100, &[], &[]),
        // What no promotion took may stand there by merit.
        (5, 20, &["03"], &["00", "01", "02", "04"]),
        // Of those that can be promoted there are five.
        (8, 100, &["03", "07", "11", "15", "19"], &["00", "01", "02"]),
    ] {
        let body = call(results, &promotion(percent));
        assert_eq!(
            kinds(&personalize, &body).await,
            (
                promoted.iter().map(|item| (*item).to_owned()).collect(),
                others.iter().map(|item| (*item).to_owned()).collect()
            ),
            "{percent} % of {results}"
        );
    }
}

#[tokio::test]
async fn the_filters_of_the_request_and_of_the_promotion_know_nothing_of_each_other() {
    let personalize = shop().await;
    let even = |body| {
        let body = with(body, "filterArn", json!(LOCAL_GENRE_FILTER_ARN));
        with(body, "filterValues", json!({ "GENRE": "\"even\"" }))
    };
    let (promoted, others) = kinds(&personalize, &even(call(4, &promotion(50)))).await;
    assert_eq!(
        (promoted, others),
        (vec!["03".into(), "07".into()], vec!["00".into(), "02".into()])
    );
    let of_genre = json!({
        "name": "featured", "percentPromotedItems": 50, "filterArn": LOCAL_GENRE_FILTER_ARN,
        "filterValues": { "GENRE": "\"odd\"" },
    });
    let (promoted, others) = kinds(&personalize, &even(call(4, &of_genre))).await;
    assert_eq!(
        (promoted, others),
        (vec!["01".into(), "03".into()], vec!["00".into(), "02".into()])
    );
}

#[tokio::test]
async fn promoted_items_stand_anywhere() {
    let personalize = shop().await;
    let mut first = [0, 0];
    for _ in 0..100 {
        let answer = json_of(&post(&personalize, "/recommendations", &call(8, &promotion(25))).await);
        first[usize::from(answer["itemList"][0]["promotionName"].is_string())] += 1;
    }
    assert!((15..35).contains(&first[1]), "{first:?}");
}

#[tokio::test]
async fn every_recipe_but_ranking_promotes() {
    let personalize = shop().await;
    for (campaign, promoted) in [
        (LOCAL_POPULAR_CAMPAIGN_ARN, "03"),
        (LOCAL_RELATED_ITEMS_CAMPAIGN_ARN, "07"),
    ] {
        let body = with(call(2, &promotion(50)), "campaignArn", json!(campaign));
        let body = with(body, "itemId", json!("03"));
        assert_eq!(kinds(&personalize, &body).await.0, [promoted], "{campaign}");
    }
}

#[tokio::test]
async fn a_promotion_is_checked() {
    let member = |name: &str, value: Value| call(4, &with(promotion(50), name, value));
    for (case, body, expect) in [
        ("whole", call(4, &promotion(50)), Expect::Accepted),
        ("no name", member("name", Value::Null), Expect::Accepted),
        (
            "no percentage",
            member("percentPromotedItems", Value::Null),
            invalid("'promotions.1.member.percentPromotedItems'"),
        ),
        (
            "values of no parameter",
            member("filterValues", json!({ "GENRE": "\"odd\"" })),
            invalid("'promotions.1.member.filterValues.GENRE'"),
        ),
        (
            "values missing",
            member("filterArn", json!(LOCAL_GENRE_FILTER_ARN)),
            invalid("'promotions.1.member.filterValues.GENRE'"),
        ),
    ] {
        check(
            &post(&personalize(), "/recommendations", &body).await,
            case,
            &expect,
        );
    }
}
