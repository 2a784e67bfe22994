//! `grade` and `lint`: what submissions are worth, in every form, and what is refused.

use std::fs;

use crate::{replicarium, scratch};

const GOOD: &str = "submission = 1\nexercise = \"lose-an-ok\"\nrevision = 1\nengine = \"0.1.0\"\nseed = 61\n\
                    name = \"=Ada\"\n\n[[at]]\ntime = \"300 ms\"\nwrite = { file = \"notes.txt\", text = \"One.\" }\n\n\
                    [[at]]\ntime = \"305 ms\"\nwrite = { file = \"notes.txt\", text = \"Two.\" }\n\n\
                    [[at]]\ntime = \"338 ms\"\nkill = \"S1\"\n";

/// A file of this name with this text, and its path.
fn file(folder: &str, name: &str, text: &str) -> String {
    let folder = scratch(folder);
    fs::create_dir_all(&folder).expect("a folder can be made");
    let path = folder.join(name);
    fs::write(&path, text).expect("it can be written");
    path.display().to_string()
}

#[test]
fn a_submission_is_graded_in_every_form() {
    let path = file("grade-forms", "ada.toml", GOOD);
    let graded = |format: &str| {
        let ended = replicarium(&["grade", "lose-an-ok", &path, "--format", format]);
        assert_eq!(ended.code, Some(0), "{format}: {}{}", ended.out, ended.err);
        ended
    };
    assert!(graded("table").out.contains("3 of 3 points: passed (seed 61)"));
    let json = graded("json").json();
    assert_eq!((&json[0]["grade"]["score"], &json[0]["grade"]["passed"]), (&3.into(), &true.into()));
    // A name that begins like a formula is none in a spreadsheet.
    let csv = graded("csv").out;
    assert!(csv.lines().nth(1).is_some_and(|line| line.contains(",'=Ada,61,3,3,true,2,1,")), "{csv}");
    let junit = graded("junit").out;
    assert!(junit.contains("<testsuites name=\"lose-an-ok\" tests=\"2\" failures=\"0\" errors=\"0\">"), "{junit}");
    let gradescope = graded("gradescope").json();
    assert_eq!((&gradescope["score"], &gradescope["tests"][0]["max_score"]), (&3.into(), &2.into()));
    assert_eq!((&gradescope["visibility"], &gradescope["tests"][0]["status"]), (&"visible".into(), &"passed".into()));
    let prairielearn = graded("prairielearn").json();
    assert_eq!((&prairielearn["score"], &prairielearn["gradable"]), (&1.0.into(), &true.into()));
    let classroom = graded("classroom50").json();
    assert_eq!((&classroom["schema"], &classroom["score"]), (&"classroom50/result/v1".into(), &3.into()));
    let keys: Vec<&String> = classroom["tests"][0].as_object().expect("a table").keys().collect();
    assert_eq!(keys, ["max-score", "passed", "score", "test-name"]);
}

#[test]
fn a_class_is_graded_at_once_and_who_is_wrong_is_told_why() {
    file("grade-class", "a.toml", GOOD);
    file("grade-class", "b.toml", &GOOD.replace("338 ms", "900 ms"));
    file("grade-class", "c.toml", &GOOD.replace("lose-an-ok", "another"));
    file("grade-class", "d.toml", "score = 100\n");
    file("grade-class", "e.toml", &GOOD.replace("kill = \"S1\"", "wipe = \"S1\""));
    file("grade-class", "f.toml", &GOOD.replace("seed = 61", "seed = 61\nscore = 9000"));
    let folder = scratch("grade-class").display().to_string();
    let ended = replicarium(&["grade", "lose-an-ok", &folder, "--format", "json", "--threads", "2"]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let json = ended.json();
    let scores: Vec<Option<u64>> = (0..6).map(|index| json[index]["grade"]["score"].as_u64()).collect();
    assert_eq!(scores, [Some(3), Some(1), None, None, Some(0), Some(3)]);
    let error = |index: usize| json[index]["error"].as_str().unwrap_or_default().to_owned();
    assert!(error(2).contains("it is a submission for the exercise \"another\""), "{}", error(2));
    assert!(error(3).contains("missing field"), "{}", error(3));
    let feedback = json[4]["grade"]["criteria"][0]["feedback"].as_str().unwrap_or_default();
    assert!(feedback.starts_with("Nothing is graded: the command wipe is locked"), "{feedback}");
}

#[test]
fn what_can_t_be_graded_is_not_gradable() {
    let path = file("grade-wrong", "x.toml", "\u{feff}garbage [[[");
    let ended = replicarium(&["grade", "lose-an-ok", &path, "--format", "prairielearn"]);
    assert_eq!((ended.code, &ended.json()["gradable"]), (Some(1), &false.into()));
    let big = file("grade-wrong", "big.toml", &"#".repeat(300_000));
    let ended = replicarium(&["grade", "lose-an-ok", &big, "--format", "gradescope"]);
    assert!(ended.out.contains("has more than 262144 bytes"), "{}", ended.out);
}

#[test]
fn wrong_usage_is_refused_in_one_sentence() {
    let path = file("grade-usage", "a.toml", GOOD);
    let refusal = |arguments: &[&str]| replicarium(arguments).refusal().to_owned();
    assert!(refusal(&["grade", "lose-an-okay", &path]).contains("did you mean lose-an-ok?"));
    assert!(refusal(&["grade", "lose-an-ok", &path, &path, "--format", "gradescope"]).contains("for one submission"));
    assert!(refusal(&["grade", "lose-an-ok", &path, "--field", "teacher=me"]).contains("--field expects one of"));
    let secret = file("grade-usage", "secret.txt", "seeds = []");
    assert!(refusal(&["grade", "lose-an-ok", &path, "--secret", &secret]).contains("expected 1 to 1000 seeds, not 0"));
}

/// Each of these breakages of a sound exercise is found.
#[test]
fn the_lint_finds_what_is_wrong() {
    let sound = include_str!("../../exercises/lose-an-ok.toml");
    let lesson = include_str!("../../exercises/waiting-for-some.toml");
    let breakages = [
        (sound.replace("\"338 ms\", kill = \"S1\"", "\"338 ms\", kill = \"S2\""), "solution 1: it misses"),
        (sound.replace("misses = [\"lost\"]", "misses = []"), "expected in misses the criteria that it misses"),
        (sound.replace("faults = 1", "fault = 1"), "unknown field `fault`"),
        (sound.replace("at_least = 1", "at_least = 0"), "all of them hold when nothing is done"),
        (sound.replace("term:primary", "term:chief"), "the link \"term:chief\" leads nowhere"),
        (lesson.replace("lose-an-ok", "nowhere"), "there is no exercise \"nowhere\""),
        (lesson.replace("read = 2", "read = 9"), "no answer is right"),
        (lesson.replace("read = 1", "read = 2"), "2 answers are right"),
    ];
    for (number, (text, said)) in breakages.iter().enumerate() {
        assert!(text != sound && text != lesson, "breakage {number} changes nothing");
        let path = file("lint", &format!("broken-{number}.toml"), text);
        let ended = replicarium(&["lint", &path]);
        assert_eq!(ended.code, Some(1), "{said}: {}", ended.out);
        assert!(ended.out.contains(said), "{said}: {}", ended.out);
    }
    for text in [sound, lesson] {
        let path = file("lint", "sound.toml", text);
        let ended = replicarium(&["lint", &path]);
        assert_eq!(ended.code, Some(0), "{}", ended.out);
    }
}
