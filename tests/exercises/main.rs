//! The built-in exercises: each is sound, and the map of the course tells of all of them.

use replicarium::exercise::{BUILT_IN, Exercise, lint};
use wasm_bindgen_test::wasm_bindgen_test;

#[cfg(not(target_arch = "wasm32"))]
mod files;

fn all() -> Vec<Exercise> {
    let parse = |(id, text): &(&str, &str)| Exercise::parse(&format!("{id}.toml"), text).expect("it reads well");
    BUILT_IN.iter().map(parse).collect()
}

/// Solutions pass, wrong tries miss what they are said to miss, and every question has one right answer in each variant.
#[wasm_bindgen_test(unsupported = test)]
fn every_exercise_passes_the_lint() {
    let is_known = |id: &str| BUILT_IN.iter().any(|(known, _)| *known == id);
    let mut complaints = Vec::new();
    for exercise in all() {
        let found = lint(&exercise, &is_known);
        assert!(found.graded > 0, "{}: nothing was graded", exercise.id);
        complaints.extend(found.complaints.iter().map(|one| format!("{}: {}: {}", exercise.id, one.part, one.message)));
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
