//! What can be wrong with DynamoDB, in sentences that say what to do. Of its own words only the code is used.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

use crate::StoreError;

/// Whether a condition did not hold, which is an answer.
pub(super) fn does_not_hold<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    error.code() == Some("ConditionalCheckFailedException")
}

pub(super) fn explain<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>, table: &str) -> StoreError {
    match error {
        SdkError::TimeoutError(_) => {
            StoreError::passing("DynamoDB does not answer within seconds: is something between it and us?")
        }
        SdkError::DispatchFailure(failure) if failure.is_timeout() => {
            StoreError::passing("DynamoDB does not take a connection within a second: is something between it and us?")
        }
        SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => StoreError::passing(
            "DynamoDB cannot be reached: look at AWS_REGION, AWS_ENDPOINT_URL_DYNAMODB and the network",
        ),
        SdkError::ConstructionFailure(_) => StoreError::lasting(
            "the request to DynamoDB cannot be made: look at AWS_REGION and AWS_ENDPOINT_URL_DYNAMODB",
        ),
        _ => refused(error.code().unwrap_or("no code"), table),
    }
}

fn refused(code: &str, table: &str) -> StoreError {
    let what = match code {
        "ResourceNotFoundException" => {
            return StoreError::lasting(format!("the table `{table}` is not there: make it, or look at AWS_REGION"));
        }
        "AccessDeniedException" => {
            "does not let these credentials use the table: allow GetItem, PutItem and Query on it"
        }
        "UnrecognizedClientException"
        | "InvalidSignatureException"
        | "IncompleteSignatureException"
        | "MissingAuthenticationTokenException"
        | "InvalidClientTokenId" => "does not accept AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
        "ExpiredTokenException" | "ExpiredToken" => "says that AWS_SESSION_TOKEN has expired: get new credentials",
        "ItemCollectionSizeLimitExceededException" => "has no room left for this room's log",
        "ProvisionedThroughputExceededException"
        | "ThrottlingException"
        | "RequestLimitExceeded"
        | "InternalServerError"
        | "ServiceUnavailable" => {
            return StoreError::passing(format!(
                "DynamoDB has too much to do ({code}): it usually is over within seconds"
            ));
        }
        _ => return StoreError::lasting(format!("DynamoDB does not do what Truce asks, it says {code}")),
    };
    StoreError::lasting(format!("DynamoDB {what}"))
}
