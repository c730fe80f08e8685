//! MovieLens' `movies.csv`: `movieId,title,genres`.

use std::collections::HashMap;
use std::io::Read;

use super::InputError;

/// Reads titles by item; a line without both is skipped, since a title is only for show.
///
/// # Errors
/// The file cannot be read.
pub fn parse_titles(file: &str, csv: impl Read) -> Result<HashMap<String, String>, InputError> {
    let mut titles = HashMap::new();
    for row in csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(csv)
        .into_records()
    {
        let row = match row {
            Ok(row) => row,
            Err(error) if error.is_io_error() => {
                return Err(InputError::Unreadable {
                    file: file.to_owned(),
                    reason: error.to_string(),
                });
            }
            Err(_) => continue,
        };
        if let (Some(item), Some(title)) = (row.get(0), row.get(1)) {
            titles.insert(item.trim().to_owned(), title.trim().to_owned());
        }
    }
    Ok(titles)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_may_hold_commas_and_quotes() {
        let csv =
            "movieId,title,genres\n11,\"American President, The (1995)\",Drama\n12,\"\"\"X\"\"\",\nbad\n";
        let titles = parse_titles("movies.csv", csv.as_bytes()).expect("titles");
        assert_eq!(titles["11"], "American President, The (1995)");
        assert_eq!(titles["12"], "\"X\"");
        assert_eq!(titles.len(), 2);
    }
}
