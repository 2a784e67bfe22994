//! The course: its map, and an exercise beside the live cluster.

mod ask;
pub(crate) mod card;
mod graded;
pub(crate) mod load;
pub(crate) mod map;
mod markdown;
pub(crate) mod progress;
pub(crate) mod state;
pub(crate) mod steps;

use crate::sim::Span;

/// What is done in the course.
pub(crate) enum CourseAct {
    /// Shows the map.
    Map,
    /// What came of fetching it.
    MapCame(Result<String, String>),
    /// What came of fetching its text.
    TextCame(String, Result<String, String>),
    /// Back to the playground.
    Leave,
    /// Chooses an answer, or takes the present moment for one.
    Pick(String, String),
    PickNow(String),
    /// Locks the answer in.
    Lock(String),
    /// To the next step, or back to one that was reached.
    GoOn,
    Back(state::Step),
    /// Goes to a moment of the run.
    See(Span),
    /// Shows one hint more.
    Hint,
    /// Grades what was done; grades a little further; ends it early.
    HandIn,
    GradeSlice,
    StopGrading,
    /// Begins the exercise anew, under the same seed or another.
    Again,
    Variant,
    /// The submission as a file.
    Download,
    /// Progress out of the browser, into it, and away.
    Export,
    Import(Vec<web_sys::File>),
    Imported(Result<Vec<u8>, String>),
    Erase(bool),
}

/// The address of the map, and what comes before the short name of an exercise.
pub(crate) const ADDRESS: &str = "/course";

/// Where an address of the course leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Map,
    /// The exercise with this short name.
    Exercise(String),
}

/// Where an address leads; none where it is not of the course.
pub(crate) fn addressed(fragment: &str) -> Option<Place> {
    let rest = fragment.strip_prefix(ADDRESS)?;
    match rest.strip_prefix('/') {
        Some(id) if !id.is_empty() => Some(Place::Exercise(id.to_owned())),
        Some(_) => Some(Place::Map),
        None => rest.is_empty().then_some(Place::Map),
    }
}

/// The address of an exercise, or of the map.
pub(crate) fn address(id: Option<&str>) -> String {
    id.map_or_else(|| format!("#{ADDRESS}"), |id| format!("#{ADDRESS}/{id}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_the_map_or_an_exercise() {
        assert_eq!(addressed("/course"), Some(Place::Map));
        assert_eq!(addressed("/course/"), Some(Place::Map));
        let lesson = Some(Place::Exercise("one-copy".to_owned()));
        assert_eq!(addressed("/course/one-copy"), lesson);
        assert_eq!((addressed("/courses"), addressed("r1-abc"), addressed("")), (None, None, None));
        assert_eq!(addressed(address(Some("one-copy")).trim_start_matches('#')), lesson);
    }
}
