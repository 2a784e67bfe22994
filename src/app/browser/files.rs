//! Real files in and out of the page: read what was dropped, open it, and save it byte for byte.

use std::fmt::Write as _;

use gloo::file::{Blob, ObjectUrl};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlAnchorElement, HtmlInputElement};
use yew::{Callback, TargetCast};

use crate::sim::Content;

use crate::app::act::Act;
use crate::app::browser::dom;

/// A file larger than this is not taken.
pub(crate) const MOST_BYTES: u64 = 4 * 1024 * 1024;

/// How a file can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    Image,
    Text,
    Bytes,
}

/// The media type that a file's name speaks of.
pub(crate) fn media_type(name: &str) -> &'static str {
    let ending = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    match ending.as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "svg" => "image/svg+xml",
        "pdf" => "application/pdf",
        "txt" | "md" | "csv" | "json" | "html" | "css" | "js" | "rs" => "text/plain",
        _ => "application/octet-stream",
    }
}

pub(crate) fn look(name: &str, content: &Content) -> Look {
    let media = media_type(name);
    if media.starts_with("image/") {
        Look::Image
    } else if media != "application/pdf" && std::str::from_utf8(content.bytes()).is_ok() {
        Look::Text
    } else {
        Look::Bytes
    }
}

/// The first bytes of a file, sixteen to a line.
pub(crate) fn hex(content: &Content) -> String {
    let mut lines = String::new();
    for line in content.bytes().chunks(16).take(24) {
        for byte in line {
            // Writing to a string can't fail.
            let _ = write!(lines, "{byte:02x} ");
        }
        lines.push('\n');
    }
    lines
}

/// What a field for files does when files were chosen in it: it makes a message of them, and forgets them, so that
/// choosing the same file again is a change again.
pub(crate) fn on_chosen(act: &Callback<Act>, make: fn(Vec<web_sys::File>) -> Act) -> Callback<Event> {
    let act = act.clone();
    Callback::from(move |event: Event| {
        let field: HtmlInputElement = event.target_unchecked_into();
        let list = field.files();
        let files = list.map(|list| (0..list.length()).filter_map(|at| list.get(at)).collect()).unwrap_or_default();
        act.emit(make(files));
        field.set_value("");
    })
}

/// An address under which the browser can show a content, for as long as the value lives.
pub(crate) fn object_url(name: &str, content: &Content) -> ObjectUrl {
    ObjectUrl::from(Blob::new_with_options(content.bytes(), Some(media_type(name))))
}

/// Has the browser save a content under a name.
pub(crate) fn download(name: &str, content: &Content) -> Option<()> {
    download_blob(name, Blob::new_with_options(content.bytes(), Some("application/octet-stream")))
}

/// Has the browser save under a name what it holds itself.
pub(crate) fn download_blob(name: &str, blob: Blob) -> Option<()> {
    let url = ObjectUrl::from(blob);
    let document = dom::document()?;
    let anchor: HtmlAnchorElement = document.create_element("a").ok()?.dyn_into().ok()?;
    anchor.set_href(&url);
    anchor.set_download(name);
    document.body()?.append_child(&anchor).ok()?;
    anchor.click();
    anchor.remove();
    // The browser reads the address after this call returns, so it stays valid for a while.
    gloo::timers::callback::Timeout::new(20_000, move || drop(url)).forget();
    Some(())
}

/// Why a file can't be taken, in one sentence.
pub(crate) fn refusal(name: &str, bytes: f64) -> Option<String> {
    // Sizes of files are whole numbers far below 2^53.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let bytes = bytes as u64;
    (bytes > MOST_BYTES)
        .then(|| format!("{name} has {bytes} bytes; a file here can have 4 MiB at most, which is {MOST_BYTES} bytes."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_counts_in() {
        assert!(refusal("a.bin", 4_194_304.0).is_none());
        assert!(
            refusal("a.bin", 4_194_305.0)
                .is_some_and(|told| told.contains("4194305 bytes") && told.contains("4194304 bytes"))
        );
    }

    #[test]
    fn a_look_comes_from_name_and_bytes() {
        assert_eq!(look("a.png", &Content::new(b"x")), Look::Image);
        assert_eq!(look("notes", &Content::new(b"hello")), Look::Text);
        assert_eq!(look("notes.txt", &Content::new(&[0xff, 0xfe])), Look::Bytes);
    }
}
