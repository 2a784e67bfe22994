//! Grades for people.

use replicarium::exercise::Exercise;

use super::Graded;
use crate::lines::Lines;
use crate::table::table;

/// One submission in full, or a line for each of many.
pub(super) fn lines(exercise: &Exercise, graded: &[Graded]) -> Lines {
    let mut lines = Lines::default();
    lines.add(format_args!("{} ({}), {} points", exercise.title, exercise.id, exercise.maximum()));
    lines.leave_one_out();
    if let [one] = graded {
        in_full(one, &mut lines);
        return lines;
    }
    let rows = graded.iter().map(|one| match (&one.grade, &one.error) {
        (Some(grade), _) => {
            let missed: Vec<&str> =
                grade.criteria.iter().filter(|one| !one.passed).map(|one| one.id.as_str()).collect();
            let missed = if missed.is_empty() { String::new() } else { format!("misses {}", missed.join(", ")) };
            let name = grade.name.clone().unwrap_or_default();
            vec![one.file.clone(), name, format!("{} of {}", grade.score, grade.maximum), missed]
        }
        (None, error) => {
            vec![one.file.clone(), String::new(), "not graded".to_owned(), error.clone().unwrap_or_default()]
        }
    });
    lines.append(&table(&["submission", "name", "points", ""], rows));
    lines.leave_one_out();
    let passed = graded.iter().filter(|one| one.has_passed()).count();
    let refused = graded.iter().filter(|one| one.grade.is_none()).count();
    lines.add(format_args!("{passed} of {} passed; {refused} could not be graded.", graded.len()));
    lines
}

fn in_full(one: &Graded, lines: &mut Lines) {
    let Some(grade) = &one.grade else {
        lines.add(format_args!("not graded: {}", one.error.as_deref().unwrap_or_default()));
        return;
    };
    for criterion in &grade.criteria {
        let mark = if criterion.passed { "met" } else { "missed" };
        lines.add(format_args!("{mark}, {} of {}: {}", criterion.score, criterion.maximum, criterion.title));
        lines.add(format_args!("    {}", criterion.feedback));
    }
    for note in &grade.notes {
        lines.add(note);
    }
    lines.leave_one_out();
    let passed = if grade.passed { "passed" } else { "not passed" };
    lines.add(format_args!("{} of {} points: {passed} (seed {})", grade.score, grade.maximum, grade.seed));
}
