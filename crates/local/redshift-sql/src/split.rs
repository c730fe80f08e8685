//! From a script to its statements.

use sqlparser::tokenizer::{Location, Token};

use crate::refusal::Refusal;
use crate::tokens::any_tokens;

/// The statements of a script, without the semicolons between them. A semicolon in a string, a quoted name, a comment
/// or a routine's body separates nothing. What has no statement in it, such as a lone comment, is left out.
///
/// # Errors
///
/// A quote or a comment without its end.
pub fn split(script: &str) -> Result<Vec<&str>, Refusal> {
    let mut offsets = Offsets::new(script);
    let mut statements = Vec::new();
    let mut open: Option<(usize, usize)> = None;
    for token in any_tokens(script)? {
        match token.token {
            Token::Whitespace(_) | Token::EOF => {}
            Token::SemiColon => statements.extend(open.take()),
            _ => {
                let start = offsets.at(token.span.start);
                let end = offsets.at(token.span.end);
                open = Some((open.map_or(start, |(start, _)| start), end));
            }
        }
    }
    statements.extend(open);
    Ok(statements
        .into_iter()
        .filter_map(|(start, end)| script.get(start..end))
        .collect())
}

/// Finds the byte of a place, place after place.
struct Offsets<'a> {
    rest: std::str::Chars<'a>,
    length: usize,
    line: u64,
    column: u64,
}

impl<'a> Offsets<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            rest: text.chars(),
            length: text.len(),
            line: 1,
            column: 1,
        }
    }

    /// Places must not go backwards.
    fn at(&mut self, place: Location) -> usize {
        while (self.line, self.column) < (place.line, place.column) {
            match self.rest.next() {
                None => break,
                Some('\n') => {
                    self.line += 1;
                    self.column = 1;
                }
                Some(_) => self.column += 1,
            }
        }
        self.length - self.rest.as_str().len()
    }
}
