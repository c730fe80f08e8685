//! Which neighbours in a session's lane go into one PutEvents call.

use crate::interaction::Interaction;

/// Whether `next`, which follows `one` in its lane, may share its call.
///
/// A call has one tracker, one session and at most one user. A session that turns from anonymous to a user takes a call
/// for each, in that order, so that Personalize can join what came before to the user. Only neighbours share a call: a
/// later event never overtakes an earlier one, and no fewer calls keep that order.
pub fn share_a_call(one: &Interaction, next: &Interaction) -> bool {
    one.session_id() == next.session_id()
        && one.user_id() == next.user_id()
        && one.tracking_id() == next.tracking_id()
}
