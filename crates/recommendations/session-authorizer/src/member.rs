//! Who is signed in.

/// Characters of a user's id, as Personalize has it.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_PutEvents.html>
pub const USER_ID_CHARACTERS: usize = 256;

/// Characters of all scopes together. They travel in every token, and in the authorizer's answer, which API Gateway
/// limits to 8 KB with its policy.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html>
pub const SCOPE_CHARACTERS: usize = 2_048;

/// A user who is signed in, and what the user may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    user_id: String,
    scope: String,
}

impl Member {
    /// A member by Cognito's `sub` and `scope`; none if either is not what Cognito writes.
    ///
    /// The id goes into headers, templates and logs of API Gateway: letters, digits, `-` and `_` need no care anywhere.
    pub fn new(user_id: &str, scope: &str) -> Option<Self> {
        let is_id = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let id_fits = (1..=USER_ID_CHARACTERS).contains(&user_id.len()) && user_id.bytes().all(is_id);
        let scope_fits = scope.len() <= SCOPE_CHARACTERS && scope.bytes().all(is_scope);
        (id_fits && scope_fits).then(|| Self {
            user_id: user_id.to_owned(),
            scope: scope.to_owned(),
        })
    }

    /// Cognito's `sub`.
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    /// What the user may do: names with spaces between them.
    pub fn scope(&self) -> &str {
        &self.scope
    }
}

/// <https://www.rfc-editor.org/rfc/rfc6749#section-3.3>
fn is_scope(byte: u8) -> bool {
    (b' '..=b'~').contains(&byte) && byte != b'"' && byte != b'\\'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_1_to_256_plain_characters() {
        for (id, is_one) in [
            ("3f2504e0-4f89-11d3-9a0c-0305e82c3301", true),
            ("a_B-9", true),
            (&*"u".repeat(USER_ID_CHARACTERS), true),
            (&*"u".repeat(USER_ID_CHARACTERS + 1), false),
            ("", false),
            ("a b", false),
            ("a\"b", false),
            ("$context", false),
            ("ž", false),
        ] {
            assert_eq!(Member::new(id, "").is_some(), is_one, "{id}");
        }
    }

    #[test]
    fn a_scope_is_as_oauth_writes_it() {
        for (scope, is_one) in [
            ("", true),
            ("openid recommendations/users.read", true),
            (&*"s".repeat(SCOPE_CHARACTERS), true),
            (&*"s".repeat(SCOPE_CHARACTERS + 1), false),
            ("a\"b", false),
            ("a\\b", false),
            ("a\nb", false),
            ("ž", false),
        ] {
            assert_eq!(Member::new("u", scope).is_some(), is_one, "{scope}");
        }
    }
}
