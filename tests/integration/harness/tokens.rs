//! Session tokens that the authorizer did not issue, made with its key or with another.

use aws_sdk_lambda::Client;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use super::Pipeline;

/// The key that the authorizer of the pipeline was deployed with.
pub async fn session_key(pipeline: &Pipeline) -> String {
    let lambda = Client::new(&pipeline.cloud.sdk_config());
    let configuration = lambda
        .get_function_configuration()
        .function_name(pipeline.output("SessionAuthorizerFunctionName"))
        .send()
        .await
        .expect("the function has a configuration");
    let variables = configuration.environment().and_then(|it| it.variables());
    variables
        .and_then(|variables| variables.get("SESSION_KEY"))
        .expect("the function has its key")
        .clone()
}

/// The claims of a token, as anybody can read them.
pub fn claims(token: &str) -> Value {
    let claims = token.split('.').nth(1).expect("a token has claims");
    let claims = URL_SAFE_NO_PAD.decode(claims).expect("claims are base64url");
    serde_json::from_slice(&claims).expect("claims are JSON")
}

/// A token with these claims under a key.
pub fn signed(key: &str, claims: &Value) -> String {
    let encode = |text: &[u8]| URL_SAFE_NO_PAD.encode(text);
    let header = encode(br#"{"alg":"HS256","typ":"JWT"}"#);
    let signed = format!("{header}.{}", encode(claims.to_string().as_bytes()));
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("any key will do");
    mac.update(signed.as_bytes());
    format!("{signed}.{}", encode(&mac.finalize().into_bytes()))
}

/// These claims, with one of another value.
pub fn with(claims: &Value, name: &str, value: Value) -> Value {
    let mut claims = claims.clone();
    claims[name] = value;
    claims
}

/// A token as its issuer would sign it, but without a signature.
pub fn unsigned(claims: &Value) -> String {
    let header = URL_SAFE_NO_PAD.encode(json!({ "alg": "none", "typ": "JWT" }).to_string());
    format!("{header}.{}.e30", URL_SAFE_NO_PAD.encode(claims.to_string()))
}
