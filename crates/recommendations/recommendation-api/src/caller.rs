//! Who calls, as the session authorizer says, and for whom they may ask.

use crate::text::UserId;

/// The scope of those who may ask for other users' recommendations.
pub const READ_USERS_SCOPE: &str = "recommendations/users.read";

/// The caller: a member, or a visitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    user: UserId,
    reads_users: bool,
}

/// The caller asked for another user without the scope for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forbidden;

impl Caller {
    /// The caller whom the authorizer's context describes: the session's id, and of a member the id and the scopes,
    /// separated by spaces. `None` when it names no session, or an id that Personalize would not take.
    pub fn new(session_id: Option<&str>, user_id: Option<&str>, scope: Option<&str>) -> Option<Self> {
        let session: UserId = session_id?.parse().ok()?;
        let user = match user_id {
            Some(id) => id.parse().ok()?,
            // Who is not signed in is recommended to by the session's id.
            // https://docs.aws.amazon.com/personalize/latest/dg/recording-events.html
            None => session,
        };
        let mut scopes = scope.unwrap_or_default().split(' ');
        Some(Self {
            user,
            reads_users: scopes.any(|scope| scope == READ_USERS_SCOPE),
        })
    }

    /// The caller's own id as a user of Personalize.
    pub fn user(&self) -> &UserId {
        &self.user
    }

    /// The user to recommend to: the one asked for, or the caller.
    ///
    /// # Errors
    /// It is another user, and the caller lacks [`READ_USERS_SCOPE`].
    pub fn subject(&self, asked: Option<UserId>) -> Result<UserId, Forbidden> {
        match asked {
            Some(user) if user != self.user && !self.reads_users => Err(Forbidden),
            Some(user) => Ok(user),
            None => Ok(self.user.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(id: &str) -> UserId {
        id.parse().expect("an id")
    }

    #[test]
    fn a_visitor_is_known_by_the_session() {
        let visitor = Caller::new(Some("s1"), None, None).expect("a caller");
        assert_eq!(visitor.subject(None), Ok(user("s1")));
        assert_eq!(visitor.subject(Some(user("s1"))), Ok(user("s1")));
        assert_eq!(visitor.subject(Some(user("u1"))), Err(Forbidden));
    }

    #[test]
    fn a_member_is_known_by_the_user_id() {
        let member = Caller::new(Some("s1"), Some("u1"), Some("openid")).expect("a caller");
        assert_eq!(member.subject(None), Ok(user("u1")));
        assert_eq!(member.subject(Some(user("u1"))), Ok(user("u1")));
        assert_eq!(member.subject(Some(user("s1"))), Err(Forbidden));
        assert_eq!(member.subject(Some(user("u2"))), Err(Forbidden));
    }

    #[test]
    fn the_scope_lets_others_be_asked_for_and_only_the_whole_scope() {
        let cases = [
            ("recommendations/users.read", true),
            ("openid recommendations/users.read email", true),
            ("recommendations/users.readers", false),
            ("x/recommendations/users.read", false),
            ("", false),
        ];
        for (scope, allowed) in cases {
            let caller = Caller::new(Some("s1"), Some("u1"), Some(scope)).expect("a caller");
            assert_eq!(caller.subject(Some(user("u2"))).is_ok(), allowed, "{scope}");
        }
    }

    #[test]
    fn without_a_session_there_is_no_caller() {
        let long = "x".repeat(257);
        let cases = [
            (None, Some("u1")),
            (Some(""), None),
            (Some("s1"), Some("")),
            (Some("s1"), Some(long.as_str())),
        ];
        for (session, user) in cases {
            assert_eq!(Caller::new(session, user, Some(READ_USERS_SCOPE)), None);
        }
    }
}
