//! Nothing overlaps and nothing is cut off: the boxes of all texts and controls, in every scenario and at every size.

use std::time::Duration;

use serde_json::{Value, json};

use crate::browser::{DESKTOP, Page, with_page};
use crate::scenario_file::choose;

/// The sizes of windows: phones, tablets, desktops, projectors, and some of them at a zoom of 200 %.
const SIZES: [(u32, u32); 12] = [
    (360, 640),
    (390, 844),
    (900, 700),
    (1024, 768),
    (1280, 720),
    (1366, 768),
    (1440, 900),
    (1920, 1080),
    (2560, 1440),
    (720, 450),
    (960, 540),
    (360, 500),
];

/// A cluster of so many servers with names that are long, wide, or written from right to left.
fn names(servers: usize) -> String {
    let zones: Vec<String> = (0..servers).map(|at| format!("\"{}\"", ["A", "B", "C"][at % 3])).collect();
    let files: String = [
        "a-very-long-name-of-a-file-that-goes-on-and-on-for-sixty-letters",
        "東京都の長いファイル名前の記録簿と写真.png",
        "קובץ-ארוך-מאוד-בעברית.txt",
    ]
    .map(|name| format!("\n[[files]]\nname = \"{name}\"\ntext = \"x\"\n"))
    .concat();
    format!(
        "version = 1\ntitle = \"{servers} servers\"\nteaches = \"Names.\"\nstory = \"Names.\"\ninvitation = \"Look.\"\nseed = 7\n\n[cluster]\nzones = [{}]\n{files}",
        zones.join(", ")
    )
}

/// Measures the page at every size; returns what is wrong, with the size.
async fn problems(page: &Page, what: &str) -> Vec<String> {
    let measure = format!("return {};", include_str!("boxes.js").trim_start_matches(|letter| letter != '('));
    let mut found = Vec::new();
    for (width, height) in SIZES {
        page.resize(width, height).await;
        tokio::time::sleep(Duration::from_millis(120)).await;
        if let Value::Array(problems) = page.script(&measure, Vec::new()).await {
            found.extend(problems.into_iter().map(|problem| format!("{what} at {width}×{height}: {problem}")));
        }
    }
    found
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn nothing_overlaps_in_any_scenario_at_any_size() {
    with_page(DESKTOP, "", async |page| {
        let list =
            "return [...document.querySelectorAll('[data-testid=scenario] option')].map(option => option.value);";
        let Value::Array(scenarios) = page.script(list, Vec::new()).await else { panic!("a list of scenarios") };
        let mut found = Vec::new();
        for scenario in scenarios {
            let choose = "const list = document.querySelector('[data-testid=scenario]'); list.value = arguments[0];\
                          list.dispatchEvent(new Event('change', { bubbles: true }));";
            page.script(choose, vec![scenario.clone()]).await;
            tokio::time::sleep(Duration::from_millis(300)).await;
            found.extend(problems(&page, &json!(scenario).to_string()).await);
        }
        assert!(found.is_empty(), "{}", found.join("\n"));
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn nothing_overlaps_with_long_wide_and_right_to_left_names_on_1_to_50_servers() {
    with_page(DESKTOP, "", async |page| {
        let mut found = Vec::new();
        for servers in [1, 3, 5, 12, 50] {
            choose(&page, "names.toml", &names(servers)).await;
            page.find("server-S1").await;
            tokio::time::sleep(Duration::from_millis(300)).await;
            found.extend(problems(&page, &format!("{servers} servers")).await);
        }
        assert!(found.is_empty(), "{}", found.join("\n"));
    });
}
