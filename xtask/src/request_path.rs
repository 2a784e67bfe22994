//! From the path of a request to a path below the served folder, and nowhere else.

use std::path::PathBuf;

/// The relative path that a request's target asks for below `prefix`, which starts and ends with a slash.
///
/// `None` when it lies outside the prefix, or when a part of it could lead out of the served folder.
pub fn relative(target: &str, prefix: &str) -> Option<PathBuf> {
    let path = target.split(['?', '#']).next()?;
    let below = decode(path)?.strip_prefix(prefix)?.to_owned();
    let mut relative = PathBuf::new();
    for part in below.split('/') {
        match part {
            "" | "." => {}
            ".." => return None,
            // Backslashes and colons lead elsewhere on Windows, and a NUL ends a path early.
            part if part.contains(['\\', ':', '\0']) => return None,
            part => relative.push(part),
        }
    }
    Some(relative)
}

fn decode(path: &str) -> Option<String> {
    let mut bytes = path.bytes();
    let mut decoded = Vec::with_capacity(path.len());
    while let Some(byte) = bytes.next() {
        decoded.push(if byte == b'%' { digit(bytes.next()?)? * 16 + digit(bytes.next()?)? } else { byte });
    }
    String::from_utf8(decoded).ok()
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_paths_are_found_below_the_prefix() {
        assert_eq!(relative("/", "/"), Some(PathBuf::new()));
        assert_eq!(relative("/a/b.js?v=1", "/"), Some(PathBuf::from("a/b.js")));
        assert_eq!(relative("/some/sub/a%20b.js", "/some/sub/"), Some(PathBuf::from("a b.js")));
        assert_eq!(relative("/elsewhere/a.js", "/some/sub/"), None);
    }

    #[test]
    fn nothing_leads_out_of_the_folder() {
        for target in
            ["/../secret", "/a/../../secret", "/%2e%2e/secret", "/..%2fsecret", "/..%5csecret", "/c:/x", "/%00"]
        {
            assert_eq!(relative(target, "/"), None, "{target}");
        }
        assert_eq!(relative("//etc/passwd", "/"), Some(PathBuf::from("etc/passwd")));
    }

    #[test]
    fn broken_escapes_are_refused() {
        for target in ["/%", "/%2", "/%zz", "/%ff"] {
            assert_eq!(relative(target, "/"), None, "{target}");
        }
    }
}
