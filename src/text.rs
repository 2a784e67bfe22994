//! Texts that come from outside, such as names and titles, made fit to be shown: on one line, with nothing in them that
//! moves a cursor, turns the direction of writing or can't be seen, and in messages no longer than a message bears.
//!
//! JSON needs none of this: it escapes by itself, and has to give every text as it is.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The most characters of a text that a message repeats.
pub const SHOWN_LIMIT_CHARACTERS: usize = 80;

/// The text with everything escaped that would not be seen as what it is: control characters and line breaks, what
/// turns the direction of writing, and what is invisible. Joiners stay, since scripts and emoji need them.
///
/// ```
/// assert_eq!(replicarium::text::visible("a\u{1b}[31m\nb"), "a\\u{1b}[31m\\nb");
/// ```
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_harmless) { Cow::Borrowed(text) } else { Cow::Owned(escaped(text, is_harmless)) }
}

/// The text as a message repeats it: visible, and of a long one the beginning and how many characters it has.
#[must_use]
pub fn shortened(text: &str) -> Cow<'_, str> {
    match beginning(text) {
        None => visible(text),
        Some((beginning, characters)) => Cow::Owned(format!("{}… ({characters} characters)", visible(beginning))),
    }
}

/// The text in quotation marks, so that it is seen where it begins and ends, even if it is empty; else as
/// [`shortened`]. Quotation marks and backslashes in it are escaped too.
///
/// ```
/// assert_eq!(replicarium::text::quoted("notes.txt"), "\"notes.txt\"");
/// ```
#[must_use]
pub fn quoted(text: &str) -> String {
    let is_plain = |letter: char| is_harmless(letter) && !matches!(letter, '"' | '\\');
    match beginning(text) {
        None => format!("\"{}\"", escaped(text, is_plain)),
        Some((beginning, characters)) => format!("\"{}…\" ({characters} characters)", escaped(beginning, is_plain)),
    }
}

/// Whether a character is shown as what it is, and changes nothing around it.
#[must_use]
pub fn is_harmless(letter: char) -> bool {
    let is_invisible = matches!(
        letter,
        // The soft hyphen, the marks, embeddings, overrides and isolates of direction, separators of lines and
        // paragraphs, spaces and operators without a width, the byte order mark, annotations, and tags.
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    );
    !letter.is_control() && !is_invisible
}

fn escaped(text: &str, is_plain: impl Fn(char) -> bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_plain(letter) {
            escaped.push(letter);
        } else {
            // Writing to a string does not fail.
            let _ = write!(escaped, "{}", letter.escape_default());
        }
    }
    escaped
}

/// The part of a long text that is shown, and how many characters all of it has; none for one that is shown whole.
fn beginning(text: &str) -> Option<(&str, usize)> {
    let (end, _) = text.char_indices().nth(SHOWN_LIMIT_CHARACTERS)?;
    Some((&text[..end], text.chars().count()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_the_cursor_or_turns_the_writing_is_escaped() {
        assert_eq!(visible("\u{1b}]0;title\u{7}"), "\\u{1b}]0;title\\u{7}");
        assert_eq!(visible("a\r\nb\tc\u{0}\u{7f}\u{9b}2J"), "a\\r\\nb\\tc\\u{0}\\u{7f}\\u{9b}2J");
        assert_eq!(visible("a\u{2028}b\u{85}"), "a\\u{2028}b\\u{85}");
        for turning in ['\u{61c}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202e}', '\u{2066}', '\u{2069}'] {
            assert_eq!(visible(&turning.to_string()), format!("\\u{{{:x}}}", u32::from(turning)));
        }
        assert_eq!(visible("pass\u{200b}word\u{feff}\u{e0041}"), "pass\\u{200b}word\\u{feff}\\u{e0041}");
    }

    #[test]
    fn texts_of_any_script_stay_as_they_are() {
        for text in
            ["Stürme: \"ja\" \\ nein", "日本語\u{3000}。", "שלום", "e\u{301}", "👩\u{200d}👩\u{200d}👧 ❤\u{fe0f}"]
        {
            assert!(matches!(visible(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn a_quotation_shows_where_a_text_begins_and_ends() {
        assert_eq!(quoted(""), "\"\"");
        assert_eq!(quoted(" a\"\\\n"), "\" a\\\"\\\\\\n\"");
    }

    #[test]
    fn a_long_text_is_cut_and_its_length_told() {
        let long = "é".repeat(5_000);
        let beginning = "é".repeat(SHOWN_LIMIT_CHARACTERS);
        assert_eq!(quoted(&long), format!("\"{beginning}…\" (5000 characters)"));
        assert_eq!(shortened(&long), format!("{beginning}… (5000 characters)"));
        assert_eq!(
            (quoted(&beginning), shortened(&beginning)),
            (format!("\"{beginning}\""), beginning.as_str().into())
        );
    }
}
