//! The issue-qr function.
