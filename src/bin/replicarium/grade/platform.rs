//! Grades in the forms of other platforms, each for one submission.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use replicarium::exercise::Exercise;
use replicarium::text::quoted;
use serde_json::{Value, json};

use super::Graded;

/// `results.json` of a Gradescope autograder.
pub(super) fn gradescope(one: &Graded) -> Value {
    let Some(grade) = &one.grade else {
        return json!({
            "score": 0,
            "output": refusal(one),
            "visibility": "visible",
            "stdout_visibility": "hidden",
            "tests": [],
        });
    };
    let tests: Vec<Value> = grade
        .criteria
        .iter()
        .map(|criterion| {
            json!({
                "name": criterion.title,
                "score": criterion.score,
                "max_score": criterion.maximum,
                "status": if criterion.passed { "passed" } else { "failed" },
                "output": criterion.feedback,
            })
        })
        .collect();
    json!({
        "score": grade.score,
        "output": output(&grade.title, &grade.notes),
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
    })
}

/// `results.json` of a `PrairieLearn` grader. What can't be graded is not gradable, and costs no attempt.
pub(super) fn prairielearn(one: &Graded) -> Value {
    let Some(grade) = &one.grade else {
        return json!({ "gradable": false, "format_errors": [refusal(one)], "score": 0.0, "tests": [] });
    };
    let tests: Vec<Value> = grade
        .criteria
        .iter()
        .map(|criterion| {
            json!({
                "name": criterion.title,
                "points": criterion.score,
                "max_points": criterion.maximum,
                "message": criterion.feedback,
                "output": "",
            })
        })
        .collect();
    let share = f64::from(grade.score) / f64::from(grade.maximum.max(1));
    json!({
        "gradable": true,
        "format_errors": [],
        "score": share,
        "output": output(&grade.title, &grade.notes),
        "tests": tests,
    })
}

/// What a result of Classroom 50 says beside the grade.
const FIELDS: [&str; 7] = ["classroom", "assignment", "submission", "commit", "release", "review", "datetime"];

/// What the one who runs the grader knows and the grader doesn't.
pub(super) struct Circumstances(BTreeMap<String, String>);

impl Circumstances {
    /// Reads the lines in which they are given.
    pub fn read(lines: &[String]) -> Result<Self> {
        let mut fields = BTreeMap::new();
        for line in lines {
            match line.split_once('=') {
                Some((key, value)) if FIELDS.contains(&key) => fields.insert(key.to_owned(), value.to_owned()),
                _ => bail!(
                    "--field expects one of {} and a value, as in classroom=cs1, not {}",
                    FIELDS.join(", "),
                    quoted(line)
                ),
            };
        }
        Ok(Self(fields))
    }
}

/// `result.json` of Classroom 50.
pub(super) fn classroom50(one: &Graded, exercise: &Exercise, circumstances: &Circumstances) -> Value {
    let mut result = json!({ "schema": "classroom50/result/v1" });
    for field in FIELDS {
        let given = circumstances.0.get(field).cloned();
        let value = given.or_else(|| match field {
            "assignment" => Some(exercise.id.clone()),
            "submission" => Some(one.file.clone()),
            _ => None,
        });
        result[field] = value.map_or(Value::Null, Value::String);
    }
    let criteria = one.grade.iter().flat_map(|grade| &grade.criteria);
    let tests: Vec<Value> = criteria
        .map(|criterion| {
            json!({
                "test-name": criterion.title,
                "passed": criterion.passed,
                "score": criterion.score,
                "max-score": criterion.maximum,
            })
        })
        .collect();
    result["score"] = one.grade.as_ref().map_or(0, |grade| grade.score).into();
    result["max-score"] = exercise.maximum().into();
    result["tests"] = tests.into();
    result
}

fn refusal(one: &Graded) -> String {
    format!("This submission can't be graded: {}.", one.error.as_deref().unwrap_or_default())
}

fn output(title: &str, notes: &[String]) -> String {
    if notes.is_empty() { title.to_owned() } else { format!("{title}. {}", notes.join(" ")) }
}
