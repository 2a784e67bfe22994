//! The TypeScript types of what goes into the engine. What comes out has types made from [`crate::report`].

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("types.d.ts");

/// Each command of the types is one of the scenario format, field by field, and the other way round.
#[cfg(all(test, feature = "schema"))]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use crate::session::scenario_schema;

    /// The words that stand before a colon: the names of fields.
    fn names_of_fields(text: &str) -> BTreeSet<String> {
        let code = text.lines().filter(|line| !line.trim_start().starts_with("/**")).collect::<Vec<_>>().join("\n");
        let parts = code.split(':').map(|part| part.trim_end_matches('?'));
        let last_word = |part: &str| {
            let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
            part.rsplit(|letter: char| !is_letter(letter)).next().unwrap_or_default().to_owned()
        };
        let mut names: BTreeSet<String> = parts.map(last_word).filter(|name| !name.is_empty()).collect();
        // What follows the last colon is no field.
        names.remove("");
        names
    }

    fn properties(schema: &Value) -> BTreeSet<String> {
        schema["properties"].as_object().expect("a form has fields").keys().cloned().collect()
    }

    #[test]
    fn commands_have_the_fields_of_the_scenario_format() {
        let schema: Value = serde_json::from_str(&scenario_schema()).unwrap();
        let forms = &schema["$defs"];
        let commands =
            include_str!("types.d.ts").split("interface Commands {").nth(1).unwrap().split("\n}").next().unwrap();
        let mut expected = properties(&forms["At"]);
        assert!(expected.remove("time"));
        for form in ["AddServer", "Write", "Read", "Rot", "DiskCondition", "ClockSkew", "OneWay", "Partition", "Link"] {
            expected.extend(properties(&forms[form]));
        }
        assert_eq!(names_of_fields(commands), expected);
    }
}
