//! Whose pages may read the answers. <https://fetch.spec.whatwg.org/#http-cors-protocol>

use std::str::FromStr;

/// The origins whose pages a browser lets read the answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum AllowedOrigins {
    /// The API's own only.
    #[default]
    Own,
    /// Any. A session token is not a cookie: no page can send one that it was not given.
    Any,
    /// These.
    Listed(Vec<String>),
}

impl AllowedOrigins {
    /// The headers of an answer to a page of this origin.
    pub fn headers(&self, origin: Option<&str>) -> Vec<(&'static str, String)> {
        let allowed = match self {
            Self::Own => return Vec::new(),
            Self::Any => Some("*"),
            Self::Listed(origins) => origin.filter(|origin| origins.iter().any(|each| each == origin)),
        };
        let allowed = allowed.map(|origin| ("Access-Control-Allow-Origin", origin.to_owned()));
        // A cache must not give one page what another may read.
        allowed
            .into_iter()
            .chain([("Vary", "Origin".to_owned())])
            .collect()
    }
}

impl FromStr for AllowedOrigins {
    type Err = ();

    /// `*`, or origins with commas between them.
    fn from_str(text: &str) -> Result<Self, ()> {
        if text == "*" {
            return Ok(Self::Any);
        }
        let origins = text
            .split(',')
            .map(|origin| Some(origin.trim()).filter(|it| is_origin(it)));
        let origins: Option<Vec<_>> = origins.map(|origin| origin.map(str::to_owned)).collect();
        origins.map(Self::Listed).ok_or(())
    }
}

/// As a browser writes it: scheme and host, a port perhaps, in lower case and without a path.
fn is_origin(text: &str) -> bool {
    let host = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.:[]".contains(&byte);
    host.is_some_and(|host| !host.is_empty() && host.bytes().all(fits))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed() -> AllowedOrigins {
        "https://shop.example, http://localhost:3000"
            .parse()
            .expect("origins")
    }

    fn headers(origins: &AllowedOrigins, origin: Option<&str>) -> Vec<String> {
        let headers = origins.headers(origin).into_iter();
        headers.map(|(name, value)| format!("{name}: {value}")).collect()
    }

    #[test]
    fn a_listed_origin_is_named() {
        for origin in ["https://shop.example", "http://localhost:3000"] {
            let expected = [
                format!("Access-Control-Allow-Origin: {origin}"),
                "Vary: Origin".to_owned(),
            ];
            assert_eq!(headers(&listed(), Some(origin)), expected);
        }
        for origin in [
            None,
            Some(""),
            Some("null"),
            Some("http://shop.example"),
            Some("https://shop.example.evil"),
            Some("https://SHOP.example"),
        ] {
            assert_eq!(headers(&listed(), origin), ["Vary: Origin"], "{origin:?}");
        }
    }

    #[test]
    fn any_origin_is_a_star_and_none_is_silence() {
        for origin in [None, Some("https://shop.example")] {
            let any = ["Access-Control-Allow-Origin: *", "Vary: Origin"];
            assert_eq!(headers(&AllowedOrigins::Any, origin), any);
            assert_eq!(headers(&AllowedOrigins::Own, origin), [""; 0]);
        }
    }

    #[test]
    fn origins_are_as_browsers_write_them() {
        assert_eq!("*".parse(), Ok(AllowedOrigins::Any));
        assert!("http://[::1]:3000".parse::<AllowedOrigins>().is_ok());
        for text in [
            "",
            "shop.example",
            "https://",
            "https://shop.example/",
            "https://shop.example/page",
            "https://Shop.example",
            "https://*.shop.example",
            "*,https://shop.example",
            "https://shop.example,",
            "https://a b",
            "ftp://shop.example",
        ] {
            assert_eq!(text.parse::<AllowedOrigins>(), Err(()), "{text}");
        }
    }
}
