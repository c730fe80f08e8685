//! SQL text in pieces, as Redshift reads it: enough to tell code from comments, literals and procedure bodies.

/// A piece of SQL text. The pieces of a text, one after the other, are the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece<'sql> {
    /// What it is.
    pub kind: Kind,
    /// Its text, quotes included.
    pub text: &'sql str,
}

/// What a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A keyword, a name without quotes, or a number.
    Word,
    /// `'text'`.
    Text,
    /// `"name"`.
    Name,
    /// `$$ body $$` or `$tag$ body $tag$`.
    Body,
    /// `-- to the end of the line` or `/* … */`.
    Comment,
    /// White space.
    Space,
    /// Any other character.
    Symbol,
}

/// A literal, a name, a body or a comment has no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{what} has no end")]
pub struct Unterminated {
    /// What has no end, for a person.
    pub what: &'static str,
}

/// The pieces of `sql`.
///
/// # Errors
/// The last piece has no end.
pub fn pieces(sql: &str) -> Result<Vec<Piece<'_>>, Unterminated> {
    let mut pieces = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let (kind, length) = piece(rest, first)?;
        let (text, after) = rest.split_at(length);
        pieces.push(Piece { kind, text });
        rest = after;
    }
    Ok(pieces)
}

/// The words of `sql` in upper case: no comments, no literals, no quoted names. Of a text without an end, none.
pub fn words(sql: &str) -> Vec<String> {
    let pieces = pieces(sql).unwrap_or_default();
    let words = pieces.iter().filter(|piece| piece.kind == Kind::Word);
    words.map(|word| word.text.to_ascii_uppercase()).collect()
}

fn piece(rest: &str, first: char) -> Result<(Kind, usize), Unterminated> {
    match first {
        '\'' => Ok((Kind::Text, text(rest)?)),
        '"' => Ok((Kind::Name, name(rest)?)),
        '-' if rest.starts_with("--") => Ok((Kind::Comment, rest.find('\n').unwrap_or(rest.len()))),
        '/' if rest.starts_with("/*") => Ok((Kind::Comment, block_comment(rest)?)),
        '$' => match dollar_tag(rest) {
            Some(tag) => Ok((Kind::Body, body(rest, tag)?)),
            None => Ok((Kind::Symbol, 1)),
        },
        _ if first.is_whitespace() => Ok((Kind::Space, run(rest, char::is_whitespace))),
        _ if is_word(first) => Ok((Kind::Word, run(rest, |c| is_word(c) || c == '$'))),
        _ => Ok((Kind::Symbol, first.len_utf8())),
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn run(rest: &str, belongs: impl Fn(char) -> bool) -> usize {
    rest.find(|c| !belongs(c)).unwrap_or(rest.len())
}

/// A quote is doubled, or escaped by a backslash: in Redshift a backslash escapes in every literal.
fn text(rest: &str) -> Result<usize, Unterminated> {
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' => drop(characters.next()),
            '\'' if characters.peek().is_some_and(|(_, next)| *next == '\'') => drop(characters.next()),
            '\'' => return Ok(at + 1),
            _ => {}
        }
    }
    Err(Unterminated {
        what: "a text literal",
    })
}

fn name(rest: &str) -> Result<usize, Unterminated> {
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = characters.next() {
        match c {
            '"' if characters.peek().is_some_and(|(_, next)| *next == '"') => drop(characters.next()),
            '"' => return Ok(at + 1),
            _ => {}
        }
    }
    Err(Unterminated {
        what: "a quoted name",
    })
}

/// Block comments nest.
fn block_comment(rest: &str) -> Result<usize, Unterminated> {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(next) = rest.get(at..).filter(|next| !next.is_empty()) {
        if next.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if next.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return Ok(at);
            }
        } else {
            at += next.chars().next().map_or(1, char::len_utf8);
        }
    }
    Err(Unterminated {
        what: "a block comment",
    })
}

/// `$$` or `$tag$`; `$1` and `${NAME}` are none.
fn dollar_tag(rest: &str) -> Option<&str> {
    let inside = rest.get(1..)?;
    let end = inside.find('$')?;
    let tag = inside.get(..end)?;
    let begins_well = !tag.starts_with(|c: char| c.is_ascii_digit());
    (begins_well && tag.chars().all(is_word)).then_some(rest.get(..end + 2)?)
}

fn body(rest: &str, tag: &str) -> Result<usize, Unterminated> {
    let inside = rest.get(tag.len()..).unwrap_or_default();
    match inside.find(tag) {
        Some(end) => Ok(tag.len() + end + tag.len()),
        None => Err(Unterminated {
            what: "a dollar-quoted body",
        }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kinds(sql: &str) -> Vec<(Kind, &str)> {
        let pieces = pieces(sql).expect("whole");
        let code = pieces.iter().filter(|piece| piece.kind != Kind::Space);
        code.map(|piece| (piece.kind, piece.text)).collect()
    }

    #[test]
    fn quotes_comments_and_bodies_hide_what_is_in_them() {
        use Kind::{Body, Comment, Name, Symbol, Text, Word};
        let cases: [(&str, &[(Kind, &str)]); 9] = [
            ("SET a;", &[(Word, "SET"), (Word, "a"), (Symbol, ";")]),
            ("'a;''b'", &[(Text, "'a;''b'")]),
            (r"'a\';b'", &[(Text, r"'a\';b'")]),
            (r#""a;""b""#, &[(Name, r#""a;""b""#)]),
            ("-- a;\nb", &[(Comment, "-- a;"), (Word, "b")]),
            (
                "/* a /* b */ ; */ c",
                &[(Comment, "/* a /* b */ ; */"), (Word, "c")],
            ),
            ("$$ a; $x$ $$", &[(Body, "$$ a; $x$ $$")]),
            ("$x$ a $$ ; $x$", &[(Body, "$x$ a $$ ; $x$")]),
            ("$1 'é'", &[(Symbol, "$"), (Word, "1"), (Text, "'é'")]),
        ];
        for (sql, expected) in cases {
            assert_eq!(kinds(sql), expected, "{sql}");
        }
    }

    #[test]
    fn the_pieces_are_the_text() {
        for sql in ["", "a\tb\r\n", "SELECT '${A}' -- ende", "é/**/ü", "a - b / c $ d"] {
            let pieces = pieces(sql).expect("whole");
            let text: String = pieces.iter().map(|piece| piece.text).collect();
            assert_eq!(text, sql);
        }
    }

    #[test]
    fn what_has_no_end_is_named() {
        let cases = [
            ("'a", "a text literal has no end"),
            (r"'a\'", "a text literal has no end"),
            ("\"a", "a quoted name has no end"),
            ("/* a /* b */", "a block comment has no end"),
            ("$$ a $x$", "a dollar-quoted body has no end"),
        ];
        for (sql, message) in cases {
            assert_eq!(pieces(sql).expect_err(sql).to_string(), message);
        }
    }

    proptest! {
        /// Whatever is in a text: its pieces are the text, or its last piece has no end.
        #[test]
        fn no_text_is_lost(sql in r#"[ab$'"\\*/;{}\- \né]{0,24}"#) {
            if let Ok(pieces) = pieces(&sql) {
                let text: String = pieces.iter().map(|piece| piece.text).collect();
                prop_assert_eq!(text, sql);
            }
        }
    }

    #[test]
    fn words_are_code_alone() {
        let sql = "-- Refresh\n refresh /* x */ MATERIALIZED view \"a\".b 'c'";
        assert_eq!(words(sql), ["REFRESH", "MATERIALIZED", "VIEW", "B"]);
    }
}
