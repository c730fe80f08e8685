//! How long sessions live.

use std::num::NonZeroU32;

use crate::claims::Claims;
use crate::cognito::Proof;
use crate::session_id::SessionId;

/// How long a session token is good for, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetimes {
    /// Of a visitor's.
    pub visitor: NonZeroU32,
    /// Of a member's, unless Cognito's token ends before.
    pub member: NonZeroU32,
}

impl Lifetimes {
    /// A visitor's session that begins now.
    pub fn visitor(self, session: SessionId, now: u64) -> Claims {
        Claims {
            session,
            member: None,
            issued_at: now,
            expires_at: after(now, self.visitor),
        }
    }

    /// A session of the member whom Cognito vouches for, and never for longer than it does.
    pub fn member(self, session: SessionId, proof: Proof, now: u64) -> Claims {
        Claims {
            session,
            member: Some(proof.member),
            issued_at: now,
            expires_at: after(now, self.member).min(proof.expires_at),
        }
    }
}

fn after(now: u64, seconds: NonZeroU32) -> u64 {
    now.saturating_add(seconds.get().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::member::Member;

    const NOW: u64 = 1_000_000;

    fn lifetimes() -> Lifetimes {
        let seconds = |seconds| NonZeroU32::new(seconds).expect("not zero");
        Lifetimes {
            visitor: seconds(100),
            member: seconds(10),
        }
    }

    #[test]
    fn a_visitors_session_lasts_its_time() {
        let claims = lifetimes().visitor(SessionId::new([0; 16]), NOW);
        assert_eq!((claims.issued_at, claims.expires_at), (NOW, NOW + 100));
        assert_eq!(claims.member, None);
    }

    #[test]
    fn a_members_session_ends_with_cognitos_token_at_the_latest() {
        for (vouched_for, lasts) in [(1, 1), (9, 9), (10, 10), (3_600, 10)] {
            let proof = Proof {
                member: Member::new("u", "").expect("a member"),
                expires_at: NOW + vouched_for,
            };
            let claims = lifetimes().member(SessionId::new([0; 16]), proof, NOW);
            assert_eq!(claims.expires_at, NOW + lasts);
        }
    }
}
