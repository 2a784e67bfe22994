//! Fetches the texts of the course, each when it is opened.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

use crate::app::browser::dom;

/// Where the texts are, beside the page.
const FOLDER: &str = "exercises";

/// The text of a file of the course.
///
/// # Errors
/// If it can't be fetched; the sentence says why.
pub(crate) async fn text(file: &str) -> Result<String, String> {
    let window = dom::window().ok_or("there is no window")?;
    let failed = |_| format!("{file} can't be loaded: is the network gone?");
    let answer = JsFuture::from(window.fetch_with_str(&format!("{FOLDER}/{file}"))).await.map_err(failed)?;
    let answer: Response = answer.dyn_into().map_err(failed)?;
    if !answer.ok() {
        return Err(format!("there is no {file} in this course"));
    }
    let text = JsFuture::from(answer.text().map_err(failed)?).await.map_err(failed)?;
    text.as_string().ok_or_else(|| format!("{file} is no text"))
}
