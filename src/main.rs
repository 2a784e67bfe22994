//! Mounts the page.

fn main() {
    replicarium::app::mount();
}
