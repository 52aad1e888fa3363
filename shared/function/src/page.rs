//! A page, whole in one answer.
use axum::response::{Html, IntoResponse, Response};
/// A page.
#[derive(Clone)]
pub struct Page(&'static str);
impl Page {
    /// A page.
    pub fn new(html: &'static str) -> Self {
        Self(html)
    }
}
impl IntoResponse for Page {
    fn into_response(self) -> Response {
        Html(self.0).into_response()
    }
}
