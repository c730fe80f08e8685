//! Requests: what is taken, at each limit, and what is refused, by its field.

use std::fmt::Write as _;

use proptest::prelude::*;
use recommendation_api::caller::Caller;
use recommendation_api::catalogue::Catalogue;
use recommendation_api::invalid::Place;
use recommendation_api::query::Query;
use recommendation_api::request::{DEFAULT_PROMOTED_PERCENT, Refusal, Request, Subject};
use serde_json::{Map, Value, json};
use stand_ins::personalize::{LOCAL_FEATURED_FILTER_ARN, LOCAL_GENRE_FILTER_ARN};

use crate::support::config;

fn caller() -> Caller {
    Caller::new(Some("session"), Some("ada"), None).expect("a caller")
}

fn catalogue() -> Catalogue {
    config().catalogue
}

fn query(parameters: &[(&str, &str)]) -> Query {
    let parameters = parameters.iter();
    Query::new(parameters.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

fn get(parameters: &[(&str, &str)]) -> Result<Request, Refusal> {
    Request::recommendations(query(parameters), &caller(), &catalogue())
}

fn post(body: &Value) -> Result<Request, Refusal> {
    post_text(&body.to_string())
}

fn post_text(body: &str) -> Result<Request, Refusal> {
    Request::ranking(body, Query::default(), &caller(), &catalogue())
}

/// Where the field stands that a request is refused for, its name, and the rule.
fn refused(request: Result<Request, Refusal>) -> (Place, String, String) {
    match request {
        Err(Refusal::Invalid(invalid)) => (
            invalid.place(),
            invalid.field().to_owned(),
            invalid.fault().to_string(),
        ),
        other => panic!("not refused for a field: {other:?}"),
    }
}

fn results(request: &Request) -> usize {
    match request.subject() {
        Subject::Recommendations(list) | Subject::Related(_, list) => list.results(),
        Subject::Ranking(items) => items.len(),
    }
}

#[test]
fn the_number_of_results_has_limits() {
    let metadata = ("metadata", "GENRE");
    for (text, fits, fits_with_metadata) in [
        ("1", true, true),
        ("50", true, true),
        ("51", true, false),
        ("500", true, false),
        ("501", false, false),
        ("0", false, false),
        ("-1", false, false),
        ("+1", false, false),
        ("01", false, false),
        ("1.0", false, false),
        ("1e2", false, false),
        (" 1", false, false),
        ("ten", false, false),
        ("", false, false),
        ("99999999999999999999999", false, false),
    ] {
        let number = ("numResults", text);
        assert_eq!(get(&[number]).is_ok(), fits, "{text}");
        assert_eq!(
            get(&[number, metadata]).is_ok(),
            fits_with_metadata,
            "{text} with metadata"
        );
    }
    assert_eq!(results(&get(&[("numResults", "7")]).expect("taken")), 7);
    assert_eq!(results(&get(&[]).expect("taken")), 25);
    let (place, field, fault) = refused(get(&[("numResults", "51"), metadata]));
    assert_eq!((place, field.as_str()), (Place::Query, "numResults"));
    assert_eq!(fault, "with metadata not a whole number from 1 to 50");
}

#[test]
fn every_parameter_is_refused_by_its_name() {
    let long_id = "x".repeat(257);
    let long_value = "x".repeat(1_001);
    let long_name = format!("context.{}", "x".repeat(151));
    let long_parameter = format!("filter.{}", "x".repeat(51));
    let eleven = ["A"; 11].join(",");
    let cases: [(&[(&str, &str)], &str); 24] = [
        (&[("userId", "")], "userId"),
        (&[("userId", &long_id)], "userId"),
        (&[("userId", "ada"), ("userId", "ada")], "userId"),
        (&[("numResults", "1"), ("numResults", "2")], "numResults"),
        (&[("unknown", "1")], "unknown"),
        (&[("numresults", "1")], "numresults"),
        (&[("", "1")], ""),
        (&[("filter", "other")], "filter"),
        (&[("filter", LOCAL_GENRE_FILTER_ARN)], "filter"),
        (&[("filter.GENRE", "drama")], "filter.GENRE"),
        (&[("filter", "of-genre"), ("filter.", "drama")], "filter."),
        (&[("filter", "of-genre"), ("filter.A-B", "drama")], "filter.A-B"),
        (
            &[("filter", "of-genre"), (&long_parameter, "drama")],
            &long_parameter,
        ),
        (&[("filter", "of-genre"), ("filter.GENRE", "")], "filter.GENRE"),
        (
            &[("filter", "of-genre"), ("filter.GENRE", "a\",\"b")],
            "filter.GENRE",
        ),
        (&[("context.", "x")], "context."),
        (&[("context.A B", "x")], "context.A B"),
        (&[(&long_name, "x")], &long_name),
        (&[("context.A", &long_value)], "context.A"),
        (&[("context.A", "x"), ("context.A", "x")], "context.A"),
        (&[("metadata", "")], "metadata"),
        (&[("metadata", "A,")], "metadata"),
        (&[("metadata", &eleven)], "metadata"),
        (&[("promotionPercent", "10")], "promotionPercent"),
    ];
    for (parameters, expected) in cases {
        let (place, field, _) = refused(get(parameters));
        assert_eq!(
            (place, field.as_str()),
            (Place::Query, expected),
            "{parameters:?}"
        );
    }
    for percent in ["0", "101", "-1", "x", ""] {
        let promotion = [("promotion", "featured"), ("promotionPercent", percent)];
        assert_eq!(refused(get(&promotion)).1, "promotionPercent", "{percent}");
    }
    assert_eq!(refused(get(&[("promotion", "of-genre")])).1, "promotion");
}

#[test]
fn a_filter_takes_its_values_as_plain_text() {
    let request = get(&[
        ("filter", "of-genre"),
        ("filter.GENRE", "drama"),
        ("filter.GENRE", "sci-fi, old"),
        ("filter.YEAR", "1999"),
    ])
    .expect("taken");
    let filter = request.options().filter().expect("a filter");
    assert_eq!(filter.arn().as_str(), LOCAL_GENRE_FILTER_ARN);
    let values: Vec<_> = filter
        .values()
        .iter()
        .map(|(name, values)| (name.as_str(), values.as_str()))
        .collect();
    assert_eq!(
        values,
        [("GENRE", r#""drama","sci-fi, old""#), ("YEAR", r#""1999""#)]
    );
}

#[test]
fn as_many_parameters_as_the_service_takes() {
    let named = |prefix: &str, count: usize| -> Vec<(String, String)> {
        (0..count)
            .map(|index| (format!("{prefix}N{index}"), "x".to_owned()))
            .collect()
    };
    let of = |parameters: &[(String, String)], more: &[(&str, &str)]| {
        let parameters = parameters
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let all: Vec<_> = parameters.chain(more.iter().copied()).collect();
        get(&all)
    };
    let filter = [("filter", "of-genre")];
    assert!(of(&named("filter.", 25), &filter).is_ok());
    assert!(
        refused(of(&named("filter.", 26), &filter))
            .1
            .starts_with("filter.N")
    );
    assert!(of(&named("context.", 150), &[]).is_ok());
    assert!(
        refused(of(&named("context.", 151), &[]))
            .1
            .starts_with("context.N")
    );
    let columns = |count: usize| vec!["C"; count].join(",");
    assert!(get(&[("metadata", &columns(10))]).is_ok());
    assert_eq!(refused(get(&[("metadata", &columns(11))])).1, "metadata");
}

#[test]
fn a_promotion_is_named_and_has_a_share() {
    let promotion = |parameters: &[(&str, &str)]| {
        let request = get(parameters).expect("taken");
        let Subject::Recommendations(list) = request.subject() else {
            panic!("{request:?}")
        };
        list.promotion().cloned().expect("a promotion")
    };
    let featured = promotion(&[("promotion", "featured"), ("promotionPercent", "100")]);
    assert_eq!(featured.filter().as_str(), LOCAL_FEATURED_FILTER_ARN);
    assert_eq!((featured.name().as_str(), featured.percent()), ("featured", 100));
    assert_eq!(
        promotion(&[("promotion", "featured")]).percent(),
        DEFAULT_PROMOTED_PERCENT
    );
}

#[test]
fn related_items_know_no_user_and_an_id_has_limits() {
    let related = |id: &str, parameters: &[(&str, &str)]| {
        Request::related(id.to_owned(), query(parameters), &caller(), &catalogue())
    };
    assert!(related(&"é".repeat(256), &[]).is_ok());
    for id in ["", &"é".repeat(257)] {
        let (place, field, _) = refused(related(id, &[]));
        assert_eq!((place, field.as_str()), (Place::Path, "id"));
    }
    assert_eq!(refused(related("1", &[("userId", "ada")])).1, "userId");
    let options = [
        ("numResults", "3"),
        ("filter", "unseen"),
        ("context.A", ""),
        ("promotion", "featured"),
    ];
    assert_eq!(results(&related("1", &options).expect("taken")), 3);
}

#[test]
fn a_ranking_is_refused_by_the_member() {
    let items = |count: usize| json!(vec!["x"; count]);
    let with = |member: &str, value: Value| {
        let mut body = json!({"items": ["1"]});
        body[member] = value;
        body
    };
    let long = "x".repeat(257);
    let many = |count: usize, value: Value| -> Value {
        (0..count)
            .map(|index| (format!("N{index}"), value.clone()))
            .collect::<Map<_, _>>()
            .into()
    };
    let of_filter = |values: Value| json!({"items": ["1"], "filter": "of-genre", "filterValues": values});
    let cases = [
        (json!([]), ""),
        (json!("x"), ""),
        (json!(null), ""),
        (json!({}), "items"),
        (with("items", json!(null)), "items"),
        (with("items", json!("1")), "items"),
        (with("items", items(0)), "items"),
        (with("items", items(501)), "items"),
        (with("items", json!(["1", ""])), "items[1]"),
        (with("items", json!(["1", 2])), "items[1]"),
        (with("items", json!([long])), "items[0]"),
        (with("unknown", json!(1)), "unknown"),
        (with("numResults", json!(1)), "numResults"),
        (with("promotion", json!("featured")), "promotion"),
        (with("userId", json!("")), "userId"),
        (with("userId", json!(1)), "userId"),
        (with("userId", json!(null)), "userId"),
        (with("filter", json!("other")), "filter"),
        (with("filter", json!(["of-genre"])), "filter"),
        (with("filterValues", json!({"GENRE": "drama"})), "filterValues"),
        (with("filterValues", json!({})), "filterValues"),
        (of_filter(json!([])), "filterValues"),
        (of_filter(json!({"GENRE": 1})), "filterValues.GENRE"),
        (of_filter(json!({"GENRE": []})), "filterValues.GENRE"),
        (
            of_filter(json!({"GENRE": ["drama", ""]})),
            "filterValues.GENRE[1]",
        ),
        (of_filter(json!({"GENRE": "\\"})), "filterValues.GENRE"),
        (of_filter(json!({"": "drama"})), "filterValues."),
        (with("context", json!("x")), "context"),
        (with("context", json!({"A": 1})), "context.A"),
        (with("context", json!({"A B": "x"})), "context.A B"),
        (with("metadata", json!("GENRE")), "metadata"),
        (with("metadata", json!([])), "metadata"),
        (with("metadata", items(11)), "metadata"),
        (with("metadata", json!(["GENRE", ""])), "metadata[1]"),
        (json!({"items": items(51), "metadata": ["GENRE"]}), "items"),
    ];
    for (body, expected) in cases {
        let (place, field, _) = refused(post(&body));
        assert_eq!((place, field.as_str()), (Place::Body, expected), "{body}");
    }
    assert!(
        refused(post(&with("context", many(151, json!("x")))))
            .1
            .starts_with("context.N")
    );
    assert!(
        refused(post(&of_filter(many(26, json!("x")))))
            .1
            .starts_with("filterValues.N")
    );
    for taken in [
        with("items", items(500)),
        json!({"items": items(50), "metadata": items(10)}),
        with("context", many(150, json!("x"))),
        with("context", json!({})),
        of_filter(many(25, json!("x"))),
        of_filter(json!({"GENRE": ["drama", "comedy"]})),
        of_filter(json!({})),
    ] {
        assert!(post(&taken).is_ok(), "{taken}");
    }
}

#[test]
fn a_ranking_has_no_query_and_its_body_is_json() {
    let with_query = Request::ranking(
        r#"{"items":["1"]}"#,
        query(&[("numResults", "1")]),
        &caller(),
        &catalogue(),
    );
    assert_eq!(
        refused(with_query),
        (
            Place::Query,
            "numResults".to_owned(),
            "unknown parameter".to_owned()
        )
    );
    for (body, fault) in [
        ("", "not JSON at line 1, column 0"),
        ("{", "not JSON at line 1, column 1"),
        (r#"{"items":["secret"],}"#, "not JSON at line 1, column 21"),
        (r#"{"items":["\ud800"]}"#, "not JSON at line 1, column 18"),
    ] {
        assert_eq!(
            refused(post_text(body)),
            (Place::Body, String::new(), fault.to_owned()),
            "{body}"
        );
    }
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(refused(post_text(&format!(r#"{{"items":{deep}}}"#))).1, "");
}

/// Text that tends to be near what is taken.
fn words() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "userId",
        "numResults",
        "filter",
        "filter.",
        "filter.GENRE",
        "context.",
        "context.A",
        "metadata",
        "promotion",
        "promotionPercent",
        "of-genre",
        "featured",
        "ada",
        "1",
        "50",
        "501",
        "A,B",
        "items",
        "filterValues",
        "context",
    ]);
    prop_oneof![3 => known.prop_map(str::to_owned), 1 => ".{0,300}", 1 => "[\\PC\"\\\\]{0,8}"]
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        4 => words().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 40, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::vec((words(), inner), 0..8)
                .prop_map(|members| members.into_iter().collect::<Map<_, _>>().into()),
        ]
    })
}

/// What every request keeps to that is taken.
fn check(request: &Result<Request, Refusal>) -> Result<(), TestCaseError> {
    match request {
        Ok(request) => {
            prop_assert!((1..=500).contains(&results(request)));
            let options = request.options();
            prop_assert!(options.columns().len() <= 10 && options.context().len() <= 150);
            prop_assert!(options.columns().is_empty() || results(request) <= 50);
            for values in options
                .filter()
                .iter()
                .flat_map(|filter| filter.values().values())
            {
                let quoted = values.as_str();
                prop_assert!(quoted.chars().count() <= 1_000);
                let values = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
                let values = values.expect("in quotes").split("\",\"");
                prop_assert!(values.into_iter().all(|value| !value.contains('"')));
            }
        }
        Err(Refusal::Invalid(invalid)) => {
            let mut text = String::new();
            write!(text, "{invalid}").expect("a text");
            prop_assert!(!invalid.fault().to_string().is_empty() && !text.is_empty());
        }
        Err(Refusal::Forbidden(_)) => {}
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_query_panics(parameters in prop::collection::vec((words(), words()), 0..8), id in words()) {
        let parameters: Vec<_> = parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        check(&get(&parameters))?;
        check(&Request::related(id, query(&parameters), &caller(), &catalogue()))?;
    }

    #[test]
    fn no_body_panics(body in values(), text in ".{0,200}") {
        check(&post(&body))?;
        check(&post_text(&text))?;
    }

    #[test]
    fn no_member_panics(member in words(), value in values(), items in prop::collection::vec(words(), 0..4)) {
        let mut body = json!({"items": items, "filter": "of-genre"});
        body[member] = value;
        check(&post(&body))?;
    }
}
