//! The redeem-token function.
