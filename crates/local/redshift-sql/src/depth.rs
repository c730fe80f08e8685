//! How deep a tree may be. sqlparser reads a chain such as `1 + 1 + 1` into a tree as deep as the chain is long, without
//! recursion; what walks the tree, ours and its own, recurses. Redshift documents no limit that would come first.

use std::ops::ControlFlow;

use sqlparser::ast::{Expr, Visit, Visitor};
use sqlparser::tokenizer::{Token, TokenWithSpan};

use crate::refusal::{Place, Refusal};

/// The deepest expression that is walked.
const EXPRESSION_DEPTH_MAX: usize = 100;
/// The most tokens of a statement that can make its tree deeper. Rows of VALUES have none of them.
const LINKS_MAX: usize = 1_000;
/// Words that make a tree deeper. Other words, commas and brackets do not, or sqlparser limits them itself.
const LINKING_WORDS: [&str; 9] = [
    "AND",
    "OR",
    "NOT",
    "IS",
    "UNION",
    "INTERSECT",
    "EXCEPT",
    "MINUS",
    "JOIN",
];

/// Refuses a statement that may be too deep to let go of again.
pub(crate) fn check_links(tokens: &[TokenWithSpan]) -> Result<(), Refusal> {
    match tokens.iter().filter(|token| is_link(&token.token)).nth(LINKS_MAX) {
        None => Ok(()),
        Some(token) => Err(too_deep(token.span.start.into())),
    }
}

fn is_link(token: &Token) -> bool {
    match token {
        Token::Word(word) => LINKING_WORDS
            .iter()
            .any(|link| word.value.eq_ignore_ascii_case(link)),
        Token::Number(..)
        | Token::SingleQuotedString(_)
        | Token::DollarQuotedString(_)
        | Token::Whitespace(_)
        | Token::Comma
        | Token::Period
        | Token::SemiColon
        | Token::LParen
        | Token::RParen
        | Token::EOF => false,
        _ => true,
    }
}

/// Refuses a tree whose expressions are too deep to walk. The visit itself grows its stack.
pub(crate) fn check_tree(tree: &impl Visit, place: Place) -> Result<(), Refusal> {
    match tree.visit(&mut Depth(0)) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(too_deep(place)),
    }
}

pub(crate) fn too_deep(place: Place) -> Refusal {
    Refusal::not_listed("nesting this deep", place)
}

struct Depth(usize);

impl Visitor for Depth {
    type Break = ();

    fn pre_visit_expr(&mut self, _: &Expr) -> ControlFlow<()> {
        self.0 += 1;
        if self.0 > EXPRESSION_DEPTH_MAX {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    fn post_visit_expr(&mut self, _: &Expr) -> ControlFlow<()> {
        self.0 -= 1;
        ControlFlow::Continue(())
    }
}
