//! Which content type a file is served as.

use std::path::Path;

/// The content type for a file by its extension.
pub fn of(path: &Path) -> &'static str {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    match extension.to_ascii_lowercase().as_str() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_get_the_types_they_insist_on() {
        assert_eq!(of(Path::new("a/page_bg.wasm")), "application/wasm");
        assert_eq!(of(Path::new("page.JS")), "text/javascript; charset=utf-8");
        assert_eq!(of(Path::new("index.html")), "text/html; charset=utf-8");
        assert_eq!(of(Path::new("tokens.css")), "text/css; charset=utf-8");
        assert_eq!(of(Path::new("icon.svg")), "image/svg+xml");
        assert_eq!(of(Path::new("picture.png")), "image/png");
        assert_eq!(of(Path::new("scenario.json")), "application/json");
        assert_eq!(of(Path::new("LICENSE")), "application/octet-stream");
    }
}
