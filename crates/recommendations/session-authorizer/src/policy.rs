//! What API Gateway is told about a caller who may come in.

use std::fmt;

use serde::Serialize;

use crate::claims::Claims;
use crate::method_arn::Stage;

/// The API keys of the usage plans that callers are counted under; they are not what lets a caller in.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html>
#[derive(Clone, Default)]
pub struct UsageKeys {
    /// All visitors'.
    pub visitor: Option<String>,
    /// All members'.
    pub member: Option<String>,
}

impl fmt::Debug for UsageKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UsageKeys")
    }
}

/// An authorizer's answer.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html>
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Permission {
    principal_id: String,
    policy_document: PolicyDocument,
    context: Context,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage_identifier_key: Option<String>,
}

impl Permission {
    /// Lets the caller call every method of the stage. API Gateway keeps the answer for the token, whatever the method:
    /// a policy for one method would refuse the next.
    pub fn new(claims: &Claims, stage: &Stage, keys: &UsageKeys) -> Self {
        let session_id = claims.session.as_str().to_owned();
        let user_id = claims.member.as_ref().map(|member| member.user_id().to_owned());
        let key = match claims.member {
            Some(_) => &keys.member,
            None => &keys.visitor,
        };
        Self {
            principal_id: user_id.clone().unwrap_or_else(|| session_id.clone()),
            policy_document: PolicyDocument::allowing(stage),
            context: Context {
                session_id,
                user_id,
                scope: claims.member.as_ref().map(|member| member.scope().to_owned()),
            },
            usage_identifier_key: key.clone(),
        }
    }
}

/// What the integrations see of the caller as `$context.authorizer`: texts, as they must be.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Context {
    session_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyDocument {
    version: &'static str,
    statement: [Statement; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    effect: &'static str,
    action: &'static str,
    resource: String,
}

impl PolicyDocument {
    fn allowing(stage: &Stage) -> Self {
        Self {
            version: "2012-10-17",
            statement: [Statement {
                effect: "Allow",
                action: "execute-api:Invoke",
                resource: stage.every_method(),
            }],
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::member::Member;
    use crate::session_id::SessionId;

    fn permission(member: Option<Member>, keys: &UsageKeys) -> Value {
        let claims = Claims {
            session: SessionId::new([0; 16]),
            member,
            issued_at: 1,
            expires_at: 2,
        };
        let stage = Stage::of("arn:aws:execute-api:us-east-1:1:api1/prod/GET/x").expect("a stage");
        json!(Permission::new(&claims, &stage, keys))
    }

    const SESSION: &str = "00000000000000000000000000000000";

    #[test]
    fn a_visitor_is_its_session() {
        let policy = json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow", "Action": "execute-api:Invoke",
                "Resource": "arn:aws:execute-api:us-east-1:1:api1/prod/*",
            }],
        });
        let expected = json!({
            "principalId": SESSION, "policyDocument": policy, "context": { "sessionId": SESSION },
        });
        assert_eq!(permission(None, &UsageKeys::default()), expected);
    }

    #[test]
    fn a_member_is_a_user_in_a_session() {
        let member = Member::new("u1", "openid recommendations/users.read");
        let permission = permission(member, &UsageKeys::default());
        assert_eq!(permission["principalId"], "u1");
        let context =
            json!({ "sessionId": SESSION, "userId": "u1", "scope": "openid recommendations/users.read" });
        assert_eq!(permission["context"], context);
        assert_eq!(permission.get("usageIdentifierKey"), None);
    }

    #[test]
    fn callers_are_counted_under_the_key_of_their_kind() {
        let keys = UsageKeys {
            visitor: Some("visitors".to_owned()),
            member: Some("members".to_owned()),
        };
        assert_eq!(permission(None, &keys)["usageIdentifierKey"], "visitors");
        assert_eq!(
            permission(Member::new("u1", ""), &keys)["usageIdentifierKey"],
            "members"
        );
        let visitors_only = UsageKeys { member: None, ..keys };
        assert_eq!(
            permission(Member::new("u1", ""), &visitors_only).get("usageIdentifierKey"),
            None
        );
    }
}
