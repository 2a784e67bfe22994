//! What two runs have in common before anything happens, and in what they differ.

use super::contender::Contender;
use crate::session::{Scenario, Session, TimedCommand};
use crate::sim::Time;
use crate::text::shortened;

/// In how many things runs may differ before the rest is only counted.
const DIFFERENCES_TOLD: usize = 3;

/// Something in which two runs are the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// What it is, such as `seed 61` or `faults and plan`.
    pub what: String,
    /// More about it, or nothing.
    pub detail: String,
}

/// Something in which two runs differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contrast {
    /// What it is: the key of a setting such as `policy.acks`, or `seed`, `plan`, `random faults` or `commands`.
    pub key: String,
    /// What it is in A.
    pub a: String,
    /// What it is in B.
    pub b: String,
}

/// What two runs have in common, and in what they differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setup {
    /// What is the same.
    pub same: Vec<Shared>,
    /// What differs; empty for two runs that are the same.
    pub different: Vec<Contrast>,
}

impl Setup {
    pub(super) fn of(worlds: &[Contender; 2]) -> Self {
        let [a, b] = [worlds[0].session(), worlds[1].session()];
        let mut setup = Self::default();
        setup.add("seed", a.seed().to_string(), b.seed().to_string(), |seed| (format!("seed {seed}"), String::new()));
        let settings = different_settings(a.scenario(), b.scenario());
        let (plan_a, plan_b) = (&a.scenario().plan, &b.scenario().plan);
        setup.add_steps("plan", plan_a == plan_b, [plan_a.len(), plan_b.len()], || plan(a));
        if a.scenario().chaos.is_some() || b.scenario().chaos.is_some() {
            let (one, two) = (&a.scenario().chaos, &b.scenario().chaos);
            let count = |is_there: bool| usize::from(is_there);
            setup.add_steps("random faults", one == two, [count(one.is_some()), count(two.is_some())], String::new);
        }
        let [of_a, of_b] = [commands(&worlds[0]), commands(&worlds[1])];
        setup.add_steps("commands", of_a == of_b, [of_a.len(), of_b.len()], String::new);
        if settings.iter().all(|contrast| !contrast.key.starts_with("clients")) {
            let workloads = a.scenario().settings.clients.iter().filter(|client| client.workload.is_some()).count();
            if workloads > 0 {
                setup
                    .same
                    .push(Shared { what: "operations".to_owned(), detail: "from the clients' workloads".to_owned() });
            }
        }
        setup.different.extend(settings);
        setup
    }

    fn add(&mut self, key: &str, a: String, b: String, told: impl Fn(&str) -> (String, String)) {
        if a == b {
            let (what, detail) = told(&a);
            self.same.push(Shared { what, detail });
        } else {
            self.different.push(Contrast { key: key.to_owned(), a, b });
        }
    }

    /// Adds some steps, unless neither has any.
    fn add_steps(&mut self, key: &str, is_same: bool, [a, b]: [usize; 2], detail: impl Fn() -> String) {
        if is_same && a > 0 {
            self.same.push(Shared { what: key.to_owned(), detail: detail() });
        } else if !is_same {
            let count = |count: usize| if count == 0 { "none".to_owned() } else { count.to_string() };
            self.different.push(Contrast { key: key.to_owned(), a: count(a), b: count(b) });
        }
    }

    /// What differs, in one line.
    #[must_use]
    pub fn difference(&self) -> String {
        let mut keys: Vec<String> = self
            .different
            .iter()
            .take(DIFFERENCES_TOLD)
            .map(|contrast| shortened(&contrast.key).into_owned())
            .collect();
        let more = self.different.len().saturating_sub(DIFFERENCES_TOLD);
        if more > 0 {
            keys.push(format!("{more} more"));
        }
        match keys.as_slice() {
            [] => "nothing".to_owned(),
            [one] => one.clone(),
            [first @ .., last] => format!("{} and {last}", first.join(", ")),
        }
    }

    /// What each of the worlds is called where one setting is all that differs, as in `acks = none`.
    #[must_use]
    pub fn labels(&self) -> Option<[String; 2]> {
        let [only] = self.different.as_slice() else { return None };
        if !only.key.contains('.') {
            return None;
        }
        let name = only.key.rsplit('.').next().unwrap_or(&only.key);
        Some([&only.a, &only.b].map(|value| format!("{name} = {}", shortened(value))))
    }
}

/// The commands of a run, at the times of the visible clock; those that it is yet to be given among them.
fn commands(world: &Contender) -> Vec<TimedCommand> {
    let session = world.session();
    let timed = |timed: &TimedCommand| TimedCommand {
        at: Time::ZERO + timed.at.since(session.start()),
        command: timed.command.clone(),
    };
    session.commands().iter().map(timed).chain(world.to_come().cloned()).collect()
}

/// The plan in short.
fn plan(session: &Session) -> String {
    match session.scenario().plan.as_slice() {
        [] => String::new(),
        [first] => format!("1 step, at {}", first.at),
        [first, .., last] => {
            format!("{} steps, from {} to {}", session.scenario().plan.len(), first.at, last.at)
        }
    }
}

/// The settings in which two scenarios differ in effect: one that is named in one of them only, with its usual value, is
/// no difference.
fn different_settings(a: &Scenario, b: &Scenario) -> Vec<Contrast> {
    let (named_a, named_b) = (a.named_settings(), b.named_settings());
    let value = |named: &[(String, String)], key: &str| {
        named.iter().find(|(known, _)| known == key).map(|(_, value)| value.clone())
    };
    let mut keys: Vec<&str> = named_a.iter().map(|(key, _)| key.as_str()).collect();
    keys.extend(named_b.iter().map(|(key, _)| key.as_str()).filter(|key| value(&named_a, key).is_none()));
    let mut different = Vec::new();
    for key in keys {
        let (of_a, of_b) = (value(&named_a, key), value(&named_b, key));
        let is_same = match (&of_a, &of_b) {
            (Some(one), Some(two)) => one == two,
            (Some(named), None) => changes_nothing(b, key, named),
            (None, Some(named)) => changes_nothing(a, key, named),
            (None, None) => true,
        };
        if !is_same {
            let told = |value: Option<String>, scenario: &Scenario| {
                // An entry of a list that is not there has no usual value.
                let usual = if key.contains('[') { "none" } else { "default" };
                value.or_else(|| scenario.rule(key)).unwrap_or_else(|| usual.to_owned())
            };
            different.push(Contrast { key: key.to_owned(), a: told(of_a, a), b: told(of_b, b) });
        }
    }
    different
}

fn changes_nothing(scenario: &Scenario, key: &str, value: &str) -> bool {
    scenario.set(key, value).is_ok_and(|set| set.settings == scenario.settings && set.files == scenario.files)
}
