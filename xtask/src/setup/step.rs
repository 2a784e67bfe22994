//! One step of the set-up: what it is, whether it is there, and the ways to get it.

use std::ops::Range;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::headings::{flush, human};

/// Something the builds or tests need on this machine.
pub trait Step {
    /// What the step gets.
    fn name(&self) -> String;

    /// How long getting it usually takes.
    fn usually(&self) -> &'static str;

    /// Says what is there, or why it can't be used.
    fn look(&self) -> Result<String>;

    /// The ways to get it, the most ordinary first.
    fn ways(&self) -> Vec<Way>;

    /// What to do when no way worked.
    fn by_hand(&self) -> String;
}

/// One way to get what a step needs.
pub struct Way {
    /// The way in a few words.
    pub name: &'static str,
    /// Walks it.
    pub go: Box<dyn Fn() -> Result<()>>,
}

impl Way {
    /// A way by its name and what it does.
    pub fn new(name: &'static str, go: impl Fn() -> Result<()> + 'static) -> Self {
        Self { name, go: Box::new(go) }
    }
}

/// Takes the steps of these places in order and stops at the first that can't be taken.
pub fn take_those(steps: &[Box<dyn Step>], places: Range<usize>) -> Result<()> {
    for (index, step) in steps.iter().enumerate().take(places.end).skip(places.start) {
        take(step.as_ref(), &format!("[{}/{}]", index + 1, steps.len()))?;
    }
    Ok(())
}

fn take(step: &dyn Step, number: &str) -> Result<()> {
    let name = step.name();
    let start = Instant::now();
    print!("{number} {name} … ");
    flush();
    let mut reasons = match step.look() {
        Ok(found) => {
            println!("present ({found})");
            return Ok(());
        }
        Err(reason) => vec![format!("at first: {reason:#}")],
    };
    println!("usually {}", step.usually());
    for way in step.ways() {
        println!("    by {}", way.name);
        flush();
        let outcome = (way.go)().and_then(|()| step.look());
        match outcome {
            Ok(found) => {
                println!("    done in {} ({found})", human(start.elapsed()));
                return Ok(());
            }
            Err(reason) => {
                println!("    {} did not work", way.name);
                reasons.push(format!("by {}: {reason:#}", way.name));
            }
        }
    }
    bail!(
        "step {number} {name} failed after {}\n  {}\n  by hand: {}\n  then start the same command again; \
         what is done stays done",
        human(start.elapsed()),
        reasons.join("\n  "),
        step.by_hand()
    )
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use anyhow::anyhow;

    use super::*;

    struct Switch {
        on: Rc<Cell<bool>>,
        works: bool,
    }

    impl Step for Switch {
        fn name(&self) -> String {
            "switch".into()
        }
        fn usually(&self) -> &'static str {
            "a moment"
        }
        fn look(&self) -> Result<String> {
            if self.on.get() { Ok("on".into()) } else { Err(anyhow!("it is off")) }
        }
        fn ways(&self) -> Vec<Way> {
            let (on, works) = (Rc::clone(&self.on), self.works);
            vec![
                Way::new("wishing", || Err(anyhow!("wishes move nothing"))),
                Way::new("pressing", move || {
                    on.set(works);
                    Ok(())
                }),
            ]
        }
        fn by_hand(&self) -> String {
            "press harder".into()
        }
    }

    #[test]
    fn only_the_steps_of_the_places_are_taken() {
        let switches: Vec<Rc<Cell<bool>>> = (0..3).map(|_| Rc::default()).collect();
        let steps: Vec<Box<dyn Step>> =
            switches.iter().map(|on| Box::new(Switch { on: Rc::clone(on), works: true }) as Box<dyn Step>).collect();
        take_those(&steps, 1..3).unwrap();
        assert_eq!(switches.iter().map(|on| on.get()).collect::<Vec<_>>(), [false, true, true]);
    }

    #[test]
    fn the_second_way_is_taken_when_the_first_fails() {
        let on = Rc::new(Cell::new(false));
        take(&Switch { on: Rc::clone(&on), works: true }, "[1/1]").unwrap();
        assert!(on.get());
    }

    #[test]
    fn a_failure_says_the_step_the_reasons_and_what_to_do() {
        let error = take(&Switch { on: Rc::default(), works: false }, "[1/1]").unwrap_err().to_string();
        for part in ["[1/1] switch", "wishes move nothing", "it is off", "by hand: press harder"] {
            assert!(error.contains(part), "{part} is missing in: {error}");
        }
    }
}
