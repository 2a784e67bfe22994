//! Readable contents for files that nobody typed.

/// The most bytes that a made-up content can have: 4 MiB.
pub const CONTENT_LIMIT_BYTES: u64 = 4 * 1024 * 1024;

/// What the text is made of.
const WORDS: [&str; 64] = [
    "a", "the", "one", "two", "and", "or", "of", "in", "on", "by", "at", "to", "from", "under", "over", "near", "moss",
    "fern", "leaf", "root", "seed", "stem", "bark", "twig", "frog", "newt", "snail", "ant", "moth", "toad", "mite",
    "worm", "glass", "stone", "sand", "soil", "clay", "dew", "mist", "pond", "lamp", "lid", "jar", "shelf", "green",
    "grey", "small", "old", "new", "damp", "warm", "still", "sits", "grows", "hides", "waits", "drips", "climbs",
    "sleeps", "turns", "keeps", "copies", "finds", "loses",
];
const CONSONANTS: &[u8; 16] = b"bdfghjklmnprstvz";
const VOWELS: &[u8; 4] = b"aiou";

/// A text of `size_bytes` bytes (at most [`CONTENT_LIMIT_BYTES`]) that looks like words, the same for the
/// same `salt`.
///
/// It begins with the salt itself, written as four words that can be spoken ("proquints", Wilkerson 2009), so
/// that different salts give different texts from 23 bytes on; the rest is words in random order, drawn by the
/// generator `SplitMix64` (Steele, Lea and Flood 2014, §5), some ten for each step of it.
#[must_use]
pub fn content_bytes(salt: u64, size_bytes: u64) -> Vec<u8> {
    let size = usize::try_from(size_bytes.min(CONTENT_LIMIT_BYTES)).unwrap_or(0);
    let mut bytes = Vec::with_capacity(size + 80);
    for quarter in [48, 32, 16, 0] {
        // Sixteen bits make a word of five letters: four for each consonant, two for each vowel.
        let bits = salt >> quarter;
        let letters = [(12, true), (10, false), (6, true), (4, false), (0, true)];
        bytes.extend(letters.map(|(shift, consonant)| letter(bits >> shift, consonant)));
        bytes.push(if quarter == 0 { b'\n' } else { b'-' });
    }
    let mut state = salt;
    while bytes.len() < size {
        let mut bits = next(&mut state);
        for place in 0..10 {
            bytes.extend_from_slice(WORDS[low_bits(bits, 6)].as_bytes());
            bytes.push(if place == 9 { b'\n' } else { b' ' });
            bits >>= 6;
        }
    }
    bytes.truncate(size);
    bytes
}

fn letter(bits: u64, consonant: bool) -> u8 {
    if consonant { CONSONANTS[low_bits(bits, 4)] } else { VOWELS[low_bits(bits, 2)] }
}

/// The lowest `count` bits as an index.
fn low_bits(bits: u64, count: u32) -> usize {
    usize::try_from(bits & ((1 << count) - 1)).unwrap_or(0)
}

/// The next 64 bits of `SplitMix64`.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_content_has_its_size_and_reads_as_words() {
        for size in [0, 1, 22, 23, 24, 100, 4_096, 100_001] {
            let bytes = content_bytes(7, size);
            assert_eq!(bytes.len() as u64, size);
            assert!(bytes.iter().all(|byte| byte.is_ascii_lowercase() || b" -\n".contains(byte)));
        }
        assert_eq!(content_bytes(7, u64::MAX).len() as u64, CONTENT_LIMIT_BYTES);
        assert_eq!(WORDS.iter().collect::<BTreeSet<_>>().len(), 64);
    }

    #[test]
    fn the_salt_stands_at_the_beginning() {
        // Wilkerson's examples: 127.0.0.1 is lusab-babad, 63.84.220.193 is gutih-tugad.
        let text = String::from_utf8(content_bytes(0x7f00_0001_3f54_dcc1, 40)).unwrap();
        assert!(text.starts_with("lusab-babad-gutih-tugad\n"), "{text}");
        let texts: BTreeSet<Vec<u8>> = (0..10_000).map(|salt| content_bytes(salt, 23)).collect();
        assert_eq!(texts.len(), 10_000);
        assert_eq!(content_bytes(61, 500), content_bytes(61, 500));
        assert_eq!(content_bytes(61, 500)[..300], content_bytes(61, 300));
    }

    #[test]
    fn the_generator_is_split_mix() {
        // The first outputs for the seed 1234567, as its authors' program gives them.
        let mut state = 1_234_567;
        assert_eq!([next(&mut state), next(&mut state)], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
    }
}
