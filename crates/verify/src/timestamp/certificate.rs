//! Certificates: what they may be used for, when, and the bytes that their issuer signed.

use super::algorithm::{Scheme, verify};
use super::read::{Fields, oid};
use super::{Time, TimestampError};
use der::asn1::ObjectIdentifier;
use der::{Decode, DecodePem, Encode};
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectKeyIdentifier};

/// The longest certificate that is read, in bytes.
const MAX_CERTIFICATE: usize = 64 * 1024;

/// `id-kp-timeStamping` and `anyExtendedKeyUsage` (RFC 5280, section 4.2.1.12).
const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";
const ANY_USAGE: &str = "2.5.29.37.0";

/// Critical extensions whose meaning is known here: key usage, basic constraints, certificate policies (any policy will do),
/// extended key usage.
const UNDERSTOOD: [&str; 4] = ["2.5.29.15", "2.5.29.19", "2.5.29.32", "2.5.29.37"];

/// The certificate that the caller trusts.
#[derive(Clone, Debug)]
pub struct Root(Certificate);

impl Root {
    /// Reads a certificate of PEM or DER.
    ///
    /// # Errors
    /// When it is none, or PEM holds more than one.
    pub fn parse(bytes: &[u8]) -> Result<Self, TimestampError> {
        let refused = |error: der::Error| TimestampError::Certificate {
            why: error.to_string(),
        };
        if bytes.len() > 2 * MAX_CERTIFICATE {
            return Err(TimestampError::Certificate {
                why: "it is too long".to_owned(),
            });
        }
        // Whatever stands before the first line of dashes is a comment.
        let begin = b"-----BEGIN ";
        let pem = bytes.windows(begin.len()).position(|part| part == begin);
        match pem {
            None => Certificate::parse(bytes).map(Self),
            Some(from) => {
                let certificate = x509_cert::Certificate::from_pem(&bytes[from..]);
                let der = certificate.and_then(|certificate| certificate.to_der());
                Certificate::parse(&der.map_err(refused)?).map(Self)
            }
        }
    }

    /// Its name.
    #[must_use]
    pub fn subject(&self) -> String {
        self.0.subject()
    }

    pub(super) fn certificate(&self) -> &Certificate {
        &self.0
    }
}

/// A certificate and its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Certificate {
    pub(super) der: Vec<u8>,
    parsed: x509_cert::Certificate,
}

impl Certificate {
    pub(super) fn parse(der: &[u8]) -> Result<Self, TimestampError> {
        let refused = |why: String| TimestampError::Certificate { why };
        if der.len() > MAX_CERTIFICATE {
            return Err(refused("it is too long".to_owned()));
        }
        let parsed = x509_cert::Certificate::from_der(der).map_err(|e| refused(e.to_string()))?;
        let der = der.to_vec();
        Ok(Self { der, parsed })
    }

    /// Its name as RFC 4514 writes it.
    pub(super) fn subject(&self) -> String {
        self.parsed.tbs_certificate().subject().to_string()
    }

    /// Whether its issuer has the other's name.
    pub(super) fn names_as_issuer(&self, other: &Self) -> bool {
        let issuer = self.parsed.tbs_certificate().issuer();
        issuer == other.parsed.tbs_certificate().subject()
    }

    /// Whether issuer and serial number are these, both in DER.
    pub(super) fn is_of(&self, issuer: &[u8], serial: &[u8]) -> bool {
        let tbs = self.parsed.tbs_certificate();
        let same = |value: der::Result<Vec<u8>>, other| value.is_ok_and(|value| value == other);
        same(tbs.issuer().to_der(), issuer) && same(tbs.serial_number().to_der(), serial)
    }

    /// Whether its subject key identifier is this.
    pub(super) fn has_key_id(&self, id: &[u8]) -> bool {
        let found = self.parsed.tbs_certificate().get_extension();
        let found = found.ok().flatten();
        found.is_some_and(|(_, SubjectKeyIdentifier(found))| found.as_bytes() == id)
    }

    /// The public key with its algorithm, in DER.
    pub(super) fn public_key(&self) -> Result<Vec<u8>, TimestampError> {
        let key = self.parsed.tbs_certificate().subject_public_key_info();
        key.to_der().map_err(|error| TimestampError::Certificate {
            why: error.to_string(),
        })
    }

