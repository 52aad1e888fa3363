//! `truce openapi`: the description of the API, put together from the functions' own.

use crate::failure::Failure;
use crate::functions;
use std::io::Write as _;
use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(info(
    title = "Truce",
    description = "A mediator for teams who have stopped getting along, worn on the wrist. docs/wire.md tells the story around this.",
    license(name = "Apache-2.0 OR MIT", identifier = "Apache-2.0 OR MIT")
))]
struct Truce;

pub(crate) fn print() -> Result<(), Failure> {
    let mut api = Truce::openapi();
    for function in functions::apis() {
        api.merge(function);
    }
    let text = api.to_pretty_json().map_err(|error| Failure::Wrong(error.to_string()))?;
    Ok(writeln!(std::io::stdout(), "{text}")?)
}
