//! Grades as `JUnit` XML: a suite for each submission, a case for each criterion.

use anyhow::Result;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use replicarium::exercise::Exercise;
use replicarium::text::visible;

use super::Graded;

/// The document.
pub(super) fn junit(exercise: &Exercise, graded: &[Graded]) -> Result<String> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let tests: usize = graded.iter().map(count).sum();
    let failures: usize = graded.iter().map(failures).sum();
    let errors = graded.iter().filter(|one| one.grade.is_none()).count();
    let suites = writer.create_element("testsuites").with_attributes([
        ("name", exercise.id.as_str()),
        ("tests", &tests.to_string()),
        ("failures", &failures.to_string()),
        ("errors", &errors.to_string()),
    ]);
    suites.write_inner_content(|writer| graded.iter().try_for_each(|one| suite(writer, one)))?;
    let mut text = String::from_utf8(writer.into_inner())?;
    text.push('\n');
    Ok(text)
}

fn count(one: &Graded) -> usize {
    one.grade.as_ref().map_or(1, |grade| grade.criteria.len())
}

fn failures(one: &Graded) -> usize {
    one.grade.as_ref().map_or(0, |grade| grade.criteria.iter().filter(|one| !one.passed).count())
}

fn suite(writer: &mut Writer<Vec<u8>>, one: &Graded) -> std::io::Result<()> {
    let file = visible(&one.file);
    let suite = writer.create_element("testsuite").with_attributes([
        ("name", &*file),
        ("tests", &count(one).to_string()),
        ("failures", &failures(one).to_string()),
        ("errors", if one.grade.is_none() { "1" } else { "0" }),
    ]);
    suite.write_inner_content(|writer| {
        let Some(grade) = &one.grade else {
            return case(writer, &file, "it can be graded", Some(("error", one.error.as_deref().unwrap_or_default())));
        };
        for criterion in &grade.criteria {
            let failure = (!criterion.passed).then_some(("failure", criterion.feedback.as_str()));
            case(writer, &file, &criterion.title, failure)?;
        }
        Ok(())
    })?;
    Ok(())
}

fn case(writer: &mut Writer<Vec<u8>>, class: &str, name: &str, failure: Option<(&str, &str)>) -> std::io::Result<()> {
    let name = visible(name);
    let case = writer.create_element("testcase").with_attributes([("classname", class), ("name", &*name)]);
    match failure {
        None => case.write_empty()?,
        Some((kind, message)) => case.write_inner_content(|writer| {
            let message = visible(message);
            let element = writer.create_element(kind).with_attribute(("message", &*message));
            element.write_text_content(BytesText::new(&message))?;
            Ok(())
        })?,
    };
    Ok(())
}
