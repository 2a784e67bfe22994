//! What is made from the exercises, or has to tell of all of them.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use replicarium::exercise::{BUILT_IN, Course, Exercise, Kind};

use super::all;

#[test]
fn every_file_is_built_in() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("exercises");
    let names =
        fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("it can be read").file_name());
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

/// `REPLICARIUM_BLESS=1` writes the page for teachers anew from the exercises.
#[test]
fn the_page_for_teachers_tells_of_every_exercise() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/teaching/lessons.md");
    let text = page_for_teachers(&all());
    if std::env::var_os("REPLICARIUM_BLESS").is_some() {
        fs::write(&path, text).expect("it can be written");
        return;
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, text, "run it once with REPLICARIUM_BLESS=1");
}

fn page_for_teachers(exercises: &[Exercise]) -> String {
    let mut text = "# What each lesson teaches\n\n\
                    This page is made from the files in [`exercises/`](../../exercises). A belief without a source comes from \
                    the chapter, or from those who wrote the exercise.\n"
        .to_owned();
    for (kind, heading) in [
        (Kind::Lesson, "Lessons"),
        (Kind::Build, "Build it"),
        (Kind::Break, "Break it"),
        (Kind::Diagnose, "Diagnose it"),
        (Kind::Order, "Order it"),
    ] {
        let _ = write!(text, "\n## {heading}\n");
        for exercise in exercises.iter().filter(|exercise| exercise.kind == kind) {
            let (id, title, minutes) = (&exercise.id, &exercise.title, exercise.minutes);
            let _ = write!(text, "\n### {title}\n\n`#/course/{id}`, about {minutes} minutes. {}\n", exercise.goal);
            let Some(teacher) = &exercise.teacher else { continue };
            let _ = write!(text, "\n- **Teaches**: {}\n", teacher.teaches);
            for belief in &teacher.beliefs {
                let _ = writeln!(text, "- **Meets**: {belief}");
            }
            if let Some(simplified) = &teacher.simplified {
                let _ = writeln!(text, "- **Simplified**: {simplified}");
            }
        }
    }
    text
}
