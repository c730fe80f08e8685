//! PutItems and PutUsers: twins, tested as twins.

use serde_json::{Value, json};
use stand_ins::personalize::{LOCAL_ITEMS_DATASET_ARN, LOCAL_USERS_DATASET_ARN};

use crate::harness::{
    Expect, characters, check, counts, invalid, personalize, post, properties_of_length, rows, with, without,
};

/// What differs between the two.
struct Dataset {
    path: &'static str,
    arn: &'static str,
    list: &'static str,
    id: &'static str,
    properties_max: usize,
}

const DATASETS: [Dataset; 2] = [
    Dataset {
        path: "/items",
        arn: LOCAL_ITEMS_DATASET_ARN,
        list: "items",
        id: "itemId",
        properties_max: 32_000,
    },
    Dataset {
        path: "/users",
        arn: LOCAL_USERS_DATASET_ARN,
        list: "users",
        id: "userId",
        properties_max: 24_000,
    },
];

impl Dataset {
    fn call(&self, rows: &[Value]) -> Value {
        json!({ "datasetArn": self.arn, self.list: rows })
    }

    fn row(&self, id: &str) -> Value {
        json!({ self.id: id })
    }

    fn row_with_properties(&self, properties: &str) -> Value {
        with(self.row("1"), "properties", json!(properties))
    }
}

#[tokio::test]
async fn limits_of_a_call() {
    for dataset in DATASETS {
        let rows = |count| dataset.call(&vec![dataset.row("1"); count]);
        let with_properties = |text: &str| dataset.call(&[dataset.row_with_properties(text)]);
        let most = dataset.properties_max;
        let cases = [
            ("10 rows", rows(10), Expect::Accepted),
            ("11 rows", rows(11), invalid(dataset.list)),
            ("no row", rows(0), invalid(dataset.list)),
            ("no list", without(rows(1), dataset.list), invalid(dataset.list)),
            (
                "no dataset",
                without(rows(1), "datasetArn"),
                invalid("datasetArn"),
            ),
            (
                "no ARN",
                with(rows(1), "datasetArn", json!("movies")),
                invalid("datasetArn"),
            ),
            ("no id", dataset.call(&[json!({})]), invalid(dataset.id)),
            ("empty id", dataset.call(&[dataset.row("")]), invalid(dataset.id)),
            (
                "id of 256",
                dataset.call(&[dataset.row(&characters(256))]),
                Expect::Accepted,
            ),
            (
                "id of 257",
                dataset.call(&[dataset.row(&characters(257))]),
                invalid(dataset.id),
            ),
            (
                "most properties",
                with_properties(&properties_of_length(most)),
                Expect::Accepted,
            ),
            (
                "one more",
                with_properties(&properties_of_length(most + 1)),
                invalid("properties"),
            ),
            ("empty properties", with_properties(""), invalid("properties")),
            (
                "no JSON",
                with_properties("genres"),
                invalid("Error parsing properties json"),
            ),
            (
                "nested",
                with_properties(r#"{"genres":["a"]}"#),
                invalid("without nesting"),
            ),
            (
                "id is a number",
                dataset.call(&[json!({ dataset.id: 1 })]),
                Expect::Refused("SerializationException", ""),
            ),
        ];
        for (case, body, expect) in cases {
            let answer = post(&personalize(), dataset.path, &body).await;
            check(&answer, &format!("{}: {case}", dataset.path), &expect);
        }
    }
}

#[tokio::test]
async fn arn_of_256_characters_is_looked_up_and_longer_ones_are_not() {
    for dataset in DATASETS {
        let arn = |length: usize| {
            format!(
                "{:x<length$}",
                "arn:aws:personalize:us-east-1:000000000000:dataset/"
            )
        };
        for (length, expect) in [
            (
                256,
                Expect::Refused("ResourceNotFoundException", "does not exist"),
            ),
            (257, invalid("datasetArn")),
        ] {
            let body = with(
                dataset.call(&[dataset.row("1")]),
                "datasetArn",
                json!(arn(length)),
            );
            check(
                &post(&personalize(), dataset.path, &body).await,
                dataset.path,
                &expect,
            );
        }
    }
}

#[tokio::test]
async fn a_dataset_takes_its_own_kind_only() {
    let [items, users] = DATASETS;
    let body = with(items.call(&[items.row("1")]), "datasetArn", json!(users.arn));
    let expect = Expect::Refused("ResourceNotFoundException", "Items dataset");
    check(
        &post(&personalize(), items.path, &body).await,
        "users' ARN",
        &expect,
    );
}

#[tokio::test]
async fn a_busy_dataset_refuses_until_it_is_free() {
    for dataset in DATASETS {
        let personalize = personalize();
        let body = dataset.call(&[dataset.row("1")]);
        personalize.set_dataset_busy(dataset.arn, true);
        let expect = Expect::Refused("ResourceInUseException", "being updated");
        check(&post(&personalize, dataset.path, &body).await, "busy", &expect);
        assert_eq!(counts(&personalize)[dataset.list], 0);
        personalize.set_dataset_busy(dataset.arn, false);
        check(
            &post(&personalize, dataset.path, &body).await,
            "free",
            &Expect::Accepted,
        );
        assert_eq!(counts(&personalize)[dataset.list], 1);
    }
}

#[tokio::test]
async fn the_last_row_of_an_id_holds() {
    for dataset in DATASETS {
        let personalize = personalize();
        for properties in [r#"{"year":1994}"#, r#"{"year":1995}"#] {
            let body = dataset.call(&[dataset.row_with_properties(properties)]);
            check(
                &post(&personalize, dataset.path, &body).await,
                properties,
                &Expect::Accepted,
            );
        }
        let mut expected = dataset.row_with_properties(r#"{"year":1995}"#);
        expected["datasetArn"] = json!(dataset.arn);
        expected["received"] = json!(2);
        assert_eq!(
            rows(&personalize, &format!("/_state/personalize/{}", dataset.list)),
            [expected]
        );
    }
}
