//! The storefront's files, and the configuration that a deployment puts beside them.

use std::path::Path;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::json;

use super::DoorUrls;

/// A file of `folder`; `config.json` is made, and an empty name is the page.
pub(super) fn answer(folder: &Path, file: &str, urls: &DoorUrls) -> Response<Bytes> {
    let file = if file.is_empty() { "index.html" } else { file };
    let content = match file {
        "config.json" => Some(config(urls)),
        _ if is_plain_name(file) => std::fs::read(folder.join(file)).ok(),
        _ => None,
    };
    let mut answer = Response::default();
    match content {
        Some(content) => {
            *answer.body_mut() = Bytes::from(content);
            let headers = answer.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(file)));
            // Whoever works on the page wants to see it.
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        None => *answer.status_mut() = StatusCode::NOT_FOUND,
    }
    answer
}

fn config(urls: &DoorUrls) -> Vec<u8> {
    let config = json!({
        "collectorUrl": urls.collector,
        "recommendationApiUrl": urls.recommendation_api,
    });
    config.to_string().into_bytes()
}

/// A file of the folder itself: no path leads out of it.
fn is_plain_name(file: &str) -> bool {
    !file.starts_with('.')
        && file
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

fn media_type(file: &str) -> &'static str {
    match file.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls() -> DoorUrls {
        DoorUrls {
            collector: "http://127.0.0.1:1/c/".to_owned(),
            recommendation_api: "http://127.0.0.1:1/r/".to_owned(),
        }
    }

    #[test]
    fn the_page_is_found_and_nothing_outside_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("shop")).unwrap();
        let shop = folder.path().join("shop");
        std::fs::write(shop.join("index.html"), "page").unwrap();
        std::fs::write(shop.join("view.js"), "view").unwrap();
        std::fs::write(shop.join(".hidden"), "hidden").unwrap();
        std::fs::write(folder.path().join("secret"), "secret").unwrap();
        let cases = [
            ("", 200, "page"),
            ("index.html", 200, "page"),
            ("view.js", 200, "view"),
            ("absent.js", 404, ""),
            (".hidden", 404, ""),
            ("../secret", 404, ""),
            ("..%2fsecret", 404, ""),
            ("..", 404, ""),
        ];
        for (file, status, content) in cases {
            let answer = answer(&shop, file, &urls());
            assert_eq!(
                (answer.status().as_u16(), &answer.body()[..]),
                (status, content.as_bytes()),
                "{file}"
            );
        }
        assert_eq!(
            answer(&shop, "view.js", &urls()).headers()["content-type"],
            "text/javascript; charset=utf-8"
        );
    }

    #[test]
    fn the_configuration_names_both_doors() {
        let answer = answer(Path::new("none"), "config.json", &urls());
        let config: serde_json::Value = serde_json::from_slice(answer.body()).unwrap();
        assert_eq!(
            config,
            json!({ "collectorUrl": "http://127.0.0.1:1/c/", "recommendationApiUrl": "http://127.0.0.1:1/r/" })
        );
    }
}
