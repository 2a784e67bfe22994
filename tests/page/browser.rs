//! A real browser with the built page in it, and what a person does there.

use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use replicarium::session::{Scenario, Session};
use serde_json::{Value, json};

/// How long anything on the page may take before the test gives up; the machines are shared.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often a browser is started before the test gives up.
const STARTS: usize = 3;

/// The size of a screen and how it is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    pub width: u32,
    pub height: u32,
    pub dark: bool,
}

pub const DESKTOP: Screen = Screen { width: 1440, height: 900, dark: false };
pub const PHONE: Screen = Screen { width: 390, height: 844, dark: false };

/// The page in a browser of its own.
pub struct Page {
    pub client: Client,
}

/// A command that WebDriver's standard doesn't have.
#[derive(Debug)]
struct Vendor {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Vendor {
    fn endpoint(&self, base_url: &url::Url, session_id: Option<&str>) -> Result<url::Url, url::ParseError> {
        base_url.join(&format!("session/{}/{}", session_id.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}

fn environment(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: `cargo xtask test` runs these tests"))
}

/// Runs a test in a browser, and closes the browser whatever becomes of the test. The console must stay clean. Without a
/// fragment the page opens on three copies in which nothing happens by itself.
pub fn with_page<F: Future<Output = ()>>(screen: Screen, fragment: &str, test: impl FnOnce(std::rc::Rc<Page>) -> F) {
    let quiet = || {
        let scenario = Scenario::by_slug("three-copies").expect("a built-in scenario");
        format!("#{}", Session::new(scenario, 61).to_link())
    };
    let fragment = if fragment.is_empty() { quiet() } else { fragment.to_owned() };
    in_browser(Page::open(screen, &fragment, false), test);
}

/// Runs a test on the page as it opens for somebody who comes without a link.
pub fn with_front_page<F: Future<Output = ()>>(screen: Screen, test: impl FnOnce(std::rc::Rc<Page>) -> F) {
    in_browser(Page::open(screen, "", false), test);
}

/// The same in a browser that keeps a trace of all that it does.
pub fn with_traced_page<F: Future<Output = ()>>(
    screen: Screen,
    fragment: &str,
    test: impl FnOnce(std::rc::Rc<Page>) -> F,
) {
    in_browser(Page::open(screen, fragment, true), test);
}

fn in_browser<F: Future<Output = ()>>(open: impl Future<Output = Page>, test: impl FnOnce(std::rc::Rc<Page>) -> F) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let page = std::rc::Rc::new(open.await);
        let result = futures_catch(test(std::rc::Rc::clone(&page))).await;
        let complaints = page.console_complaints().await;
        page.client.clone().close().await.expect("the browser closes");
        if let Err(panic) = result {
            eprintln!("the console says: {complaints:?}");
            std::panic::resume_unwind(panic);
        }
        assert!(complaints.is_empty(), "the console has complaints: {complaints:?}");
    });
}

/// Awaits a future and catches its panic, so that the browser can be closed first.
async fn futures_catch<F: Future<Output = ()>>(future: F) -> Result<(), Box<dyn std::any::Any + Send>> {
    let mut future = std::pin::pin!(future);
    std::future::poll_fn(|context| {
        let polled = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| future.as_mut().poll(context)));
        match polled {
            Ok(std::task::Poll::Pending) => std::task::Poll::Pending,
            Ok(std::task::Poll::Ready(())) => std::task::Poll::Ready(Ok(())),
            Err(panic) => std::task::Poll::Ready(Err(panic)),
        }
    })
    .await
}

