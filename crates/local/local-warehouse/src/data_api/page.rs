//! Page tokens: where the next page begins, of which listing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::error::ApiError;

/// The token of the page that begins at `offset`.
pub(super) fn token(listing: &str, offset: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("{listing}@{offset}"))
}

/// Where a token's page begins; the first page has no token.
pub(super) fn offset(token: Option<&str>, listing: &str) -> Result<usize, ApiError> {
    // An empty token is no token.
    let Some(token) = token.filter(|token| !token.is_empty()) else {
        return Ok(0);
    };
    let text = URL_SAFE_NO_PAD.decode(token).ok();
    let text = text.and_then(|bytes| String::from_utf8(bytes).ok());
    let parts = text.as_deref().and_then(|text| text.rsplit_once('@'));
    parts
        .filter(|(of, _)| *of == listing)
        .and_then(|(_, offset)| offset.parse().ok())
        .ok_or_else(|| ApiError::Validation("NextToken is not one of this listing.".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_goes_on_where_it_was_given() {
        assert_eq!(offset(Some(&token("a:1", 1000)), "a:1"), Ok(1000));
        assert_eq!(offset(None, "a"), Ok(0));
        assert_eq!(offset(Some(""), "a"), Ok(0));
        assert!(offset(Some(&token("a", 1000)), "b").is_err());
        assert!(offset(Some("nonsense"), "a").is_err());
    }
}
