//! Amazon's SDK, as small as it gets and never waited for longer than seconds.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{
    BehaviorVersion, Config, ConfigBag, Credentials, Intercept, Region, RuntimeComponents, SharedHttpClient,
};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::query::QueryOutput;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::item::{Attributes, Item, Key, whole};
use super::trouble::{self, explain};
use crate::StoreError;

/// The longest wait for a connection; for an answer, with that; and for an answer after repetitions.
const CONNECT: Duration = Duration::from_secs(1);
const ATTEMPT: Duration = Duration::from_secs(2);
const OPERATION: Duration = Duration::from_secs(3);

/// How often a request is sent, at most, and about how long it waits the first time it failed.
const ATTEMPTS: u32 = 3;
const BACKOFF: Duration = Duration::from_millis(25);

/// Requests of this process that are on their way at the same time, each on a connection: thousands a second, as fast as
/// DynamoDB answers. More would only wait there instead of here.
const AT_ONCE: usize = 16;

/// The longest wait for one of those places and the answer together.
const LIMIT: Duration = Duration::from_secs(5);

/// What came of a conditional put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Put {
    Done,
    /// The condition does not hold.
    Refused,
    /// The condition does not hold, but it was sent more than once: an answer may have been lost, and what is there now
    /// may be what we put.
    RefusedOnceMore,
}

/// Counts how often a request is sent.
#[derive(Debug, Clone, Default)]
struct Sent(Arc<AtomicU32>);

impl Sent {
    fn once(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 1
    }
}

impl Intercept for Sent {
    fn name(&self) -> &'static str {
        "Sent"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

/// What the SDK holds while it waits is large, so it is boxed.
pub(super) type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// A table, and how to reach it.
pub(super) struct Client {
    sdk: aws_sdk_dynamodb::Client,
    table: String,
    at_once: Semaphore,
}

impl Client {
    pub(super) fn from_lookup(table: &str, lookup: impl Fn(&str) -> Option<String>) -> Result<Self, StoreError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
        if !(3..=255).contains(&table.len()) || !table.bytes().all(allowed) {
            return Err(StoreError::lasting(
                "TRUCE_STORE=dynamodb:TABLE names no table: 3 to 255 letters, digits, `_`, `.` and `-`",
            ));
        }
        let set = |names: &[&str]| names.iter().find_map(|name| lookup(name).filter(|value| !value.is_empty()));
        let (Some(id), Some(secret)) = (set(&["AWS_ACCESS_KEY_ID"]), set(&["AWS_SECRET_ACCESS_KEY"])) else {
            return Err(StoreError::lasting(
                "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set: AWS Lambda sets them, elsewhere you do",
            ));
        };
        let region = set(&["AWS_REGION", "AWS_DEFAULT_REGION"])
            .ok_or_else(|| StoreError::lasting("AWS_REGION is not set: name the region of the table"))?;
        let mut config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(http_client())
            .region(Region::new(region))
            .credentials_provider(Credentials::new(id, secret, set(&["AWS_SESSION_TOKEN"]), None, "environment"))
            .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(BACKOFF))
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(CONNECT)
                    .operation_attempt_timeout(ATTEMPT)
                    .operation_timeout(OPERATION)
                    .build(),
            );
        config.set_endpoint_url(set(&["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"]));
        Ok(Self {
            sdk: aws_sdk_dynamodb::Client::from_conf(config.build()),
            table: table.to_owned(),
            at_once: Semaphore::new(AT_ONCE),
        })
    }

    pub(super) fn table(&self) -> &str {
        &self.table
    }

    /// With one of the places, and within the limit.
    fn in_turn<'a, T: Send + 'a>(
        &'a self,
        request: impl Future<Output = Result<T, StoreError>> + Send + 'a,
    ) -> Answer<'a, T> {
        Box::pin(async move {
            let in_turn = async {
                let _place = self.at_once.acquire().await.map_err(|_| StoreError::lasting("the store is closed"))?;
                request.await
            };
            let late = |_| Err(StoreError::passing("more is asked of DynamoDB than it answers: ask again"));
            timeout(LIMIT, in_turn).await.unwrap_or_else(late)
        })
    }

    /// What is there now, not a while ago.
    pub(super) fn get(&self, key: &Key) -> Answer<'_, Option<Attributes>> {
        let request = self.sdk.get_item().table_name(&self.table).set_key(Some(key.attributes()));
        self.in_turn(async move {
            let found = request.consistent_read(true).send().await;
            Ok(found.map_err(|error| explain(&error, &self.table))?.item)
        })
    }

    pub(super) fn put(&self, item: Item) -> Answer<'_, ()> {
        let request = self.sdk.put_item().table_name(&self.table).set_item(Some(item.0));
        self.in_turn(async move { request.send().await.map(drop).map_err(|error| explain(&error, &self.table)) })
    }

    /// Puts it if `condition` holds, in which the attribute `name`, if it names one, is compared with `:n`.
    pub(super) fn put_if(&self, item: Item, condition: &str, name: &str, n: u64) -> Answer<'_, Put> {
        let mut request = self.sdk.put_item().table_name(&self.table).set_item(Some(item.0));
        request = request.condition_expression(condition);
        if condition.contains(":n") {
            request = request.expression_attribute_names(format!("#{name}"), name);
            request = request.expression_attribute_values(":n", whole(n));
        }
        let sent = Sent::default();
        self.in_turn(async move {
            match request.customize().interceptor(sent.clone()).send().await {
                Ok(_) => Ok(Put::Done),
                Err(error) if trouble::does_not_hold(&error) && sent.once() => Ok(Put::Refused),
                Err(error) if trouble::does_not_hold(&error) => Ok(Put::RefusedOnceMore),
                Err(error) => Err(explain(&error, &self.table)),
            }
        })
    }

    /// Some of the items that `ask` asks for, and from where to go on if there are more.
    pub(super) fn query(&self, ask: impl FnOnce(QueryFluentBuilder) -> QueryFluentBuilder) -> Answer<'_, QueryOutput> {
        let request = ask(self.sdk.query().table_name(&self.table).consistent_read(true));
        self.in_turn(async move { request.send().await.map_err(|error| explain(&error, &self.table)) })
    }
}

/// Not the SDK's default, which brings aws-lc: docs/decisions has the sizes.
fn http_client() -> SharedHttpClient {
    Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https()
}
