//! The same input through each protocol.

use super::*;

/// A structure with a nested list of structures, a map and a number.
fn model(protocol: &str) -> Value {
    json!({
        "metadata": { "protocol": protocol },
        "operations": { "Call": { "http": { "method": "POST", "requestUri": "/call" }, "input": { "shape": "Input" } } },
        "shapes": {
            "Input": { "type": "structure", "required": ["Pairs", "Count"], "members": {
                "Pairs": { "shape": "Pairs" },
                "Labels": { "shape": "Labels", "locationName": "labels" },
                "Flat": { "shape": "Texts", "flattened": true },
                "Count": { "shape": "Count" },
                "Data": { "shape": "Data" },
            } },
            "Pairs": { "type": "list", "max": 2, "member": { "shape": "Pair" } },
            "Pair": { "type": "structure", "required": ["A"], "members": { "A": { "shape": "Short" } } },
            "Labels": { "type": "map", "key": { "shape": "Short" }, "value": { "shape": "Short" } },
            "Texts": { "type": "list", "max": 2, "member": { "shape": "Short" } },
            "Short": { "type": "string", "max": 2 },
            "Count": { "type": "integer", "max": 9 },
            "Data": { "type": "blob", "max": 3 },
        },
    })
}

fn check(protocol: &str, request: http::request::Builder, body: impl Into<Bytes>) -> Vec<String> {
    let (operation, problems) = Models::of(&model(protocol)).check(&request.body(body.into()).unwrap());
    assert_eq!(operation, "Call");
    problems
}

/// What is wrong in each of the bad bodies below.
const WRONG: [&str; 4] = [
    "Count is out of its range, allowed is at most 9",
    "Flat has 3 elements, allowed is at most 2",
    "Labels.(value) has 3 characters, allowed is at most 2",
    "Pairs[1].A has 3 characters, allowed is at most 2",
];

#[test]
fn json() {
    let call = || Request::post("/").header("x-amz-target", "P.Call");
    let good =
        json!({ "Pairs": [{ "A": "a" }], "Count": 9, "labels": { "a": "b" }, "Data": "YWJj", "Unknown": 1 });
    assert!(check("json", call(), good.to_string()).is_empty());
    let bad = json!({ "Pairs": [{ "A": "a" }, { "A": "abc" }], "Count": 10, "labels": { "a": "bcd" }, "Flat": ["a", "b", "c"] });
    assert_eq!(check("json", call(), bad.to_string()), WRONG);
    assert_eq!(check("json", call(), "{"), [" has a body that is not JSON"]);
    assert_eq!(
        check("json", call(), ""),
        ["Pairs is required", "Count is required"]
    );
}

#[test]
fn rest_json() {
    let bad = json!({ "Pairs": [{ "A": "a" }, { "A": "abc" }], "Count": 10, "labels": { "a": "bcd" }, "Flat": ["a", "b", "c"] });
    assert_eq!(check("rest-json", Request::post("/call"), bad.to_string()), WRONG);
    assert_eq!(
        check("rest-json", Request::post("/call"), "[]"),
        [" has a body that is no object"]
    );
}

#[test]
fn cbor() {
    let encoded = |value: &Value| {
        let mut bytes = Vec::new();
        ciborium::into_writer(value, &mut bytes).unwrap();
        bytes
    };
    let bad = json!({ "Pairs": [{ "A": "a" }, { "A": "abc" }], "Count": 10, "labels": { "a": "bcd" }, "Flat": ["a", "b", "c"] });
    let by_target = Request::post("/")
        .header("x-amz-target", "P.Call")
        .header("content-type", "application/x-amz-cbor-1.1");
    assert_eq!(check("json", by_target, encoded(&bad)), WRONG);
    let by_path = Request::post("/service/Name/operation/Call").header("content-type", "application/cbor");
    assert_eq!(check("smithy-rpc-v2-cbor", by_path, encoded(&bad)), WRONG);

    // Bytes are bytes there, not base64.
    let data = |length| {
        let entry = |name: &str, value| (ciborium::Value::Text(name.to_owned()), value);
        let mut bytes = Vec::new();
        let map = ciborium::Value::Map(vec![
            entry("Pairs", ciborium::Value::Array(Vec::new())),
            entry("Count", ciborium::Value::Integer(1.into())),
            entry("Data", ciborium::Value::Bytes(vec![0; length])),
        ]);
        ciborium::into_writer(&map, &mut bytes).unwrap();
        bytes
    };
    let call = || {
        Request::post("/")
            .header("x-amz-target", "P.Call")
            .header("content-type", "application/x-amz-cbor-1.1")
    };
    assert!(check("json", call(), data(3)).is_empty());
    assert_eq!(
        check("json", call(), data(4)),
        ["Data has 4 bytes, allowed is at most 3"]
    );
}

#[test]
fn a_form() {
    let call =
        || Request::post("/").header("content-type", "application/x-www-form-urlencoded; charset=utf-8");
    let good = "Action=Call&Version=1&Pairs.member.1.A=a&Count=9&labels.entry.1.key=a&labels.entry.1.value=b";
    assert!(check("query", call(), good).is_empty());
    let bad = "Action=Call&Pairs.member.1.A=a&Pairs.member.2.A=a%2Bc&Count=10&labels.entry.1.key=a&\
               labels.entry.1.value=bcd&Flat.1=a&Flat.2=b&Flat.3=c";
    assert_eq!(check("query", call(), bad), WRONG);
    assert_eq!(
        check("query", call(), "Action=Call&Count=x"),
        ["Pairs is required", "Count is not of type integer"]
    );
    // Eleven elements: the tenth and eleventh are elements 10 and 11, not 1 again.
    let many: String = (1..=11)
        .map(|number| format!("&Pairs.member.{number}.A=a"))
        .collect();
    let many = check("query", call(), format!("Action=Call&Count=1{many}"));
    assert_eq!(many, ["Pairs has 11 elements, allowed is at most 2"]);
}

#[test]
fn xml() {
    let good = "<Input><Pairs><member><A>a</A></member></Pairs><Count>9</Count></Input>";
    assert!(check("rest-xml", Request::post("/call"), good).is_empty());
    let bad = "<Input xmlns=\"urn:x\"><Pairs><member><A>a</A></member><member><A>abc</A></member></Pairs><Count>10</Count>\
               <Flat>a</Flat><Flat>b</Flat><Flat>c</Flat></Input>";
    let wrong: Vec<_> = WRONG
        .into_iter()
        .filter(|line| !line.starts_with("Labels"))
        .collect();
    assert_eq!(check("rest-xml", Request::post("/call"), bad), wrong);
    assert_eq!(
        check("rest-xml", Request::post("/call"), "<Input>"),
        [" has a body that is not XML"]
    );
}
