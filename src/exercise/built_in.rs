//! The exercises that come with the program.

/// The texts of the built-in exercises by their short names, in the order of the course: lessons first.
macro_rules! texts {
    ($($id:literal),+ $(,)?) => {
        [$(($id, include_str!(concat!("../../exercises/", $id, ".toml")))),+]
    };
}

/// The built-in exercises: their short names and texts, lessons first, in the order of the course.
pub const BUILT_IN: &[(&str, &str)] = &texts!["waiting-for-some", "lose-an-ok"];

/// The text of a built-in exercise.
#[must_use]
pub fn text_of(id: &str) -> Option<&'static str> {
    BUILT_IN.iter().find(|(known, _)| *known == id).map(|(_, text)| *text)
}