    /// Verifies the issuer's signature over this certificate.
    pub(super) fn verify_issued_by(&self, issuer: &Self) -> Result<(), TimestampError> {
        let by = issuer.subject();
        let outer = self.parsed.signature_algorithm();
        if outer != self.parsed.tbs_certificate().signature() {
            let why = "its certificate names two algorithms".to_owned();
            return Err(TimestampError::Algorithm { by, why });
        }
        // What was signed are the bytes as they are, not what they were understood as.
        let signed = Fields::of_sequence(&self.der, "a certificate")?.any()?;
        let signature = self.parsed.signature().as_bytes().unwrap_or_default();
        let scheme = Scheme::of(&outer.oid, None);
        let over = format!("the certificate of {}", self.subject());
        verify(&issuer.public_key()?, scheme, signed, signature, &by, &over)
    }

    /// Says no to a certificate that does not hold at that time.
    pub(super) fn refuse_outside(&self, time: &Time) -> Result<(), TimestampError> {
        let validity = self.parsed.tbs_certificate().validity();
        let (from, to) = (validity.not_before, validity.not_after);
        let valid = from.to_unix_duration()..=to.to_unix_duration();
        match valid.contains(&time.since_1970()) {
            true => Ok(()),
            false => Err(TimestampError::NotValidThen {
                subject: self.subject(),
                time: *time,
            }),
        }
    }

    /// Says no to a certificate that is not for timestamping and that alone (RFC 3161, section 2.3).
    pub(super) fn refuse_other_than_timestamping(&self) -> Result<(), TimestampError> {
        self.refuse_unknown_critical()?;
        let usage = self.extension::<ExtendedKeyUsage>()?;
        let alone = |usage: &ExtendedKeyUsage| usage.0 == [oid(TIME_STAMPING)];
        if !usage.is_some_and(|(critical, usage)| critical && alone(&usage)) {
            return Err(self.may_not("is not, critically, for timestamping alone"));
        }
        match self.extension::<KeyUsage>()? {
            Some((_, usage)) if !usage.digital_signature() && !usage.non_repudiation() => {
                Err(self.may_not("is not for signatures"))
            }
            _ => Ok(()),
        }
    }

    /// Says no to a certificate that may not issue others, or not with so many authorities below it.
    pub(super) fn refuse_as_issuer(&self, below: usize) -> Result<(), TimestampError> {
        self.refuse_unknown_critical()?;
        let Some((_, basic)) = self.extension::<BasicConstraints>()?.filter(|(_, b)| b.ca) else {
            return Err(self.may_not("is no authority's"));
        };
        if basic
            .path_len_constraint
            .is_some_and(|most| below > usize::from(most))
        {
            return Err(self.may_not("allows fewer authorities below it"));
        }
        let usage = self.extension::<KeyUsage>()?;
        if usage.is_some_and(|(_, usage)| !usage.key_cert_sign()) {
            return Err(self.may_not("is not for signing certificates"));
        }
        let allowed = [oid(TIME_STAMPING), oid(ANY_USAGE)];
        let fits = |usage: &ExtendedKeyUsage| usage.0.iter().any(|one| allowed.contains(one));
        match self.extension::<ExtendedKeyUsage>()? {
            Some((_, usage)) if !fits(&usage) => Err(self.may_not("is not for timestamping")),
            _ => Ok(()),
        }
    }

    fn refuse_unknown_critical(&self) -> Result<(), TimestampError> {
        let extensions = self.parsed.tbs_certificate().extensions();
        let known = |id: &ObjectIdentifier| UNDERSTOOD.iter().any(|known| *id == oid(known));
        let unknown = extensions
            .iter()
            .flat_map(|list| list.iter())
            .find(|extension| extension.critical && !known(&extension.extn_id));
        match unknown {
            None => Ok(()),
            Some(extension) => Err(self.may_not(&format!(
                "has the critical extension {}, which is unknown here",
                extension.extn_id
            ))),
        }
    }

    fn extension<'a, T>(&'a self) -> Result<Option<(bool, T)>, TimestampError>
    where
        T: Decode<'a, Error = der::Error> + der::oid::AssociatedOid,
    {
        let found = self.parsed.tbs_certificate().get_extension::<T>();
        found.map_err(|error| self.may_not(&format!("has an unreadable extension: {error}")))
    }

    fn may_not(&self, why: &str) -> TimestampError {
        TimestampError::Usage {
            subject: self.subject(),
            why: why.to_owned(),
        }
    }
}