impl Page {
    /// A browser on a machine that others use too doesn't start every time, so it is tried a few times; every start that
    /// failed is told.
    async fn open(screen: Screen, fragment: &str, traced: bool) -> Self {
        for _ in 0..STARTS {
            match Self::try_to_open(screen, fragment, traced).await {
                Ok(page) => return page,
                Err(failure) => eprintln!("the browser can't be used: {failure}"),
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        panic!("the browser could not be used {STARTS} times in a row");
    }

    async fn try_to_open(screen: Screen, fragment: &str, traced: bool) -> Result<Self, String> {
        let settings = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/webdriver.json"));
        let mut capabilities: serde_json::Map<String, Value> =
            serde_json::from_str(&settings.expect("webdriver.json")).expect("webdriver.json is JSON");
        capabilities["goog:chromeOptions"]["binary"] = json!(environment("CHROME_BINARY"));
        let logs = if traced {
            let only_the_trace =
                json!({ "enableNetwork": false, "enablePage": false, "traceCategories": "devtools.timeline" });
            capabilities["goog:chromeOptions"]["perfLoggingPrefs"] = only_the_trace;
            json!({ "browser": "ALL", "performance": "ALL" })
        } else {
            json!({ "browser": "ALL" })
        };
        capabilities.insert("goog:loggingPrefs".to_owned(), logs);
        // A browser that hangs while it opens the page would hold everything up for five minutes.
        capabilities.insert("timeouts".to_owned(), json!({ "pageLoad": 60_000, "script": 60_000 }));
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = builder.capabilities(capabilities).connect(&environment("WEBDRIVER_URL")).await;
        let page = Self { client: client.map_err(|error| format!("the driver starts none: {error}"))? };
        let shown = page.show(screen, fragment).await;
        if shown.is_err() {
            // It may be gone already.
            let _ = page.client.clone().close().await;
        }
        shown.map(|()| page)
    }

    /// Gives the browser the size and the colours of a screen, and goes to the page.
    async fn show(&self, Screen { width, height, dark }: Screen, fragment: &str) -> Result<(), String> {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500 });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await?;
        let scheme = if dark { "dark" } else { "light" };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.devtools("Emulation.setEmulatedMedia", media).await?;
        let address = format!("{}{fragment}", environment("PLAYGROUND_URL"));
        self.client.goto(&address).await.map_err(|error| format!("the page does not open: {error}"))
    }

    /// Clicks on a button of the bar, which on a phone may stand behind the one with the three dots.
    pub async fn click_in_bar(&self, test_id: &str) {
        let open = "const more = document.querySelector('[data-testid=more]');
                    if (more.offsetParent && more.getAttribute('aria-expanded') === 'false') { more.click(); }";
        self.script(open, Vec::new()).await;
        self.click(test_id).await;
    }

