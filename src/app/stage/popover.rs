//! The menu of a thing of the stage, beside it: one more click, or a key, does something.

use wasm_bindgen::JsCast;
use web_sys::{DomRect, Element, HtmlElement};
use yew::prelude::*;

use crate::world::View;

use crate::app::act::Act;
use crate::app::browser::dom;
use crate::app::stage::arrangement::Move;
use crate::app::stage::geometry::Point;
use crate::app::stage::layout::Layout;
use crate::app::stage::menu::{self, Item, Known, Section};
use crate::app::stage::opener::Go;
use crate::app::stage::target::Target;
use crate::app::stage::text::{self, Font};
use crate::app::words::Shared;

const WIDTH: f64 = 264.0;
/// How far the menu keeps from what it belongs to, and from the window's edges.
const GAP: f64 = 10.0;
const RIM: f64 = 8.0;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) target: Target,
    pub(crate) view: Shared<View>,
    pub(crate) layout: Shared<Layout>,
    pub(crate) go: Go,
    pub(crate) act: Callback<Act>,
}

pub(crate) struct Popover {
    frame: NodeRef,
    /// Whether it has to find its place, and to take the focus.
    is_new: bool,
}

impl Component for Popover {
    type Message = ();
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        Self { frame: NodeRef::default(), is_new: true }
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &Props) -> bool {
        self.is_new |= ctx.props().target != old.target;
        true
    }

    fn rendered(&mut self, ctx: &Context<Self>, _: bool) {
        if std::mem::take(&mut self.is_new)
            && let Some(frame) = self.frame.cast::<HtmlElement>()
        {
            place(&frame, &ctx.props().target);
            let first = frame.query_selector("[aria-checked=true], .action").ok().flatten();
            focus(first.or_else(|| frame.query_selector("button").ok().flatten()));
        }
    }

    fn destroy(&mut self, ctx: &Context<Self>) {
        // The focus goes back to where the menu was opened, unless it went elsewhere by itself.
        let opener = format!("[data-target=\"{}\"]", ctx.props().target.slug());
        gloo::timers::callback::Timeout::new(0, move || {
            if dom::focused().is_none_or(|focused| focused.tag_name() == "BODY") {
                focus(dom::document().and_then(|document| document.query_selector(&opener).ok().flatten()));
            }
        })
        .forget();
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props { target, view, layout, go, act } = ctx.props();
        let close = {
            let go = go.clone();
            Callback::from(move |_: MouseEvent| go.emit(None))
        };
        let Some(menu) = menu::menu(target, Known { view, layout, act, go }) else {
            return html! { <div class="popover gone"></div> };
        };
        let server = target.server().map(|server| server.0.to_string());
        let title = text::fit(&menu.title, Font::SERVER, WIDTH - 120.0);
        html! {
            <div class="popover" role="dialog" aria-label={format!("Actions of {}", menu.title)} data-testid="popover"
                data-actions-of={server} ref={self.frame.clone()} onkeydown={self.keys(ctx)}>
                <header key="head">
                    <b title={menu.title.clone()}>{ title }</b>
                    <span>{ menu.about }</span>
                    <button class="icon quiet" aria-label="Close" onclick={close}>{ "✕" }</button>
                </header>
                <div key="sections" class="sections">
                    { for menu.sections.into_iter().filter(|section| !section.items.is_empty()).map(|section| draw(section, go)) }
                </div>
            </div>
        }
    }
}

impl Popover {
    /// Arrows go from line to line, Escape closes; in the menu that moves a server they move it.
    fn keys(&self, ctx: &Context<Self>) -> Callback<KeyboardEvent> {
        let frame = self.frame.clone();
        let Props { target, go, act, .. } = ctx.props().clone();
        Callback::from(move |event: KeyboardEvent| {
            let key = event.key();
            if let Target::MoveServer(server) = target {
                let by = match key.as_str() {
                    "ArrowUp" => Some((0.0, -16.0)),
                    "ArrowDown" => Some((0.0, 16.0)),
                    "ArrowLeft" => Some((-16.0, 0.0)),
                    "ArrowRight" => Some((16.0, 0.0)),
                    _ => None,
                };
                if let Some((x, y)) = by {
                    event.prevent_default();
                    act.emit(Act::Arrange(Move::Server(server, Point { x, y })));
                    return;
                }
            }
            match key.as_str() {
                "Escape" => {
                    event.prevent_default();
                    go.emit(None);
                }
                "ArrowDown" => step(&event, &frame, |at, last| if at == last { 0 } else { at + 1 }),
                "ArrowUp" => step(&event, &frame, |at, last| if at == 0 { last } else { at - 1 }),
                "Home" => step(&event, &frame, |_, _| 0),
                "End" => step(&event, &frame, |_, last| last),
                _ => {}
            }
        })
    }
}

