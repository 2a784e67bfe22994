//! `sweep`.

use crate::replicarium;

#[test]
fn a_sweep_tells_shares_with_their_intervals() {
    let ended = replicarium(&["sweep", "three-copies", "--seeds", "20", "--until", "1 s", "--json"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    // The standard error is no terminal here.
    assert_eq!(ended.err, "");
    let report = ended.json();
    assert_eq!(report["passed"]["count"], 20);
    assert_eq!(report["passed"]["of"], 20);
    let low = report["passed"]["low"].as_f64().unwrap();
    assert!((0.80..0.86).contains(&low), "{low}");
}

#[test]
fn the_threads_change_nothing_but_the_time() {
    let arguments = ["sweep", "three-copies", "--seeds", "9", "--first-seed", "5", "--until", "500 ms", "--threads"];
    let one = replicarium(&[&arguments[..], &["1"]].concat());
    let four = replicarium(&[&arguments[..], &["4"]].concat());
    assert_eq!(one.code, Some(0), "{}", one.err);
    assert_eq!(one.out, four.out);
}