    /// Gives the browser a command of its own protocol, and returns the answer.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Result<Value, String> {
        let body = json!({ "cmd": command, "params": parameters });
        let done = self.client.issue_cmd(Vendor { path: "goog/cdp/execute", body }).await;
        done.map_err(|error| format!("it does not obey {command}: {error}"))
    }

    /// What a traced browser has done since it was started; it tells so once.
    pub async fn trace(&self) -> Vec<Value> {
        let log = self.client.issue_cmd(Vendor { path: "se/log", body: json!({ "type": "performance" }) }).await;
        let log = log.expect("the trace can be read");
        let messages = log.as_array().into_iter().flatten().filter_map(|entry| entry["message"].as_str());
        let parsed = messages.filter_map(|message| serde_json::from_str::<Value>(message).ok());
        let is_of_trace = |message: &Value| message["message"]["method"] == "Tracing.dataCollected";
        parsed.filter(is_of_trace).map(|mut message| message["message"]["params"].take()).collect()
    }

    /// Reads the page anew with a script that runs before it.
    pub async fn begin_again_with(&self, script: &str) -> Result<(), String> {
        self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await?;
        self.client.refresh().await.map_err(|error| format!("the page does not open again: {error}"))
    }

    /// What the console has said since the last call, save for what is merely informative.
    pub async fn console_complaints(&self) -> Vec<String> {
        let log = self.client.issue_cmd(Vendor { path: "se/log", body: json!({ "type": "browser" }) }).await;
        let log = log.expect("the console can be read");
        let entries = log.as_array().cloned().unwrap_or_default();
        let complains = |entry: &&Value| matches!(entry["level"].as_str(), Some("SEVERE" | "WARNING"));
        entries.iter().filter(complains).map(|entry| entry["message"].to_string()).collect()
    }

    /// The element with this `data-testid`, as soon as it is there.
    pub async fn find(&self, id: &str) -> Element {
        self.find_css(&format!("[data-testid='{id}']")).await
    }

    pub async fn find_css(&self, css: &str) -> Element {
        let found = self.client.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await;
        found.unwrap_or_else(|error| panic!("nothing matches {css}: {error}"))
    }

    pub async fn click(&self, id: &str) {
        let element = self.find(id).await;
        // The driver scrolls only as far as the screen's edge, which may be below what sticks there.
        let center = "arguments[0].scrollIntoView({ block: 'center' });";
        self.script(center, vec![serde_json::to_value(&element).expect("an element is JSON")]).await;
        element.click().await.unwrap_or_else(|error| panic!("{id} can't be clicked: {error}"));
    }

    /// Presses keys where the focus is.
    pub async fn keys(&self, keys: &str) {
        let active = self.client.active_element().await.expect("something has the focus");
        active.send_keys(keys).await.expect("keys can be pressed");
    }

    /// An attribute of an element, or nothing while the element or the attribute isn't there.
    pub async fn attribute(&self, id: &str, name: &str) -> Option<String> {
        let element = self.client.find(Locator::Css(&format!("[data-testid='{id}']"))).await.ok()?;
        element.attr(name).await.ok()?
    }

    /// Waits until an attribute has a value.
    pub async fn expect(&self, id: &str, name: &str, value: &str) {
        let began = Instant::now();
        let mut last = None;
        while began.elapsed() < PATIENCE {
            last = self.attribute(id, name).await;
            if last.as_deref() == Some(value) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{id} should have {name}={value}, but has {last:?}");
    }

    pub async fn text(&self, id: &str) -> String {
        self.find(id).await.text().await.expect("an element has text")
    }

    /// All that an element holds, scrolled out of sight or not: the log is laid out from its end, and the driver takes what
    /// is above for hidden.
    pub async fn content(&self, id: &str) -> String {
        let element = serde_json::to_value(self.find(id).await).expect("an element is JSON");
        let content = self.script("return arguments[0].textContent;", vec![element]).await;
        content.as_str().expect("an element has text").to_owned()
    }

    /// Runs JavaScript with the arguments and returns what it returns.
    pub async fn script(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute(script, arguments).await.expect("the script runs")
    }

    /// Sets the speed of the simulation, so that a test need not wait.
    pub async fn speed(&self, label: &str) {
        let select = self.find("speed").await;
        select.select_by_label(label).await.unwrap_or_else(|error| panic!("there is no speed {label}: {error}"));
    }

    /// Fails when axe-core finds a violation of WCAG 2 A or AA.
    pub async fn check_accessibility(&self) {
        let axe = std::fs::read_to_string(environment("AXE_CORE")).expect("axe-core is readable");
        self.script(&axe, Vec::new()).await;
        let run = "const done = arguments[arguments.length - 1];
            axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] }).then(
                result => done(result.violations.map(found => found.id + ': ' + found.help + ' ' +
                    found.nodes.map(node => node.target.join(' ')).slice(0, 4).join(' | '))),
                error => done([String(error)]));";
        let found = self.client.execute_async(run, Vec::new()).await.expect("axe-core runs");
        assert_eq!(found, json!([]), "axe-core found violations");
    }

    /// Fails when the page is wider than the screen.
    /// Gives the window another size while the page runs.
    pub async fn resize(&self, width: u32, height: u32) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await.expect("the window takes a size");
    }

    pub async fn check_nothing_is_cut_off(&self) {
        let over = "return document.documentElement.scrollWidth - document.documentElement.clientWidth;";
        assert_eq!(self.script(over, Vec::new()).await, json!(0), "the page is wider than the screen");
    }
}
