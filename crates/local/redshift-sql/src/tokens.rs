//! From a text to its tokens.

use std::collections::BTreeSet;

use sqlparser::dialect::RedshiftSqlDialect;
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer, TokenizerError};

use crate::depth::check_links;
use crate::refusal::{Because, Place, Refusal};

/// The one dialect of this crate.
pub(crate) static DIALECT: RedshiftSqlDialect = RedshiftSqlDialect {};

/// Where a text without any token begins.
pub(crate) const START: Place = Place { line: 1, column: 1 };

/// Takes a statement apart.
pub(crate) fn tokens(sql: &str) -> Result<Vec<TokenWithSpan>, Refusal> {
    let tokens = any_tokens(sql)?;
    match tokens.iter().find(|token| is_in_brackets(&token.token)) {
        None => check_links(&tokens).map(|()| tokens),
        Some(token) => Err(Refusal::not_listed(
            "a name in square brackets",
            token.span.start.into(),
        )),
    }
}

/// The tokens of a text of any length.
pub(crate) fn any_tokens(sql: &str) -> Result<Vec<TokenWithSpan>, Refusal> {
    let read = Tokenizer::new(&DIALECT, sql).tokenize_with_location();
    read.map_err(|TokenizerError { message, location }| Refusal::syntax(message, location.into()))
}

/// sqlparser reads `[name]` as a quoted name.
fn is_in_brackets(token: &Token) -> bool {
    matches!(token, Token::Word(word) if word.quote_style == Some('['))
}

/// The tokens of a routine's body, with the places that they have in the whole statement.
pub(crate) fn body_tokens(body: &str, starts: Location) -> Result<Vec<TokenWithSpan>, Refusal> {
    let moved = |location: Location| Location {
        line: location.line + starts.line - 1,
        column: if location.line == 1 {
            location.column + starts.column - 1
        } else {
            location.column
        },
    };
    let mut tokens = tokens(body).map_err(|refusal| {
        let place = moved(Location::of(refusal.line, refusal.column));
        Refusal::syntax(refusal.what, place.into())
    })?;
    for token in &mut tokens {
        token.span.start = moved(token.span.start);
        token.span.end = moved(token.span.end);
    }
    Ok(tokens)
}

/// Puts the values of named parameters in, as string literals: the Data API's parameters are text.
///
/// <https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-calling.html>
pub(crate) fn with_parameters(
    tokens: Vec<TokenWithSpan>,
    parameters: &[(String, String)],
) -> Result<Vec<TokenWithSpan>, Refusal> {
    let mut used = BTreeSet::new();
    let mut bound: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    for token in tokens {
        let place = token.span.start.into();
        match placeholder(bound.last(), &token) {
            None => bound.push(token),
            Some(name) => {
                let Some((name, value)) = parameters.iter().find(|(known, _)| *known == name) else {
                    return Err(Refusal::new(
                        Because::Parameter,
                        format!("no parameter is called {name:?}"),
                        place,
                    ));
                };
                used.insert(name.as_str());
                bound.pop();
                bound.push(TokenWithSpan::new(
                    Token::SingleQuotedString(value.clone()),
                    token.span,
                ));
            }
        }
    }
    match parameters.iter().find(|(name, _)| !used.contains(name.as_str())) {
        None => Ok(bound),
        Some((name, _)) => Err(Refusal::new(
            Because::Parameter,
            format!("the parameter {name:?} is not used"),
            START,
        )),
    }
}

/// A colon, and a name right behind it.
fn placeholder(before: Option<&TokenWithSpan>, token: &TokenWithSpan) -> Option<String> {
    let colon = before.filter(|before| before.token == Token::Colon)?;
    match &token.token {
        Token::Word(word) if word.quote_style.is_none() && colon.span.end == token.span.start => {
            Some(word.value.clone())
        }
        _ => None,
    }
}
