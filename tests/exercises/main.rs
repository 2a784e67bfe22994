//! The built-in exercises: each is sound, and the map of the course tells of all of them.

use std::fs;
use std::path::Path;

use replicarium::exercise::{BUILT_IN, Course, Exercise, lint};

fn all() -> Vec<Exercise> {
    let parse = |(id, text): &(&str, &str)| Exercise::parse(&format!("{id}.toml"), text).expect("it reads well");
    BUILT_IN.iter().map(parse).collect()
}

/// Solutions pass, wrong tries miss what they are said to miss, and every question has one right answer in each variant.
#[test]
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

#[test]
fn every_file_is_built_in() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("exercises");
    let names = fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("it can be read").file_name());
    let mut files: Vec<String> = names.filter_map(|name| name.into_string().ok()).collect();
    files.retain(|name| name != "course.toml");
    files.sort();
    let mut built_in: Vec<String> = BUILT_IN.iter().map(|(id, _)| format!("{id}.toml")).collect();
    built_in.sort();
    assert_eq!(files, built_in);
}

/// `REPLICARIUM_BLESS=1` writes the map anew from the exercises.
#[test]
fn the_map_of_the_course_is_that_of_its_exercises() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("exercises/course.toml");
    let source = fs::read_to_string(&path).expect("it is there");
    let course = Course::read("course.toml", &source).expect("it reads well").with(&all());
    if std::env::var_os("REPLICARIUM_BLESS").is_some() {
        fs::write(&path, course.text()).expect("it can be written");
        return;
    }
    assert_eq!(source, course.text(), "run it once with REPLICARIUM_BLESS=1");
    Course::read("course.toml", &source).expect("each part that a lesson names is there");
}
