//! The method that somebody wants to call, by its ARN.

/// A stage of an API.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// `arn:…:{api}/{stage}`.
    arn: String,
}

impl Stage {
    /// The stage of a method's ARN, `arn:{partition}:execute-api:{region}:{account}:{api}/{stage}/{method}/{path}`.
    pub fn of(method_arn: &str) -> Option<Self> {
        let parts: Vec<&str> = method_arn.splitn(6, ':').collect();
        let ["arn", partition, "execute-api", region, account, resource] = parts[..] else {
            return None;
        };
        // The path is the caller's: nothing of it goes into the policy.
        let mut resource = resource.splitn(3, '/');
        let (api, stage) = (resource.next()?, resource.next()?);
        resource.next()?;
        let names = [partition, region, account, api, stage];
        names.iter().all(|name| is_name(name)).then(|| Self {
            arn: format!("arn:{partition}:execute-api:{region}:{account}:{api}/{stage}"),
        })
    }

    /// The ARN that covers every method of the stage, and no other stage.
    pub fn every_method(&self) -> String {
        format!("{}/*", self.arn)
    }
}

/// No wildcard, and nothing empty.
fn is_name(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    !text.is_empty() && text.bytes().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_is_covered_with_all_its_methods() {
        for (method, stage) in [
            ("GET/recommendations", "api1/prod/*"),
            ("POST/items/31/related", "api1/prod/*"),
            ("GET/", "api1/prod/*"),
            ("GET/a:b/*/../../other", "api1/prod/*"),
        ] {
            let arn = format!("arn:aws:execute-api:us-east-1:000000000000:api1/prod/{method}");
            let covered = Stage::of(&arn).map(|stage| stage.every_method());
            let expected = format!("arn:aws:execute-api:us-east-1:000000000000:{stage}");
            assert_eq!(covered, Some(expected), "{arn}");
        }
        let china = Stage::of("arn:aws-cn:execute-api:cn-north-1:1:a/b/GET/c").expect("a stage");
        assert_eq!(china.every_method(), "arn:aws-cn:execute-api:cn-north-1:1:a/b/*");
    }

    #[test]
    fn what_is_no_methods_arn_is_none() {
        for arn in [
            "",
            "*",
            "arn:aws:execute-api:us-east-1:1:api1/prod",
            "arn:aws:execute-api:us-east-1:1:api1",
            "arn:aws:execute-api:us-east-1:1:*/prod/GET/x",
            "arn:aws:execute-api:us-east-1:1:api1/*/GET/x",
            "arn:aws:execute-api:us-east-1:1:api?/prod/GET/x",
            "arn:aws:execute-api:us-east-1:1:/prod/GET/x",
            "arn:aws:execute-api:us-east-1:1:api1//GET/x",
            "arn:aws:execute-api::1:api1/prod/GET/x",
            "arn:aws:execute-api:*:1:api1/prod/GET/x",
            "arn:aws:lambda:us-east-1:1:api1/prod/GET/x",
            "urn:aws:execute-api:us-east-1:1:api1/prod/GET/x",
        ] {
            assert_eq!(Stage::of(arn), None, "{arn}");
        }
    }
}
