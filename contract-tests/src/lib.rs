//! The journeys every host must pass.
