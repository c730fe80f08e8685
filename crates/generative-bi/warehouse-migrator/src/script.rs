//! A file's text as statements.

use redshift_data::lexer::{Kind, Piece, Unterminated, pieces};

/// The statements of a script, without the semicolons between them and without comments: what is sent is one statement,
/// whoever reads it. Comments in a procedure's body stay.
///
/// # Errors
/// Which statement, from 1, has a literal, a name, a comment or a body without an end.
pub fn statements(script: &str) -> Result<Vec<String>, (usize, Unterminated)> {
    let pieces = pieces(script).map_err(|fault| (statement_without_end(script), fault))?;
    let statements = pieces.split(is_separator).map(text);
    Ok(statements.filter(|statement| !statement.is_empty()).collect())
}

fn is_separator(piece: &Piece<'_>) -> bool {
    piece.kind == Kind::Symbol && piece.text == ";"
}

fn text(pieces: &[Piece<'_>]) -> String {
    let text: String = pieces
        .iter()
        .map(|piece| match piece.kind {
            // What stands on either side of a comment stays two words.
            Kind::Comment => " ",
            _ => piece.text,
        })
        .collect();
    text.trim().to_owned()
}

/// The number of the statement in which the text breaks off: the longest beginning that is whole has those before it.
fn statement_without_end(script: &str) -> usize {
    let whole = script.match_indices(';').filter_map(|(at, _)| {
        let before = script.get(..=at)?;
        pieces(before).ok().map(|pieces| {
            let statements = pieces.split(is_separator).map(text);
            statements.filter(|statement| !statement.is_empty()).count()
        })
    });
    whole.max().unwrap_or(0) + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_split_at_its_semicolons() {
        let cases: [(&str, &[&str]); 9] = [
            ("", &[]),
            ("-- nothing\n;;\n/* ; */", &[]),
            ("SELECT 1", &["SELECT 1"]),
            ("SELECT 1;\n\nSELECT 2;\n", &["SELECT 1", "SELECT 2"]),
            (
                "SELECT ';' AS \"a;b\"; SELECT 2",
                &["SELECT ';' AS \"a;b\"", "SELECT 2"],
            ),
            ("-- why; not\nSELECT/* ; */1;", &["SELECT 1"]),
            ("SELECT\n  1 -- one\n  , 2;", &["SELECT\n  1  \n  , 2"]),
            (
                "CREATE $$ BEGIN\n-- stays;\nEND $$;\nCALL p()",
                &["CREATE $$ BEGIN\n-- stays;\nEND $$", "CALL p()"],
            ),
            ("SELECT 'a  \n\n b';", &["SELECT 'a  \n\n b'"]),
        ];
        for (script, expected) in cases {
            assert_eq!(statements(script).expect(script), expected, "{script}");
        }
    }

    #[test]
    fn the_statement_without_an_end_is_named() {
        for (script, statement, fault) in [
            ("SELECT 'a", 1, "a text literal has no end"),
            ("SELECT 1; SELECT 2; SELECT 'a; b", 3, "a text literal has no end"),
            ("SELECT ';'; SELECT $$ a; b", 2, "a dollar-quoted body has no end"),
            ("SELECT 1; /* a", 2, "a block comment has no end"),
        ] {
            let (number, error) = statements(script).expect_err(script);
            assert_eq!(
                (number, error.to_string().as_str()),
                (statement, fault),
                "{script}"
            );
        }
    }
}
