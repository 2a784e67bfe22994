//! What expectations count.

use replicarium::session::{Fulfilment, Scenario};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{HEAD, run};

/// Who finds no file after its deletion was acknowledged has found the newest there is.
#[wasm_bindgen_test(unsupported = test)]
fn a_read_of_a_deleted_file_is_stale_only_if_it_was_written_since() {
    let rest = "until = \"3 s\"
[cluster]
zones = [\"A\", \"B\", \"C\"]
[policy]
acks = 1
drop_after = \"1 min\"
[[files]]
name = \"a\"
text = \"one\"
[[at]]
time = \"200 ms\"
delete = \"a\"
[[at]]
time = \"600 ms\"
read = { file = \"a\" }
[[at]]
time = \"900 ms\"
read = { file = \"a\", from = \"S3\" }
[[at]]
time = \"1 s\"
cut = [\"S1\", \"S3\"]
[[at]]
time = \"1.1 s\"
write = { file = \"a\", text = \"two\" }
[[at]]
time = \"1.5 s\"
read = { file = \"a\" }
[[at]]
time = \"1.8 s\"
read = { file = \"a\", from = \"S3\" }
[[expect]]
time = \"1.7 s\"
count = \"stale reads\"
at_most = 0
[[expect]]
count = \"stale reads\"
at_least = 1
at_most = 1
";
    let scenario = Scenario::parse("x.toml", &format!("{HEAD}{rest}")).map_err(|error| error.to_string());
    let session = run(&std::sync::Arc::new(scenario.expect("the scenario is good")));
    for result in session.check_expectations() {
        assert_eq!(result.fulfilment, Fulfilment::Met, "{}", result.sentence);
    }
    assert_eq!(session.metrics().stale_reads, 1);
}
