//! Markdown as elements. Nothing is ever parsed as HTML: what a text has of it is left out, and so are pictures.

use pulldown_cmark::{Event, Options, Parser, Tag};
use yew::prelude::*;

use crate::app::glossary::{Term, entries};

/// What an element is, as far as a text of the course needs any.
enum Kind {
    Paragraph,
    Heading,
    Quote,
    Block,
    List,
    Numbered,
    Item,
    Emphasis,
    Strong,
    Term(&'static str),
    Inside(String),
    Outside(String),
    Plain,
    /// Not to be shown.
    Hidden,
}

/// An element that is still open: what it has, and what it says.
struct Open {
    kind: Kind,
    children: Vec<Html>,
    says: String,
}

/// The elements of a text in Markdown.
pub(crate) fn markdown(text: &str) -> Html {
    let mut open = vec![Open::new(Kind::Plain)];
    for event in Parser::new_ext(text, Options::empty()) {
        match event {
            Event::Start(tag) => open.push(Open::new(Kind::of(&tag))),
            Event::End(_) => close(&mut open),
            Event::Text(text) => say(&mut open, &text),
            Event::Code(text) => {
                let shown = text.to_string();
                add(&mut open, html! { <code>{ shown }</code> }, &text);
            }
            Event::SoftBreak => say(&mut open, " "),
            Event::HardBreak => add(&mut open, html! { <br /> }, " "),
            Event::Rule => add(&mut open, html! { <hr /> }, ""),
            Event::Html(_)
            | Event::InlineHtml(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_) => {}
        }
    }
    while open.len() > 1 {
        close(&mut open);
    }
    let children = open.pop().map(|whole| whole.children).unwrap_or_default();
    html! { <div class="prose">{ for children }</div> }
}

impl Open {
    fn new(kind: Kind) -> Self {
        Self { kind, children: Vec::new(), says: String::new() }
    }

    fn element(self) -> Html {
        let children = self.children;
        match self.kind {
            Kind::Paragraph => html! { <p>{ for children }</p> },
            Kind::Heading => html! { <h3>{ for children }</h3> },
            Kind::Quote => html! { <blockquote>{ for children }</blockquote> },
            Kind::Block => html! { <pre>{ for children }</pre> },
            Kind::List => html! { <ul>{ for children }</ul> },
            Kind::Numbered => html! { <ol>{ for children }</ol> },
            Kind::Item => html! { <li>{ for children }</li> },
            Kind::Emphasis => html! { <em>{ for children }</em> },
            Kind::Strong => html! { <strong>{ for children }</strong> },
            Kind::Term(word) => html! { <Term {word} shown={Some(AttrValue::from(self.says))} /> },
            Kind::Inside(href) => html! { <a {href}>{ for children }</a> },
            Kind::Outside(href) => {
                html! { <a {href} rel="noopener noreferrer" target="_blank">{ for children }</a> }
            }
            Kind::Plain => html! { <span>{ for children }</span> },
            Kind::Hidden => html! { <span></span> },
        }
    }
}

impl Kind {
    fn of(tag: &Tag<'_>) -> Self {
        match tag {
            Tag::Paragraph => Self::Paragraph,
            Tag::Heading { .. } => Self::Heading,
            Tag::BlockQuote(_) => Self::Quote,
            Tag::CodeBlock(_) => Self::Block,
            Tag::List(None) => Self::List,
            Tag::List(Some(_)) => Self::Numbered,
            Tag::Item => Self::Item,
            Tag::Emphasis => Self::Emphasis,
            Tag::Strong => Self::Strong,
            Tag::Link { dest_url, .. } => Self::of_link(dest_url),
            Tag::Image { .. } | Tag::HtmlBlock | Tag::MetadataBlock(_) => Self::Hidden,
            Tag::FootnoteDefinition(_)
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Table(_)
            | Tag::TableHead
            | Tag::TableRow
            | Tag::TableCell
            | Tag::Strikethrough
            | Tag::Superscript
            | Tag::Subscript => Self::Plain,
        }
    }

    /// A link within the course, to a word of the glossary, or to an address that is safe to follow; any other is text.
    fn of_link(target: &str) -> Self {
        if let Some(word) = target.strip_prefix("term:") {
            let word = word.replace('-', " ");
            return entries().map(|(term, _)| term).find(|term| *term == word).map_or(Self::Plain, Self::Term);
        }
        if target.starts_with("#/course") {
            Self::Inside(target.to_owned())
        } else if target.starts_with("https://") {
            Self::Outside(target.to_owned())
        } else {
            Self::Plain
        }
    }
}

fn say(open: &mut [Open], text: &str) {
    let shown = text.to_owned();
    add(open, html! { { shown } }, text);
}

fn add(open: &mut [Open], node: Html, says: &str) {
    if let Some(last) = open.last_mut() {
        last.children.push(node);
        last.says.push_str(says);
    }
}

fn close(open: &mut Vec<Open>) {
    let Some(closed) = open.pop() else { return };
    let says = if matches!(closed.kind, Kind::Hidden) { String::new() } else { closed.says.clone() };
    add(open, closed.element(), &says);
}
