//! Events of API Gateway.

use serde_json::{Value, json};

/// The session of the tests' visitor.
pub const SESSION: &str = "00112233445566778899aabbccddeeff";

/// `GET /recommendations` by a visitor, with these query parameters.
pub fn get_recommendations(query: &[(&str, &str)]) -> Value {
    get("/recommendations", query, json!(null))
}

/// `GET /items/{id}/related` by a visitor.
pub fn get_related(id: &str, query: &[(&str, &str)]) -> Value {
    get("/items/{id}/related", query, json!({"id": id}))
}

/// `POST /rankings` by a visitor.
pub fn post_rankings(body: &Value) -> Value {
    with(request("POST", "/rankings"), "body", json!(body.to_string()))
}

/// `event` by a member with these scopes.
pub fn by_member(mut event: Value, user: &str, scope: &str) -> Value {
    let authorizer = json!({"principalId": user, "sessionId": SESSION, "userId": user, "scope": scope});
    event["requestContext"]["authorizer"] = authorizer;
    event
}

/// A request by a visitor without a query and a body.
pub fn request(method: &str, resource: &str) -> Value {
    json!({
        "resource": resource,
        "path": resource,
        "httpMethod": method,
        "headers": {"Accept": "*/*"},
        "multiValueHeaders": {"Accept": ["*/*"]},
        "queryStringParameters": null,
        "multiValueQueryStringParameters": null,
        "pathParameters": null,
        "stageVariables": null,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "api",
            "stage": "prod",
            "httpMethod": method,
            "resourcePath": resource,
            "requestId": "00000000-0000-4000-8000-000000000000",
            "requestTimeEpoch": 1_700_000_000_000_u64,
            "identity": {"sourceIp": "127.0.0.1", "userAgent": "test"},
            "authorizer": {"principalId": SESSION, "sessionId": SESSION, "integrationLatency": 3},
        },
        "body": null,
        "isBase64Encoded": false,
    })
}

/// `event` with a member set.
pub fn with(mut event: Value, member: &str, value: Value) -> Value {
    event[member] = value;
    event
}

fn get(resource: &str, query: &[(&str, &str)], path_parameters: Value) -> Value {
    let mut all = json!({});
    let mut last = json!({});
    for (name, value) in query {
        last[*name] = json!(value);
        match all[*name].as_array_mut() {
            Some(values) => values.push(json!(value)),
            None => all[*name] = json!([value]),
        }
    }
    let event = with(request("GET", resource), "pathParameters", path_parameters);
    let event = with(event, "queryStringParameters", last);
    with(event, "multiValueQueryStringParameters", all)
}
