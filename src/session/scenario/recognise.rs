//! Whether a file is meant as a scenario, whatever is wrong with it.

/// Whether somebody meant this text as a scenario: a TOML file that names the version of its format before any
/// section, as scenarios begin, or that has a section `cluster`.
pub(super) fn is_meant(file_name: &str, source: &str) -> bool {
    if !file_name.to_ascii_lowercase().ends_with(".toml") {
        return false;
    }
    let mut before_sections = true;
    for line in source.lines().map(str::trim_start) {
        if line.starts_with('[') {
            before_sections = false;
            if line.starts_with("[cluster]") || line.starts_with("[cluster.") {
                return true;
            }
        }
        let key = line.split_once('=').map(|(key, _)| key.trim_end());
        if before_sections && key == Some("version") {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_is_known_by_its_version_or_its_cluster_even_with_a_mistake_in_it() {
        assert!(is_meant("slow.toml", "version = 1\ntitle = \"A slow zone"));
        assert!(is_meant("C:\\SLOW.TOML", "title = \"x\"\n[cluster]\nzones = [\"A\"]"));
        assert!(is_meant("slow.toml", "version=2"));
    }

    #[test]
    fn other_files_are_files() {
        assert!(!is_meant("Cargo.toml", "[package]\nname = \"x\"\nversion = \"0.1.0\"\n"));
        assert!(!is_meant("notes.txt", "version = 1\n"));
        assert!(!is_meant("rustfmt.toml", "max_width = 120\n"));
    }
}
