//! Which operation a path means, and what path, query and headers hold.

use super::*;

fn model() -> Value {
    let operation = |method: &str, uri: &str, input: &str| json!({ "http": { "method": method, "requestUri": uri }, "input": { "shape": input } });
    let place = |location: &str, name: &str, shape: &str| json!({ "shape": shape, "location": location, "locationName": name });
    json!({
        "metadata": { "protocol": "rest-xml" },
        "operations": {
            "PutObject": operation("PUT", "/{Bucket}/{Key+}", "Object"),
            "CopyObject": operation("PUT", "/{Bucket}/{Key+}", "Copy"),
            "UploadPart": operation("PUT", "/{Bucket}/{Key+}", "Part"),
            "PutTagging": operation("PUT", "/{Bucket}/{Key+}?tagging", "Object"),
            "List": operation("GET", "/{Bucket}", "Bucket"),
            "ListNewer": operation("GET", "/{Bucket}?list-type=2", "Bucket"),
            "Status": operation("GET", "/status", "Nothing"),
        },
        "shapes": {
            "Nothing": { "type": "structure", "members": {} },
            "Bucket": { "type": "structure", "required": ["Bucket"], "members": {
                "Bucket": place("uri", "Bucket", "Name"),
                "Most": place("querystring", "most", "Most"),
                "Only": place("querystring", "only", "Names"),
            } },
            "Object": { "type": "structure", "required": ["Bucket", "Key"], "payload": "Body", "members": {
                "Bucket": place("uri", "Bucket", "Name"),
                "Key": place("uri", "Key", "Path"),
                "Class": place("header", "x-class", "Class"),
                "Metadata": { "shape": "Metadata", "location": "headers", "locationName": "x-meta-" },
                "Body": { "shape": "Data" },
            } },
            "Copy": { "type": "structure", "required": ["Bucket", "Key", "Source"], "members": {
                "Bucket": place("uri", "Bucket", "Name"),
                "Key": place("uri", "Key", "Path"),
                "Source": place("header", "x-copy-source", "Path"),
            } },
            "Part": { "type": "structure", "required": ["Bucket", "Key", "Number"], "payload": "Body", "members": {
                "Bucket": place("uri", "Bucket", "Name"),
                "Key": place("uri", "Key", "Path"),
                "Number": place("querystring", "number", "Most"),
                "Body": { "shape": "Data" },
            } },
            "Name": { "type": "string", "max": 6 },
            "Names": { "type": "list", "max": 2, "member": { "shape": "Name" } },
            "Path": { "type": "string", "max": 6 },
            "Class": { "type": "string", "enum": ["COLD"] },
            "Metadata": { "type": "map", "max": 1, "key": { "shape": "Name" }, "value": { "shape": "Name" } },
            "Most": { "type": "integer", "max": 9 },
            "Data": { "type": "blob", "max": 3 },
        },
    })
}

#[test]
fn the_most_specific_template_wins() {
    let models = Models::of(&model());
    let cases = [
        ("PUT", "/bucket/a/b", None, "PutObject"),
        ("PUT", "/bucket/a/b", Some("x-copy-source"), "CopyObject"),
        ("PUT", "/bucket/a/b?number=1", None, "UploadPart"),
        ("PUT", "/bucket/a/b?tagging", None, "PutTagging"),
        ("PUT", "/bucket/a/b?tagging=", None, "PutTagging"),
        ("GET", "/bucket", None, "List"),
        ("GET", "/bucket/", None, "List"),
        ("GET", "/bucket?list-type=2", None, "ListNewer"),
        ("GET", "/bucket?list-type=1", None, "List"),
        ("GET", "/status", None, "Status"),
    ];
    for (method, path, header, operation) in cases {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(header) = header {
            request = request.header(header, "a");
        }
        let found = models.check(&request.body(Bytes::new()).unwrap());
        assert_eq!(found, (operation.to_owned(), Vec::new()), "{method} {path}");
    }
}

#[test]
fn path_query_and_headers_are_checked_too() {
    let models = Models::of(&model());
    let cases = [
        (Request::get("/bucket?most=9&only=a&only=b"), "", vec![]),
        (
            Request::get("/bucket?most=10"),
            "",
            vec!["Most is out of its range, allowed is at most 9"],
        ),
        (
            Request::get("/bucket?most=x"),
            "",
            vec!["Most is not of type integer"],
        ),
        (
            Request::get("/bucket?only=a&only=b&only=c"),
            "",
            vec!["Only has 3 elements, allowed is at most 2"],
        ),
        (
            Request::get("/buckets"),
            "",
            vec!["Bucket has 7 characters, allowed is at most 6"],
        ),
        // `%C3%A4` is one character.
        (Request::put("/bucket/a/b%C3%A4cd"), "", vec![]),
        (
            Request::put("/bucket/a/bcdef"),
            "",
            vec!["Key has 7 characters, allowed is at most 6"],
        ),
        (Request::put("/bucket/a").header("x-class", "COLD"), "", vec![]),
        (
            Request::put("/bucket/a").header("x-class", "HOT"),
            "",
            vec!["Class is none of the allowed values"],
        ),
        (Request::put("/bucket/a").header("x-meta-a", "b"), "", vec![]),
        (
            Request::put("/bucket/a")
                .header("x-meta-a", "b")
                .header("x-meta-c", "d"),
            "",
            vec!["Metadata has 2 entries, allowed is at most 1"],
        ),
        (Request::put("/bucket/a"), "abc", vec![]),
        (
            Request::put("/bucket/a"),
            "abcd",
            vec!["Body has 4 bytes, allowed is at most 3"],
        ),
    ];
    for (request, body, expected) in cases {
        let request = request.body(Bytes::from_static(body.as_bytes())).unwrap();
        assert_eq!(
            models.check(&request).1,
            expected,
            "{} {:?}",
            request.uri(),
            request.headers()
        );
    }
}

#[test]
fn what_is_no_operation_is_a_violation() {
    let models = Models::of(&model());
    let request = Request::delete("/bucket/private/key").body(Bytes::new()).unwrap();
    // Only the path's beginning is named.
    let expected = (
        "DELETE /bucket".to_owned(),
        vec![" is no operation of the service".to_owned()],
    );
    assert_eq!(models.check(&request), expected);
}

#[test]
fn a_service_without_a_model_is_named_and_not_checked() {
    let models = Models::of(&model());
    let call = json_call("Anything", &json!({}));
    assert_eq!(
        models.models.check("unheard-of", &call),
        ("Anything".to_owned(), Vec::new())
    );
    // A name out of a request is no path.
    assert_eq!(
        models.models.check("../service", &call),
        ("Anything".to_owned(), Vec::new())
    );
}
