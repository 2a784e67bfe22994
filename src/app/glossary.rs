//! The words of the glossary on the page: a word that explains itself.

use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use crate::app::browser::dom;
pub(crate) use crate::glossary::{entries, meaning};

/// The longest explanation, in characters.
#[cfg(test)]
const LIMIT: usize = 200;
/// How far an explanation stands from its word, in pixels.
const GAP: f64 = 6.0;
/// The room that an explanation needs above its word, in pixels.
const ROOM: f64 = 130.0;

/// A part of a text: plain, or a form of a term.
#[derive(Debug, PartialEq, Eq)]
enum Part<'a> {
    Plain(&'a str),
    Term(&'static str, &'a str),
}

/// A text in which the words of the glossary explain themselves where they first appear, the first `most` of them.
pub(crate) fn explained(text: &str, most: usize) -> Html {
    let parts = parts(text, most).into_iter().enumerate().map(|(index, part)| match part {
        Part::Plain(plain) => html! { <span key={index}>{ plain }</span> },
        Part::Term(term, shown) => {
            html! { <Term key={index} word={term} shown={Some(AttrValue::from(shown.to_owned()))} /> }
        }
    });
    html! { <>{ for parts }</> }
}

fn parts(text: &str, most: usize) -> Vec<Part<'_>> {
    let mut terms: Vec<&'static str> = entries().map(|(term, _)| term).collect();
    terms.sort_by_key(|term| core::cmp::Reverse(term.len()));
    let (mut parts, mut plain_from, mut at) = (Vec::new(), 0, 0);
    let mut left = most;
    while at < text.len() && left > 0 {
        let begins_word = !text[..at].ends_with(char::is_alphanumeric);
        let found = terms.iter().position(|term| begins_word && form_of(term, &text[at..]).is_some());
        let Some(index) = found else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
            continue;
        };
        let term = terms.remove(index);
        let length = form_of(term, &text[at..]).unwrap_or(0);
        if plain_from < at {
            parts.push(Part::Plain(&text[plain_from..at]));
        }
        parts.push(Part::Term(term, &text[at..at + length]));
        at += length;
        plain_from = at;
        left -= 1;
    }
    if plain_from < text.len() {
        parts.push(Part::Plain(&text[plain_from..]));
    }
    parts
}

/// How long the form of a term is with which a text begins: itself or its plural, with any first letter.
fn form_of(term: &str, text: &str) -> Option<usize> {
    let start = text.get(..term.len()).filter(|start| start.eq_ignore_ascii_case(term))?;
    let rest = &text[start.len()..];
    let ends = |rest: &str| !rest.starts_with(|letter: char| letter.is_alphanumeric() || letter == '-');
    if ends(rest) {
        return Some(start.len());
    }
    rest.strip_prefix('s').filter(|rest| ends(rest)).map(|_| start.len() + 1)
}

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    /// The term, as the glossary has it.
    pub(crate) word: AttrValue,
    /// What is written, if it is another form of the word.
    #[prop_or_default]
    pub(crate) shown: Option<AttrValue>,
}

pub(crate) enum Msg {
    Show,
    Hide,
}

/// A word with a dotted line. Its meaning appears on hover, focus and tap, and goes with Escape; it stands above or below
/// the word, never on it.
pub(crate) struct Term {
    word: NodeRef,
    /// Where the explanation stands, while it is shown.
    style: Option<String>,
}

impl Component for Term {
    type Message = Msg;
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        Self { word: NodeRef::default(), style: None }
    }

    fn update(&mut self, _: &Context<Self>, msg: Msg) -> bool {
        let shows = match msg {
            Msg::Show => true,
            Msg::Hide => false,
        };
        if shows == self.style.is_some() {
            return false;
        }
        self.style = shows.then(|| self.word.cast::<HtmlElement>().map_or_else(String::new, |word| place(&word)));
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props { word, shown } = ctx.props();
        let link = ctx.link();
        let id = format!("term-{}", word.replace(' ', "-"));
        let is_shown = self.style.is_some();
        let onkeydown = link.batch_callback(move |event: KeyboardEvent| {
            (event.key() == "Escape" && is_shown).then(|| {
                event.prevent_default();
                event.stop_propagation();
                Msg::Hide
            })
        });
        html! {
            <>
                <button key="word" type="button" class="term-word" ref={self.word.clone()} data-term={word.clone()}
                    aria-describedby={is_shown.then(|| id.clone())} {onkeydown}
                    onmouseenter={link.callback(|_: MouseEvent| Msg::Show)} onmouseleave={link.callback(|_: MouseEvent| Msg::Hide)}
                    onfocus={link.callback(|_: FocusEvent| Msg::Show)} onblur={link.callback(|_: FocusEvent| Msg::Hide)}
                    onclick={link.callback(|_: MouseEvent| Msg::Show)}>{ shown.as_ref().unwrap_or(word) }</button>
                if let Some(style) = &self.style {
                    <span key="tip" role="tooltip" class="term-tip" {id} style={style.clone()}>
                        <b>{ word }</b>{ meaning(word).unwrap_or_default() }
                    </span>
                }
            </>
        }
    }
}

/// Above the word, or below it where there is no room above: what is read next stays free.
fn place(word: &Element) -> String {
    let bounds = word.get_bounding_client_rect();
    let (width, height) = dom::viewport();
    let left = bounds.left().clamp(8.0, (width - 308.0).max(8.0));
    if bounds.top() > ROOM {
        format!("left:{left}px;bottom:{}px", height - bounds.top() + GAP)
    } else {
        format!("left:{left}px;top:{}px", bounds.bottom() + GAP)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_term_is_there_once_and_short() {
        let terms: Vec<&str> = entries().map(|(term, _)| term).collect();
        let known: BTreeSet<&str> = terms.iter().copied().collect();
        assert!(terms.len() >= 25 && known.len() == terms.len());
        for (term, meaning) in entries() {
            let count = meaning.chars().count();
            assert!((10..=LIMIT).contains(&count) && meaning.ends_with('.'), "{term} has {count} characters");
        }
    }

    #[test]
    fn in_a_text_each_term_is_explained_where_it_first_appears() {
        let text = "Replicas send acks. Two acks are enough, said the primary-elect.";
        let expected = vec![
            Part::Term("replica", "Replicas"),
            Part::Plain(" send "),
            Part::Term("ack", "acks"),
            Part::Plain(". Two acks are enough, said the primary-elect."),
        ];
        assert_eq!(parts(text, 9), expected);
        assert_eq!(parts(text, 0), vec![Part::Plain(text)]);
        assert_eq!(parts("é, ack", 1), vec![Part::Plain("é, "), Part::Term("ack", "ack")]);
    }

    #[test]
    fn what_the_stage_and_the_policy_speak_of_is_explained() {
        for word in [
            "coordinator",
            "epoch",
            "in sync",
            "fenced",
            "window",
            "ack",
            "primary",
            "replica",
            "zone",
            "stale",
            "corrupt",
            "lease",
            "quorum",
            "scrub",
            "repair",
            "failover",
            "split brain",
            "acknowledged",
            "outcome unknown",
            "chaos",
            "lag",
            "partition",
        ] {
            assert!(meaning(word).is_some(), "{word}");
        }
    }
}
