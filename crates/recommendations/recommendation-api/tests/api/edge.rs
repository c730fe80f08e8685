//! The edge to Personalize through the real SDK client: what goes over the wire, and what each failure means.

use std::sync::Arc;

use aws_smithy_runtime_api::client::result::ConnectorError;
use bytes::Bytes;
use http::Request as HttpRequest;
use recommendation_api::personalize::{Call, CallErrorKind, Personalize as _, PersonalizeRuntime};
use recommendation_api::request::Request;
use serde_json::{Value, json};
use stand_ins::personalize::{
    LOCAL_CAMPAIGN_ARN, LOCAL_FEATURED_FILTER_ARN, LOCAL_GENRE_FILTER_ARN, LOCAL_ITEMS_DATASET_ARN,
    LOCAL_POPULAR_CAMPAIGN_ARN, LOCAL_RANKING_CAMPAIGN_ARN, LOCAL_RECOMMENDER_ARN,
    LOCAL_RELATED_ITEMS_CAMPAIGN_ARN, LOCAL_TRACKING_ID, Personalize, Resources,
};

use crate::support::events::{SESSION, get_recommendations, get_related, post_rankings};
use crate::support::fakes::FakeState;
use crate::support::wire::{Answer, answering, failure, personalize_over, recorded, stand_in, success};
use crate::support::{Response, arms, config, config_with, handler, invoke, respond};

/// The stand-in with a little catalogue, and users who take the tent with the stove.
async fn shop() -> Arc<Personalize> {
    let personalize = Arc::new(Personalize::new(Resources::local()));
    let genres = [
        ("tent", "camping"),
        ("stove", "camping"),
        ("lamp", "home"),
        ("sofa", "home"),
    ];
    let items: Vec<_> = genres
        .iter()
        .map(|(id, genre)| {
            let featured = if *id == "sofa" { "yes" } else { "no" };
            json!({"itemId": id, "properties": json!({"genre": genre, "featured": featured}).to_string()})
        })
        .collect();
    put(
        &personalize,
        "/items",
        json!({"datasetArn": LOCAL_ITEMS_DATASET_ARN, "items": items}),
    )
    .await;
    let taken = [
        ("ada", "tent"),
        ("ada", "stove"),
        ("ben", "tent"),
        ("ben", "stove"),
        ("cy", "lamp"),
        ("di", "sofa"),
    ];
    for (place, (user, item)) in taken.iter().enumerate() {
        let event =
            json!({"eventId": place.to_string(), "eventType": "click", "itemId": item, "sentAt": place + 1});
        let events =
            json!({"trackingId": LOCAL_TRACKING_ID, "sessionId": user, "userId": user, "eventList": [event]});
        put(&personalize, "/events", events).await;
    }
    personalize
}

async fn put(personalize: &Personalize, path: &str, body: Value) {
    let request = HttpRequest::post(path)
        .body(Bytes::from(body.to_string()))
        .expect("a request");
    assert_eq!(personalize.handle(request).await.status(), 200);
}

async fn answer(event: Value) -> Response {
    let edge = personalize_over(stand_in(shop().await));
    let state = FakeState::default();
    respond(&handler(&config(), edge, &state), event).await
}

#[tokio::test]
async fn every_route_is_answered_by_the_stand_in() {
    let events = [
        get_recommendations(&[]),
        get_related("tent", &[]),
        post_rankings(&json!({"items": ["lamp", "tent", "unknown"]})),
    ];
    for event in events {
        let response = answer(event).await;
        assert_eq!(response.status(), 200, "{}", response.body());
        let body = response.json();
        assert_eq!(body["source"], "personalize");
        assert!(body["recommendationId"].as_str().is_some_and(|id| !id.is_empty()));
        assert!(body["items"][0]["itemId"].is_string(), "{body}");
    }
    assert_eq!(
        answer(get_related("tent", &[("numResults", "1")])).await.items(),
        ["stove"]
    );
    let ranked = answer(post_rankings(&json!({"items": ["lamp", "tent", "unknown"]})))
        .await
        .items();
    assert_eq!(ranked.len(), 3);
}

