//! Item metadata in answers.

use serde_json::{Value, json};
use stand_ins::personalize::{
    LOCAL_CAMPAIGN_ARN, LOCAL_ITEMS_DATASET_ARN, LOCAL_POPULAR_CAMPAIGN_ARN, LOCAL_RANKING_CAMPAIGN_ARN,
    LOCAL_RECOMMENDER_ARN, LOCAL_RELATED_ITEMS_CAMPAIGN_ARN, Personalize, Recipe, Resources,
};

use crate::harness::{Expect, check, invalid, json_of, personalize, post, take, without};

async fn shop() -> Personalize {
    let personalize = personalize();
    let properties = r#"{"genre":"light|kitchen","creationTimestamp":1,"sold":true,"brand":null}"#;
    let body = json!({
        "datasetArn": LOCAL_ITEMS_DATASET_ARN, "items": [{ "itemId": "lamp", "properties": properties }],
    });
    check(
        &post(&personalize, "/items", &body).await,
        "lamp",
        &Expect::Accepted,
    );
    take(&personalize, "u", "lamp", 1).await;
    take(&personalize, "u", "rope", 2).await;
    personalize
}

/// What the answer to the body says of each item, by its id.
async fn metadata(personalize: &Personalize, path: &str, body: &Value) -> Vec<(String, Value)> {
    let answer = post(personalize, path, body).await;
    check(&answer, &body.to_string(), &Expect::Accepted);
    let answer = json_of(&answer);
    let list = answer.get("itemList").unwrap_or(&answer["personalizedRanking"]);
    let rows = list.as_array().unwrap().iter();
    rows.map(|row| {
        (
            row["itemId"].as_str().unwrap().to_owned(),
            row["metadata"].clone(),
        )
    })
    .collect()
}

#[tokio::test]
async fn the_columns_asked_for_come_as_text() {
    let personalize = shop().await;
    let columns = json!({ "ITEMS": ["GENRE", "CREATION_TIMESTAMP", "SOLD", "BRAND", "COLOUR"] });
    let known = json!({ "GENRE": "light|kitchen", "CREATION_TIMESTAMP": "1", "SOLD": "true" });
    for (path, body) in [
        (
            "/recommendations",
            json!({ "campaignArn": LOCAL_CAMPAIGN_ARN, "userId": "new", "metadataColumns": columns }),
        ),
        (
            "/recommendations",
            json!({ "campaignArn": LOCAL_POPULAR_CAMPAIGN_ARN, "userId": "u", "metadataColumns": columns }),
        ),
        (
            "/recommendations",
            json!({ "recommenderArn": LOCAL_RECOMMENDER_ARN, "userId": "new", "metadataColumns": columns }),
        ),
        (
            "/recommendations",
            json!({ "campaignArn": LOCAL_RELATED_ITEMS_CAMPAIGN_ARN, "itemId": "tent", "metadataColumns": columns }),
        ),
        (
            "/personalize-ranking",
            json!({
                "campaignArn": LOCAL_RANKING_CAMPAIGN_ARN, "userId": "new", "inputList": ["lamp", "rope"],
                "metadataColumns": columns,
            }),
        ),
    ] {
        assert_eq!(
            metadata(&personalize, path, &body).await,
            [("lamp".to_owned(), known.clone()), ("rope".to_owned(), json!({}))],
            "{body}"
        );
        let plain = without(body, "metadataColumns");
        let answers = metadata(&personalize, path, &plain).await;
        assert!(answers.iter().all(|(_, metadata)| metadata.is_null()), "{plain}");
    }
}

#[tokio::test]
async fn metadata_must_be_enabled() {
    const PLAIN: &str = "arn:aws:personalize:us-east-1:000000000000:campaign/plain";
    const PLAIN_RANKING: &str = "arn:aws:personalize:us-east-1:000000000000:campaign/plain-ranking";
    let personalize = personalize();
    let campaigns = [
        (PLAIN.to_owned(), Recipe::UserPersonalization),
        (PLAIN_RANKING.to_owned(), Recipe::PersonalizedRanking),
    ];
    let more = Resources {
        campaigns: campaigns.into(),
        ..Resources::default()
    };
    personalize.register(more);
    for (path, body) in [
        ("/recommendations", json!({ "campaignArn": PLAIN, "userId": "u" })),
        (
            "/personalize-ranking",
            json!({ "campaignArn": PLAIN_RANKING, "userId": "u", "inputList": ["1"] }),
        ),
    ] {
        check(
            &post(&personalize, path, &body).await,
            "without",
            &Expect::Accepted,
        );
        let mut body = body;
        body["metadataColumns"] = json!({ "ITEMS": ["GENRE"] });
        let expect = invalid("metadata is not enabled");
        check(&post(&personalize, path, &body).await, "with", &expect);
    }
}
