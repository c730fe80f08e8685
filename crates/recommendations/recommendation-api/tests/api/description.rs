//! What `openapi.yaml` says of the routes, held against the code.

use recommendation_api::limits;
use recommendation_api::request::DEFAULT_PROMOTED_PERCENT;
use recommendation_api::route::Route;

const DESCRIPTION: &str = include_str!("../../openapi.yaml");

#[test]
fn every_route_is_described() {
    for route in Route::ALL {
        let path = format!("\n  {}:\n", route.resource());
        let (_, described) = DESCRIPTION.split_once(&path).expect("the path");
        let method = format!("    {}:\n", route.method().to_lowercase());
        assert!(described.starts_with(&method), "{path}{method}");
    }
}

#[test]
fn every_limit_is_described() {
    let limits = [
        ("maximum", limits::RESULTS),
        ("default", limits::DEFAULT_RESULTS),
        ("default", DEFAULT_PROMOTED_PERCENT.into()),
        ("maximum", limits::PROMOTED_PERCENT.into()),
        ("maxItems", limits::RANKED_ITEMS),
        ("maxItems", limits::RANKED_ITEMS_WITH_METADATA),
        ("maxItems", limits::METADATA_COLUMNS),
        ("maxProperties", limits::CONTEXT_ENTRIES),
        ("maxProperties", limits::FILTER_PARAMETERS),
        ("maxLength", limits::ID_CHARACTERS),
        ("maxLength", limits::CONTEXT_VALUE_CHARACTERS),
        ("maxLength", limits::COLUMN_CHARACTERS),
        ("maxLength", limits::FILTER_VALUES_CHARACTERS - 2),
        ("maxLength", limits::NAME_CHARACTERS),
    ];
    for (keyword, limit) in limits {
        let line = format!("{keyword}: {limit}\n");
        assert!(DESCRIPTION.contains(&line), "{line}");
    }
    let names = [
        format!("^[A-Za-z0-9_]{{1,{}}}$", limits::FILTER_PARAMETER_CHARACTERS),
        format!("^[A-Za-z0-9_]{{1,{}}}$", limits::CONTEXT_NAME_CHARACTERS),
    ];
    for pattern in names {
        assert!(
            DESCRIPTION.contains(&format!("pattern: {pattern}\n")),
            "{pattern}"
        );
    }
}
