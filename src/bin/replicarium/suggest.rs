//! What somebody may have meant by a name that there is not.

use strsim::normalized_damerau_levenshtein;

/// How alike two names have to be, from 0 for nothing in common to 1 for the same: `notes` and `note` are.
const LIKENESS_MIN: f64 = 0.7;

/// The name that is most like this one, if any is like it at all.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let likeness = known.into_iter().map(|known| (normalized_damerau_levenshtein(name, known), known));
    let alike = likeness.filter(|(likeness, _)| *likeness >= LIKENESS_MIN);
    alike.max_by(|(one, _), (other, _)| one.total_cmp(other)).map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_suggested_and_none_that_is_far() {
        let known = ["three-copies", "three-coordinators", "twice"];
        assert_eq!(nearest("tree-copies", known), Some("three-copies"));
        assert_eq!((nearest("", known), nearest("chaos-monkey", known)), (None, None));
    }
}