fn draw(section: Section, go: &Go) -> Html {
    let Section { title, items } = section;
    let role = if items.iter().any(|item| item.present.is_some()) { "radiogroup" } else { "group" };
    html! {
        <div key={title.clone()} class="actions" {role} aria-label={(!title.is_empty()).then(|| title.clone())}>
            if !title.is_empty() {
                <h3 key="title" aria-hidden="true">{ title }</h3>
            }
            { for items.into_iter().map(|item| line(item, go)) }
        </div>
    }
}

fn line(item: Item, go: &Go) -> Html {
    let Item { slug, title, hint, key, danger, present, stays, run } = item;
    let go = go.clone();
    let onclick = Callback::from(move |_: MouseEvent| {
        run.emit(());
        if !stays {
            go.emit(None);
        }
    });
    let class = classes!(
        "action",
        danger.then_some("danger"),
        present.map(|present| if present { "present" } else { "choice" })
    );
    html! {
        <button key={slug.clone()} {class} data-testid={format!("action-{slug}")} {onclick}
            role={present.map(|_| "radio")} aria-checked={present.map(|present| present.to_string())}>
            <b dir="auto">{ title }</b><small>{ hint }</small>
            if !key.is_empty() {
                <kbd>{ key }</kbd>
            }
        </button>
    }
}

/// Moves the focus among the lines of the menu.
fn step(event: &KeyboardEvent, frame: &NodeRef, to: fn(usize, usize) -> usize) {
    let Some(frame) = frame.cast::<Element>() else { return };
    let Ok(lines) = frame.query_selector_all(".action") else { return };
    let lines: Vec<Element> = (0..lines.length()).filter_map(|at| lines.get(at)?.dyn_into().ok()).collect();
    let Some(last) = lines.len().checked_sub(1) else { return };
    let at = dom::focused().and_then(|focused| lines.iter().position(|line| *line == focused)).unwrap_or(last);
    event.prevent_default();
    focus(lines.get(to(at, last)).cloned());
}

fn focus(element: Option<Element>) {
    if let Some(element) = element {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        // An SVG element has `focus` too, though it is no `HtmlElement`; the call goes by name.
        element.unchecked_into::<HtmlElement>().focus_with_options(&options).ok();
    }
}

/// Beside what it belongs to, wherever the window has room. On a phone the style sheet makes it a sheet at the bottom.
fn place(frame: &HtmlElement, target: &Target) {
    let Some(window) = dom::window() else { return };
    let size = |value: Result<wasm_bindgen::JsValue, _>| value.ok().and_then(|value| value.as_f64()).unwrap_or(0.0);
    let (width, height) = (size(window.inner_width()), size(window.inner_height()));
    let style = frame.style();
    let set = |name: &str, value: f64| style.set_property(name, &format!("{value:.0}px")).ok();
    set("width", WIDTH);
    set("max-height", height - 2.0 * RIM);
    let opener = dom::document()
        .and_then(|document| document.query_selector(&format!("[data-target=\"{}\"]", target.slug())).ok().flatten());
    let tall = frame.get_bounding_client_rect().height();
    let (x, y) = opener.map_or((RIM, RIM), |opener| beside(&opener.get_bounding_client_rect(), width));
    set("left", x.min(width - WIDTH - RIM).max(RIM));
    set("top", y.min(height - tall - RIM).max(RIM));
}

fn beside(rect: &DomRect, width: f64) -> (f64, f64) {
    // A wide thing, such as a zone or a link, has its menu at its middle.
    let (left, right) = if rect.width() > 260.0 {
        let middle = rect.left() + rect.width() / 2.0;
        (middle, middle)
    } else {
        (rect.left(), rect.right())
    };
    let y = if rect.height() > 260.0 { rect.top() + rect.height() / 2.0 } else { rect.top() };
    if right + GAP + WIDTH + RIM <= width { (right + GAP, y) } else { (left - GAP - WIDTH, y) }
}
