//! The deployed authorizer, asked as API Gateway asks it.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html>

use aws_sdk_lambda::Client;
use aws_sdk_lambda::error::DisplayErrorContext;
use aws_sdk_lambda::primitives::Blob;
use serde::Deserialize;
use serde_json::json;

/// A token authorizer of one API's stage.
#[derive(Debug)]
pub(super) struct Authorizer {
    pub(super) lambda: Client,
    pub(super) function: String,
}

/// What the authorizer says about a caller whom it lets in: API Gateway hands on text only.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Context {
    #[serde(default)]
    pub(super) session_id: String,
    pub(super) user_id: Option<String>,
}

/// Why a caller is not let in.
#[derive(Debug, PartialEq)]
pub(super) enum Refusal {
    /// Nobody the authorizer knows: 401.
    Unauthorized,
    /// Somebody, but not here: 403.
    Denied,
    /// The authorizer failed, or its answer is no answer: 500, whoever the caller is.
    Failed(String),
}

/// The authorizer's answer, as much of it as is used.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    policy_document: PolicyDocument,
    #[serde(default)]
    context: Context,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyDocument {
    statement: Vec<Statement>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    effect: String,
    resource: Resources,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Resources {
    One(String),
    Several(Vec<String>),
}

impl Authorizer {
    /// Asks whether the holder of the `Authorization` header's value may call the method of this ARN.
    pub(super) async fn ask(&self, authorization: &str, method_arn: &str) -> Result<Context, Refusal> {
        let event = json!({ "type": "TOKEN", "authorizationToken": authorization, "methodArn": method_arn });
        let invocation = self
            .lambda
            .invoke()
            .function_name(&self.function)
            .payload(Blob::new(event.to_string()));
        let answer = invocation
            .send()
            .await
            .map_err(|error| Refusal::Failed(DisplayErrorContext(error).to_string()))?;
        let payload = answer.payload().map(Blob::as_ref).unwrap_or_default();
        match answer.function_error() {
            Some(_) => Err(failure(payload)),
            None => context(payload, method_arn),
        }
    }
}

/// A function that fails with this one message refuses the caller; any other failure is the function's own.
fn failure(payload: &[u8]) -> Refusal {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct FunctionError {
        error_message: String,
    }
    match serde_json::from_slice::<FunctionError>(payload) {
        Ok(error) if error.error_message == "Unauthorized" => Refusal::Unauthorized,
        Ok(error) => Refusal::Failed(error.error_message),
        Err(error) => Refusal::Failed(error.to_string()),
    }
}

fn context(payload: &[u8], method_arn: &str) -> Result<Context, Refusal> {
    let answer: Answer =
        serde_json::from_slice(payload).map_err(|error| Refusal::Failed(error.to_string()))?;
    if allows(&answer.policy_document.statement, method_arn) {
        Ok(answer.context)
    } else {
        Err(Refusal::Denied)
    }
}

/// Something allows it, and nothing denies it.
fn allows(statements: &[Statement], arn: &str) -> bool {
    let with = |effect: &str| {
        statements
            .iter()
            .any(|statement| statement.effect == effect && statement.resource.covers(arn))
    };
    with("Allow") && !with("Deny")
}

impl Resources {
    fn covers(&self, arn: &str) -> bool {
        match self {
            Self::One(pattern) => covers(pattern, arn),
            Self::Several(patterns) => patterns.iter().any(|pattern| covers(pattern, arn)),
        }
    }
}

/// `*` stands for any text. The pattern's other wildcard, `?`, is not known here, and so covers nothing but itself.
fn covers(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(text) = text.strip_prefix(head) else {
        return false;
    };
    let mut ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    ends.any(|at| covers(rest, &text[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const METHOD: &str = "arn:aws:execute-api:us-east-1:000000000000:api/prod/POST/interactions";

    fn policy(effect: &str, resource: &serde_json::Value) -> Vec<u8> {
        let statement = json!([{ "Action": "execute-api:Invoke", "Effect": effect, "Resource": resource }]);
        let answer = json!({
            "principalId": "s",
            "policyDocument": { "Version": "2012-10-17", "Statement": statement },
            "context": { "sessionId": "s", "userId": "u" },
        });
        answer.to_string().into_bytes()
    }

    #[test]
    fn a_policy_decides_about_the_method() {
        let api = "arn:aws:execute-api:us-east-1:000000000000:api/prod/*";
        let cases = [
            ("Allow", json!(METHOD), true),
            ("Allow", json!(api), true),
            ("Allow", json!([api]), true),
            ("Allow", json!("*"), true),
            (
                "Allow",
                json!("arn:aws:execute-api:us-east-1:000000000000:other/prod/*"),
                false,
            ),
            (
                "Allow",
                json!("arn:aws:execute-api:us-east-1:000000000000:api/prod/GET/*"),
                false,
            ),
            (
                "Allow",
                json!("arn:aws:execute-api:us-east-1:000000000000:api/*/interactions/batch"),
                false,
            ),
            ("Deny", json!(api), false),
        ];
        for (effect, resource, allowed) in cases {
            let context = context(&policy(effect, &resource), METHOD);
            assert_eq!(context.is_ok(), allowed, "{effect} {resource}");
        }
    }

    #[test]
    fn the_context_names_session_and_user() {
        let context = context(&policy("Allow", &json!("*")), METHOD).unwrap();
        assert_eq!(
            (context.session_id.as_str(), context.user_id.as_deref()),
            ("s", Some("u"))
        );
    }

    #[test]
    fn one_message_refuses_the_caller_and_every_other_is_a_failure() {
        assert_eq!(
            failure(br#"{"errorType":"x","errorMessage":"Unauthorized"}"#),
            Refusal::Unauthorized
        );
        for payload in [
            &br#"{"errorMessage":"out of memory"}"#[..],
            b"",
            b"{}",
            br#"{"errorMessage":"unauthorized"}"#,
        ] {
            assert!(
                matches!(failure(payload), Refusal::Failed(_)),
                "{}",
                String::from_utf8_lossy(payload)
            );
        }
    }
}