#[tokio::test]
async fn filters_metadata_and_promotions_reach_the_service() {
    let home = [
        ("filter", "of-genre"),
        ("filter.GENRE", "home"),
        ("metadata", "GENRE"),
    ];
    let response = answer(get_recommendations(&home)).await;
    assert_eq!(response.status(), 200, "{}", response.body());
    let items = response.json()["items"].as_array().expect("items").clone();
    assert!(!items.is_empty(), "{}", response.body());
    assert!(
        items.iter().all(|item| item["metadata"]["GENRE"] == "home"),
        "{items:?}"
    );

    let both = [
        ("filter", "of-genre"),
        ("filter.GENRE", "home"),
        ("filter.GENRE", "camping"),
    ];
    assert_eq!(answer(get_recommendations(&both)).await.items().len(), 4);

    let promoted = [
        ("promotion", "featured"),
        ("promotionPercent", "50"),
        ("numResults", "2"),
    ];
    let items = answer(get_recommendations(&promoted)).await.json()["items"].clone();
    let promoted = items
        .as_array()
        .expect("items")
        .iter()
        .filter(|item| item["promotion"] == "featured");
    assert_eq!(promoted.count(), 1, "{items}");

    let ranking =
        json!({"items": ["lamp", "tent"], "filter": "of-genre", "filterValues": {"GENRE": ["home"]}});
    assert_eq!(answer(post_rankings(&ranking)).await.items(), ["lamp"]);
}

#[tokio::test]
async fn what_the_service_refuses_is_a_bad_request_without_its_words() {
    // The filter wants a value for GENRE, and knows no YEAR.
    let cases: [&[(&str, &str)]; 2] = [
        &[("filter", "of-genre")],
        &[
            ("filter", "of-genre"),
            ("filter.GENRE", "home"),
            ("filter.YEAR", "secret"),
        ],
    ];
    for query in cases {
        let response = answer(get_recommendations(query)).await;
        assert_eq!(response.status(), 400, "{}", response.body());
        assert!(!response.body().contains("secret") && !response.body().contains("GENRE"));
    }
}

#[tokio::test]
async fn a_source_that_does_not_exist_is_a_fault_of_the_deployment() {
    let nowhere = arms(&[("control", 1)]).replace("user-personalization", "nowhere");
    let config = config_with(&[("RECOMMENDATION_ARMS", &nowhere)]);
    let state = FakeState::with_popular(&["tent"]);
    let edge = personalize_over(stand_in(shop().await));
    let response = respond(&handler(&config, edge, &state), get_recommendations(&[])).await;
    assert_eq!(response.json()["fallback"]["reason"], "unavailable");
    assert_eq!(response.items(), ["tent"]);
}

#[tokio::test]
async fn the_popular_items_come_from_the_stand_in() {
    let state = FakeState::default();
    let edge = personalize_over(stand_in(shop().await));
    let handler = handler(&config(), edge, &state);
    invoke(&handler, json!({"task": "refresh-popular"}), "task")
        .await
        .expect("done");
    let kept = state.kept().expect("kept");
    let mut first: Vec<_> = kept.items()[..2].iter().map(|item| item.as_str()).collect();
    first.sort_unstable();
    assert_eq!(first, ["stove", "tent"]);
}

/// The body of the one call that an event leads to.
async fn sent(source: &str, event: Value) -> Value {
    let (service, bodies) = recorded(answering(|| {
        success(&json!({"itemList": [], "personalizedRanking": []}))
    }));
    let arms = arms(&[("control", 1)]).replace(LOCAL_CAMPAIGN_ARN, source);
    let config = config_with(&[("RECOMMENDATION_ARMS", &arms)]);
    let state = FakeState::default();
    let response = respond(&handler(&config, personalize_over(service), &state), event).await;
    assert_eq!(response.json()["source"], "personalize");
    bodies.lock().expect("no panic").pop().expect("a call")
}

#[tokio::test]
async fn every_member_arrives() {
    let all = [
        ("numResults", "7"),
        ("filter", "of-genre"),
        ("filter.GENRE", "drama"),
        ("filter.GENRE", "comedy"),
        ("context.DEVICE", "phone"),
        ("metadata", "GENRE,YEAR"),
        ("promotion", "featured"),
        ("promotionPercent", "30"),
    ];
    let expected = json!({
        "campaignArn": LOCAL_CAMPAIGN_ARN,
        "userId": SESSION,
        "numResults": 7,
        "context": {"DEVICE": "phone"},
        "filterArn": LOCAL_GENRE_FILTER_ARN,
        "filterValues": {"GENRE": "\"drama\",\"comedy\""},
        "metadataColumns": {"ITEMS": ["GENRE", "YEAR"]},
        "promotions": [{"name": "featured", "percentPromotedItems": 30, "filterArn": LOCAL_FEATURED_FILTER_ARN}],
    });
    assert_eq!(
        sent(LOCAL_CAMPAIGN_ARN, get_recommendations(&all)).await,
        expected
    );
    let mut related = expected.clone();
    related["campaignArn"] = json!(LOCAL_RELATED_ITEMS_CAMPAIGN_ARN);
    related["itemId"] = json!("31");
    assert_eq!(sent(LOCAL_CAMPAIGN_ARN, get_related("31", &all)).await, related);
    let least = json!({"recommenderArn": LOCAL_RECOMMENDER_ARN, "userId": SESSION, "numResults": 25});
    assert_eq!(sent(LOCAL_RECOMMENDER_ARN, get_recommendations(&[])).await, least);
}

