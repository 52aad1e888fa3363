//! What the functions' `OpenAPI` descriptions have in common: the problems any request can meet, and who may call.

use crate::readiness::NotReadyBody;
use crate::{NoFields, ProblemBody};
use std::collections::BTreeMap;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, Modify, PartialSchema, ToSchema};

type Responses = BTreeMap<String, RefOr<Response>>;

macro_rules! problems {
    ($(#[$doc:meta])* $name:ident: $($status:literal $why:literal),+ $(,)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name;

        impl IntoResponses for $name {
            fn responses() -> Responses {
                BTreeMap::from([$(($status.to_owned(), problem($status, $why))),+])
            }
        }
    };
}

problems! {
    /// What any request can meet.
    Always: "413" "The body is too large", "500" "Something broke on our side", "503" "The store did not answer, or it took too long",
}

/// What a question for readiness can meet besides: to be put behind [`Always`].
#[derive(Debug, Clone, Copy)]
pub struct WhenNotReady;

impl IntoResponses for WhenNotReady {
    fn responses() -> Responses {
        let why = "It is not ready; or the store did not answer, or it took too long";
        BTreeMap::from([("503".to_owned(), described("503", why, &NotReadyBody::name()))])
    }
}

problems! {
    /// What a request with a JSON body can meet.
    WithBody: "400" "The request is not what the contract says; `detail` names the field", "415" "The body is not JSON",
}
problems! {
    /// What a request with parameters can meet.
    WithParameters: "400" "The request is not what the contract says; `detail` names the parameter",
}
problems! {
    /// What a request that needs an organiser's key or an invite can meet.
    WithSecret: "401" "The key or the invite does not hold", "429" "Too many attempts",
}
problems! {
    /// What a request that needs a session can meet.
    WithSession: "401" "The session does not hold", "403" "A cookie was used from another site", "429" "Too much at once",
}

fn problem(status: &str, why: &str) -> RefOr<Response> {
    described(status, why, &ProblemBody::name())
}

fn described(status: &str, why: &str, body: &str) -> RefOr<Response> {
    let schema = Ref::from_schema_name(body);
    let mut response = ResponseBuilder::new()
        .description(why)
        .content("application/problem+json", ContentBuilder::new().schema(Some(schema)).build());
    if matches!(status, "429" | "503") {
        let seconds = ObjectBuilder::new().schema_type(Type::Integer).build();
        response = response
            .header("Retry-After", HeaderBuilder::new().schema(Some(seconds)).description(Some("Seconds")).build());
    }
    RefOr::T(response.build())
}

/// How long to wait: 0 or more, without an upper end.
pub fn any_wait() -> utoipa::openapi::schema::Object {
    let description = "How long to wait for news, in seconds; what is over the host's limit is cut to it";
    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).description(Some(description)).build()
}

/// Adds to a function's description what every function has.
#[derive(Debug, Clone, Copy)]
pub struct Common;

impl Modify for Common {
    fn modify(&self, api: &mut OpenApi) {
        let components = api.components.get_or_insert_default();
        components.schemas.insert(ProblemBody::name().into_owned(), ProblemBody::schema());
        components.schemas.insert(NotReadyBody::name().into_owned(), NotReadyBody::schema());
        let mut nested = Vec::new();
        ProblemBody::schemas(&mut nested);
        NotReadyBody::schemas(&mut nested);
        components.schemas.extend(nested);
        components.schemas.insert(NoFields::name().into_owned(), NoFields::schema());
        let bearer = |what: &str| {
            SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(what)).build())
        };
        components.add_security_scheme("organiser", bearer("An organiser's key, one of TRUCE_ORGANISER_KEYS"));
        components.add_security_scheme("session", bearer("The session that POST /redeem gave"));
        let cookie = ApiKeyValue::with_description(
            crate::auth::COOKIE,
            "The browser's session; changes need an Origin of this host",
        );
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
}
