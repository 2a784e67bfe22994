//! What is drawn of the course.

use yew::prelude::*;

use crate::app::act::Dialog;
use crate::app::course::card::Card;
use crate::app::course::{map, steps};
use crate::app::dialogs;
use crate::app::header::Header;
use crate::app::playground::Playground;

impl Playground {
    /// The map, if it is what is shown.
    pub(in crate::app::playground) fn view_map(&self) -> Option<Html> {
        let course = self.course.as_ref().filter(|course| course.opened.is_none())?;
        let act = &self.act;
        Some(html! {
            <div class="page on-map">
                <Header key="header" scenario={self.session().scenario().clone()} seed={self.session().seed()} theme={self.theme} in_course=true act={act.clone()} />
                { map::draw(course, act) }
                <div key="toasts" class="toasts course-toasts">{ self.toast() }</div>
                <div key="spoken" class="visually-hidden" aria-live="polite" data-testid="spoken">{ &self.spoken }</div>
                <div key="dialogs">{ if self.dialog == Some(Dialog::Help) { dialogs::help::draw(act) } else { Html::default() } }</div>
            </div>
        })
    }

    /// The bar of the exercise that is open.
    pub(in crate::app::playground) fn view_steps(&self) -> Html {
        let Some(opened) = self.opened() else { return Html::default() };
        let course = self.course.as_ref().and_then(|course| course.map.as_ref());
        steps::draw(opened, course.map(|course| &**course), &self.act)
    }

    /// The card of the exercise that is open.
    pub(in crate::app::playground) fn view_exercise(&self) -> Option<Html> {
        let opened = self.opened()?;
        Some(
            html! { <Card key={format!("exercise-{}", opened.exercise.id)} opened={opened.clone()} is_at_bound={self.is_at_bound()} act={self.act.clone()} /> },
        )
    }
}