#[tokio::test]
async fn every_member_of_a_ranking_arrives() {
    let all = json!({
        "items": ["2", "1"],
        "filter": "of-genre",
        "filterValues": {"GENRE": "drama"},
        "context": {"DEVICE": "phone"},
        "metadata": ["GENRE"],
    });
    let expected = json!({
        "campaignArn": LOCAL_RANKING_CAMPAIGN_ARN,
        "userId": SESSION,
        "inputList": ["2", "1"],
        "context": {"DEVICE": "phone"},
        "filterArn": LOCAL_GENRE_FILTER_ARN,
        "filterValues": {"GENRE": "\"drama\""},
        "metadataColumns": {"ITEMS": ["GENRE"]},
    });
    assert_eq!(sent(LOCAL_CAMPAIGN_ARN, post_rankings(&all)).await, expected);
}

#[tokio::test]
async fn an_answer_is_read_as_far_as_it_makes_sense() {
    let answer = json!({
        "recommendationId": "RID-1",
        "itemList": [
            {"itemId": "1", "score": 0.25, "promotionName": "featured", "metadata": {"genre": "drama"}},
            {"score": 0.5},
            {"itemId": "2", "score": "NaN"},
        ],
    });
    let edge = personalize_over(answering(move || success(&answer)));
    let state = FakeState::default();
    let response = respond(&handler(&config(), edge, &state), get_recommendations(&[])).await;
    let expected = json!([
        {"itemId": "1", "score": 0.25, "metadata": {"genre": "drama"}, "promotion": "featured"},
        {"itemId": "2"},
    ]);
    assert_eq!(response.json()["items"], expected);
}

/// What the failure of a call means.
async fn kind_of(edge: &PersonalizeRuntime) -> Option<CallErrorKind> {
    let request = Request::popular();
    let call = Call {
        source: &LOCAL_POPULAR_CAMPAIGN_ARN.parse().expect("an ARN"),
        request: &request,
    };
    edge.recommend(call).await.err().map(|error| error.kind)
}

/// What the service answers, and what that means.
type Case = (fn() -> Answer, Option<CallErrorKind>);

#[tokio::test]
async fn failures_are_told_apart() {
    use CallErrorKind::{Broken, Misconfigured, Refused, Throttled, TimedOut, Unavailable};
    let cases: [Case; 18] = [
        (|| success(&json!({})), None),
        (|| failure(400, "InvalidInputException"), Some(Refused)),
        (|| failure(400, "ValidationException"), Some(Refused)),
        (|| failure(400, "ThrottlingException"), Some(Throttled)),
        (|| failure(429, "TooManyRequestsException"), Some(Throttled)),
        (|| failure(429, "AnyOther"), Some(Throttled)),
        (|| failure(408, "RequestTimeout"), Some(Unavailable)),
        (|| failure(500, "InternalFailure"), Some(Unavailable)),
        (|| failure(503, "ServiceUnavailable"), Some(Unavailable)),
        (|| failure(404, "ResourceNotFoundException"), Some(Misconfigured)),
        (|| failure(403, "AccessDeniedException"), Some(Misconfigured)),
        (|| failure(403, "ExpiredTokenException"), Some(Misconfigured)),
        (|| failure(400, "SerializationException"), Some(Misconfigured)),
        (
            || Ok(http::Response::new(Bytes::from_static(b"<html>"))),
            Some(Unavailable),
        ),
        (|| Err(ConnectorError::timeout("slow".into())), Some(TimedOut)),
        (|| Err(ConnectorError::io("reset".into())), Some(Broken)),
        (|| Err(ConnectorError::other("closed".into(), None)), Some(Broken)),
        (
            || Err(ConnectorError::user("no host".into())),
            Some(Misconfigured),
        ),
    ];
    for (index, (answer, expected)) in cases.into_iter().enumerate() {
        assert_eq!(
            kind_of(&personalize_over(answering(answer))).await,
            expected,
            "case {index}"
        );
    }
}
