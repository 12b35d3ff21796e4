//! The case around an examination: commitments, plan, log, bundle, replay.
