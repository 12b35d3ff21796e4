//! The way from an authority's certificate to the trusted root.

use super::certificate::{Certificate, Root};
use super::{Time, TimestampError};

/// The most certificates on the way, root included.
const MAX_LENGTH: usize = 8;

/// The most signatures that are verified in search of a way, as a token's certificates may be made to lead in circles.
const MAX_SIGNATURES: usize = 64;

/// Finds certificates of `between` that lead from the authority to the root, all of them valid at `time`.
pub(super) fn lead_to(
    root: &Root,
    authority: &Certificate,
    between: &[Certificate],
    time: &Time,
) -> Result<(), TimestampError> {
    authority.refuse_outside(time)?;
    if authority == root.certificate() {
        return Ok(());
    }
    let mut search = Search {
        root: root.certificate(),
        between,
        time,
        signatures: 0,
        refused: None,
    };
    match search.climb(authority, 0) {
        true => Ok(()),
        false => Err(search.refused.unwrap_or_else(|| TimestampError::NoPath {
            subject: authority.subject(),
            root: root.subject(),
        })),
    }
}

struct Search<'a> {
    root: &'a Certificate,
    between: &'a [Certificate],
    time: &'a Time,
    signatures: usize,
    /// Why the last step that might have led on was refused.
    refused: Option<TimestampError>,
}

impl Search<'_> {
    /// Whether a way leads up from a certificate with `below` authorities under its issuer.
    fn climb(&mut self, from: &Certificate, below: usize) -> bool {
        if below + 2 > MAX_LENGTH {
            return false;
        }
        if from.names_as_issuer(self.root) && self.step(from, self.root, below) {
            return true;
        }
        let between = self.between;
        between.iter().any(|issuer| {
            issuer != from
                && issuer != self.root
                && from.names_as_issuer(issuer)
                && self.step(from, issuer, below)
                && self.climb(issuer, below + 1)
        })
    }

    fn step(&mut self, from: &Certificate, issuer: &Certificate, below: usize) -> bool {
        self.signatures += 1;
        if self.signatures > MAX_SIGNATURES {
            return false;
        }
        let held = issuer
            .refuse_as_issuer(below)
            .and_then(|()| issuer.refuse_outside(self.time))
            .and_then(|()| from.verify_issued_by(issuer));
        match held {
            Ok(()) => true,
            Err(error) => {
                self.refused = Some(error);
                false
            }
        }
    }
}
