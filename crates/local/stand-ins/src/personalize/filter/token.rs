//! The words of a filter's expression.

use std::iter::Peekable;
use std::str::Chars;

use super::InvalidFilter;

/// A word, and the character that it starts at, from 1.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) place: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum TokenKind {
    /// A keyword or a field, such as `WHERE` or `Items.GENRE`.
    Word(String),
    /// A text in double quotes, without them.
    Text(String),
    /// A parameter, without its `$`.
    Parameter(String),
    /// `(`, `)`, `,`, `|`, and what no expression of ours has.
    Mark(char),
}

/// Takes the expression apart.
pub(super) fn tokens(expression: &str) -> Result<Vec<Token>, InvalidFilter> {
    let mut reader = Reader {
        rest: expression.chars().peekable(),
        place: 0,
    };
    let mut tokens = Vec::new();
    while let Some(token) = reader.token()? {
        tokens.push(token);
    }
    Ok(tokens)
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    /// Characters read so far.
    place: usize,
}

impl Reader<'_> {
    fn token(&mut self) -> Result<Option<Token>, InvalidFilter> {
        self.word(char::is_whitespace);
        let place = self.place + 1;
        let Some(first) = self.next() else {
            return Ok(None);
        };
        let kind = match first {
            '"' => TokenKind::Text(self.text(place)?),
            '$' => TokenKind::Parameter(self.word(is_name)),
            first if is_name(first) => TokenKind::Word(format!(
                "{first}{}",
                self.word(|each| is_name(each) || each == '.')
            )),
            mark => TokenKind::Mark(mark),
        };
        Ok(Some(Token { kind, place }))
    }

    fn text(&mut self, place: usize) -> Result<String, InvalidFilter> {
        let text = self.word(|each| each != '"');
        match self.next() {
            Some(_) => Ok(text),
            None => Err(InvalidFilter {
                problem: "a text without its closing quote".to_owned(),
                place,
            }),
        }
    }

    fn word(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let mut word = String::new();
        while let Some(each) = self.rest.next_if(|each| belongs(*each)) {
            self.place += 1;
            word.push(each);
        }
        word
    }

    fn next(&mut self) -> Option<char> {
        let next = self.rest.next();
        self.place += usize::from(next.is_some());
        next
    }
}

fn is_name(each: char) -> bool {
    each.is_ascii_alphanumeric() || each == '_'
}
