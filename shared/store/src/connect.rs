//! Which store a setting means: `TRUCE_STORE`, the same on every host.

use std::sync::Arc;

#[cfg(not(target_family = "wasm"))]
use crate::MemoryStore;
use crate::{Store, StoreError};

/// What this build can be told to use, for the sentence that refuses anything else.
const KINDS: &[&str] = &[
    #[cfg(feature = "sqlite")]
    "sqlite:PATH",
    #[cfg(any(feature = "redis", all(feature = "spin", target_arch = "wasm32")))]
    "redis://HOST:PORT",
    #[cfg(any(feature = "redis", all(feature = "spin", target_arch = "wasm32")))]
    "rediss://USER:PASSWORD@HOST:PORT",
    #[cfg(feature = "dynamodb")]
    "dynamodb:TABLE",
    #[cfg(all(feature = "spin", target_arch = "wasm32"))]
    "spin-sqlite:LABEL",
    #[cfg(not(target_family = "wasm"))]
    "memory",
];

/// The store that `spec`, the setting `TRUCE_STORE`, names: `sqlite:PATH`, `redis://…` or `rediss://…`, `dynamodb:TABLE`,
/// `spin-sqlite:LABEL`, or `memory`, which no deployment may use and no component has.
///
/// Only a file is opened now; a server that is not there is [`StoreError::Unavailable`] when it is asked for something.
/// Opening a file blocks, at most about ten seconds while another process holds its lock: call it while starting.
///
/// # Errors
///
/// [`StoreError::Unavailable`] with a sentence that says what to write, if `spec` is no such text or names what this
/// build does not have; and what opening the store says. It never repeats what may be a password.
pub async fn connect(spec: &str) -> Result<Arc<dyn Store>, StoreError> {
    match spec.split_once(':') {
        #[cfg(feature = "sqlite")]
        Some(("sqlite", path)) if !path.is_empty() => Ok(Arc::new(crate::SqliteStore::open(path)?)),
        #[cfg(feature = "redis")]
        Some(("redis" | "rediss", _)) => Ok(Arc::new(crate::RedisStore::open(spec)?)),
        #[cfg(all(feature = "spin", target_arch = "wasm32", not(feature = "redis")))]
        Some(("redis" | "rediss", _)) => Ok(Arc::new(crate::SpinRedisStore::open(spec)?)),
        #[cfg(feature = "dynamodb")]
        Some(("dynamodb", table)) => Ok(Arc::new(crate::DynamoStore::open(table).await?)),
        #[cfg(all(feature = "spin", target_arch = "wasm32"))]
        Some(("spin-sqlite", label)) if !label.is_empty() => Ok(Arc::new(crate::SpinSqliteStore::open(label)?)),
        // Instances of a component come and go, and each would have a memory of its own.
        #[cfg(not(target_family = "wasm"))]
        None if spec == "memory" => Ok(Arc::new(MemoryStore::new())),
        _ => Err(unknown(spec)),
    }
}

/// Names what there is instead. Of `spec` only what stands before the first colon, and only if it is a plain word.
fn unknown(spec: &str) -> StoreError {
    let kind = spec.split(':').next().unwrap_or_default();
    let plain =
        !kind.is_empty() && kind.len() <= 16 && kind.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    let named = if plain { format!("names `{kind}`, which") } else { "names nothing that".to_owned() };
    StoreError::lasting(format!("TRUCE_STORE {named} this build does not have: write one of {}", KINDS.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_this_build_lacks_is_refused_with_what_it_has() {
        for spec in
            ["", "mongodb:x", "sqlite:", "memory:", "postgres://ana:CANARY@host/db", "CANARY", "spin-sqlite:default"]
        {
            let error = connect(spec).await.err().expect("refused").to_string();
            assert!(error.ends_with(&format!("write one of {}", KINDS.join(", "))), "{error}");
            assert!(!error.contains("CANARY"), "{error}");
        }
        let error = connect("mongodb:x").await.err().expect("refused").to_string();
        assert!(error.contains("TRUCE_STORE names `mongodb`, which this build does not have"), "{error}");
    }

    #[tokio::test]
    async fn memory_is_always_there() {
        assert_eq!(connect("memory").await.expect("there").ping().await, Ok(()));
    }

    #[cfg(feature = "redis")]
    #[tokio::test]
    async fn no_password_is_ever_shown() {
        for spec in
            ["redis://ana:CANARY@:99999999", "rediss://ana:CANARY@", "redis:CANARY", "redis://ana:CANARY@host/CANARY"]
        {
            let Err(error) = connect(spec).await else { continue };
            assert!(!format!("{error:?} {error}").contains("CANARY"), "{error:?}");
        }
        let store = crate::RedisStore::open("redis://ana:CANARY@127.0.0.1:1/0").expect("an address");
        assert_eq!(format!("{store:?}"), "RedisStore(127.0.0.1:1)");
        let error = store.ping().await.expect_err("nobody is there");
        assert!(!format!("{error:?} {error}").contains("CANARY"), "{error:?}");
    }
}
