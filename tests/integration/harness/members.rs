//! People with an account in the stack's user pool, and what it proves.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::{Value, json};

use super::Pipeline;
use super::app::send;

/// Meets the pool's policy for passwords.
const PASSWORD: &str = "Correct-Horse-7-Battery";

/// Signs somebody up and in, and gives their access token.
pub async fn access_token(pipeline: &Pipeline, name: &str) -> String {
    let client = pipeline.output("UserPoolClientId");
    let email = format!("{name}@example.com");
    let user = json!({ "UserPoolId": pipeline.output("UserPoolId"), "Username": email });
    cognito(
        pipeline,
        "AdminCreateUser",
        merged(&user, json!({ "MessageAction": "SUPPRESS" })),
    )
    .await;
    let password = merged(&user, json!({ "Password": PASSWORD, "Permanent": true }));
    cognito(pipeline, "AdminSetUserPassword", password).await;
    let signed_in = json!({
        "ClientId": client,
        "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": { "USERNAME": email, "PASSWORD": PASSWORD },
    });
    let tokens = cognito(pipeline, "InitiateAuth", signed_in).await;
    let token = tokens["AuthenticationResult"]["AccessToken"].as_str();
    token
        .unwrap_or_else(|| panic!("no access token: {tokens}"))
        .to_owned()
}

async fn cognito(pipeline: &Pipeline, operation: &str, body: Value) -> Value {
    let request = Request::post("/")
        .header("content-type", "application/x-amz-json-1.1")
        .header(
            "x-amz-target",
            format!("AWSCognitoIdentityProviderService.{operation}"),
        )
        .header(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=0",
        );
    let url = format!("{}/", pipeline.cloud.endpoint());
    let answer = send(&url, request, Bytes::from(body.to_string())).await;
    assert_eq!(answer.status, StatusCode::OK, "{operation}: {answer:?}");
    answer.body
}

fn merged(one: &Value, other: Value) -> Value {
    let mut all = one.as_object().cloned().unwrap_or_default();
    all.extend(other.as_object().cloned().unwrap_or_default());
    Value::Object(all)
}
