//! The join page, and how to put Truce on a wrist. Opening either changes nothing: link previews open pages too.

use axum::Extension;
use std::sync::Arc;
use truce_function::Environment;
use truce_function::openapi::Always;
use truce_function::page::Page;

/// This function's pages, put together once.
#[derive(Clone)]
pub(crate) struct Pages(Arc<[Page; 2]>);

impl Pages {
    pub(crate) fn new(env: &Environment) -> Self {
        let join = truce_function::page!("../pages/join").with_model(env);
        Self(Arc::new([join, truce_function::page!("../pages/install")]))
    }
}

/// The join page
#[utoipa::path(get, path = "/j", tag = "redeem-token",
    responses((status = 200, description = "A page", body = String, content_type = "text/html"), Always))]
pub(crate) async fn join(Extension(pages): Extension<Pages>) -> Page {
    pages.0[0].clone()
}

/// How to put Truce on a wrist
#[utoipa::path(get, path = "/install", tag = "redeem-token",
    responses((status = 200, description = "A page", body = String, content_type = "text/html"), Always))]
pub(crate) async fn install(Extension(pages): Extension<Pages>) -> Page {
    pages.0[1].clone()
}
