//! What is saved as a file: a click downloads it, and it can be read back.

use serde_json::{Value, json};

use crate::browser::{DESKTOP, PHONE, Page, with_page};

/// Clicks on one of the dialog's buttons, and returns the name and the text of the file, or the first bytes of a picture.
async fn save(page: &Page, slug: &str) -> (String, String) {
    page.script(
        "window.caught = null; window.named = null;
         const original = window.originalUrl ?? (window.originalUrl = URL.createObjectURL);
         URL.createObjectURL = blob => { window.blob = blob; return original.call(URL, blob); };
         const click = window.originalClick ?? (window.originalClick = HTMLAnchorElement.prototype.click);
         HTMLAnchorElement.prototype.click = function () {
             window.named = this.download;
             window.blob.slice(0, 8).text().then(head => head.startsWith('<svg') || !head.includes('PNG') ? window.blob.text() : head)
                 .then(text => { window.caught = text; });
             click.call(this);
         };",
        Vec::new(),
    )
    .await;
    page.click_in_bar("export").await;
    page.click(&format!("export-{slug}")).await;
    for _ in 0..200 {
        let caught = page.script("return [window.named, window.caught];", Vec::new()).await;
        if let (Some(name), Some(text)) = (caught[0].as_str(), caught[1].as_str()) {
            return (name.to_owned(), text.to_owned());
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{slug} was not saved");
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn the_run_its_figures_and_its_scenario_are_saved() {
    with_page(DESKTOP, "", async |page| {
        page.click("play").await;
        let (name, lines) = save(&page, "json-lines").await;
        assert_eq!(name, "three-copies.jsonl");
        let read: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert!(read.len() > 20 && read.iter().all(|line| line["sentence"].is_string()));
        let (name, table) = save(&page, "csv").await;
        assert_eq!(name, "three-copies-figures.csv");
        assert!(table.starts_with("figure,value,unit\r\n") && table.lines().count() > 3, "{table}");
        let (name, text) = save(&page, "toml").await;
        assert_eq!(
            (name.as_str(), text.as_str()),
            ("three-copies.toml", include_str!("../../scenarios/three-copies.toml"))
        );
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn drawings_stand_alone_and_pictures_are_pictures() {
    with_page(DESKTOP, "", async |page| {
        for (slug, word) in [("stage-svg", "S1"), ("diagram-svg", "S1")] {
            let (name, drawing) = save(&page, slug).await;
            assert!(
                name.rsplit('.').next() == Some("svg") && drawing.starts_with("<svg") && drawing.contains(word),
                "{name}: {drawing}"
            );
            let check = "const parsed = new DOMParser().parseFromString(arguments[0], 'image/svg+xml');
                         return [parsed.querySelectorAll('parsererror').length, parsed.querySelectorAll('image, foreignObject, script, use').length];";
            assert_eq!(page.script(check, vec![json!(drawing)]).await, json!([0, 0]), "{slug} is well-formed");
            let foreign = ["href", "http://", "https://", "var(", "@import", "url(\""];
            let own = drawing.replace("http://www.w3.org/", "");
            for part in foreign {
                assert!(!own.contains(part), "{slug} asks for something else: {part}");
            }
        }
        for slug in ["stage-png", "diagram-png"] {
            let (name, head) = save(&page, slug).await;
            assert!(name.rsplit('.').next() == Some("png") && head.contains("PNG"), "{name}");
        }
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn the_dialog_opens_by_its_key_and_axe_finds_nothing_in_it() {
    for screen in [DESKTOP, PHONE] {
        with_page(screen, "", async |page| {
            page.find("stage").await;
            page.keys("s").await;
            page.find("export-json-lines").await;
            page.check_accessibility().await;
        });
    }
}
