//! Signing keys in files: Ed25519, the secret as PKCS #8 in PEM, the public key as `SubjectPublicKeyInfo` in PEM.
//!
//! `openssl pkey -in case.key -text` reads the one and `openssl pkey -pubin -in case.pub -text` the other.

use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{
    DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey, KeypairBytes,
};
use ed25519_dalek::{SigningKey, VerifyingKey};
use hallmark::files::keys::refuse_readable_by_others;
use hallmark::files::{NewFile, refuse_existing};
use hallmark::{Error, Result};
use hallmark_verify::public_id;
use std::fmt;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use zeroize::{Zeroize, Zeroizing};

/// The longest key file that is read, in bytes.
const MAX_KEY_FILE: usize = 16 * 1024;

/// A signing key. Its bytes are wiped when it goes, and no message shows them.
pub struct Signer {
    key: SigningKey,
}

impl Signer {
    /// Makes a key and writes it to a new file that its owner alone can reach.
    ///
    /// # Errors
    /// When the file exists or cannot be written, or the system gives no random bytes.
    pub fn generate(path: &Path) -> Result<Self> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *seed)
            .map_err(|error| Error::usage(format_args!("no random bytes: {error}")))?;
        let signer = Self {
            key: SigningKey::from_bytes(&seed),
        };
        signer.write(path)?;
        Ok(signer)
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// When others can reach it, or it holds no Ed25519 key.
    pub fn read(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|error| {
            Error::io("open the signing key", path, &error)
                .hint("check the path and its permissions")
        })?;
        refuse_readable_by_others(path, &file)?;
        Self::parse(&text(&file, path)?).map_err(|why| {
            let name = path.display();
            Error::usage(format_args!("{name} is no Ed25519 signing key: {why}"))
                .hint("a signing key is PKCS #8 in PEM, as `openssl genpkey -algorithm ed25519` writes it too")
        })
    }

    /// Reads the text of a key file.
    ///
    /// # Errors
    /// Says why it holds no Ed25519 key, and nothing of what it holds.
    pub fn parse(pem: &str) -> std::result::Result<Self, String> {
        let key = SigningKey::from_pkcs8_pem(pem).map_err(|error| error.to_string())?;
        Ok(Self { key })
    }

    /// The key for whoever verifies.
    #[must_use]
    pub fn public(&self) -> VerifyingKey {
        self.key.verifying_key()
    }

    /// Its short name, 16 hexadecimal digits.
    #[must_use]
    pub fn id(&self) -> String {
        public_id(&self.public())
    }

    /// The key, to sign with.
    #[must_use]
    pub fn signing_key(&self) -> &SigningKey {
        &self.key
    }

    fn write(&self, path: &Path) -> Result<()> {
        refuse_existing(path)?;
        let failed = |error: &io::Error| Error::io("write the signing key", path, error);
        // Without the public key beside it: not every reader of PKCS #8 knows the version that has both.
        let mut bytes = KeypairBytes {
            secret_key: self.key.to_bytes(),
            public_key: None,
        };
        let pem = bytes.to_pkcs8_pem(LineEnding::LF);
        bytes.secret_key.zeroize();
        let pem =
            pem.map_err(|error| Error::usage(format_args!("cannot encode the key: {error}")))?;
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        // A temporary file has mode 0600 from the beginning.
        let mut file = tempfile::Builder::new()
            .prefix(".hallmark-")
            .tempfile_in(folder)
            .map_err(|error| {
                let why = io::Error::from(error.kind());
                Error::io("create", path, &why)
                    .hint("check that the folder exists and can be written")
            })?;
        file.write_all(pem.as_bytes()).map_err(|e| failed(&e))?;
        file.as_file().sync_all().map_err(|e| failed(&e))?;
        file.persist_noclobber(path).map_err(|e| failed(&e.error))?;
        Ok(())
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("id", &self.id()).finish()
    }
}

/// Writes a public key to a new file.
///
/// # Errors
/// When the file exists or cannot be written.
pub fn write_public(path: &Path, key: &VerifyingKey) -> Result<()> {
    let pem = key
        .to_public_key_pem(LineEnding::LF)
        .map_err(|error| Error::usage(format_args!("cannot encode the public key: {error}")))?;
    let mut file = NewFile::create(path)?;
    file.write(pem.as_bytes())?;
    file.finish()
}

/// Reads the file of a public key.
///
/// # Errors
/// When it holds no Ed25519 key, or a weak one that any text seems to be signed with.
pub fn read_public(path: &Path) -> Result<VerifyingKey> {
    let file = File::open(path).map_err(|error| {
        Error::io("open the public key", path, &error).hint("check the path and its permissions")
    })?;
    let text = text(&file, path)?;
    parse_public(&text).map_err(|why| {
        let name = path.display();
        Error::usage(format_args!("{name} is no Ed25519 public key: {why}")).hint(
            "a public key is SubjectPublicKeyInfo in PEM, as `openssl pkey -pubout` writes it too",
        )
    })
}

/// Reads the text of a public key's file.
///
/// # Errors
/// Says why it holds no Ed25519 key, or that it is a weak one that any text seems to be signed with.
pub fn parse_public(pem: &str) -> std::result::Result<VerifyingKey, String> {
    let key = VerifyingKey::from_public_key_pem(pem).map_err(|error| error.to_string())?;
    match key.is_weak() {
        true => Err("any text seems to be signed with it".to_owned()),
        false => Ok(key),
    }
}

/// The text of a key file, wiped when it goes.
fn text(file: &File, path: &Path) -> Result<Zeroizing<String>> {
    // Whole from the start, so that no copy is left behind where the text outgrew it.
    let mut text = Zeroizing::new(String::with_capacity(MAX_KEY_FILE + 1));
    let read = file.take(MAX_KEY_FILE as u64 + 1).read_to_string(&mut text);
    let no_key = || {
        let name = path.display();
        Error::usage(format_args!("{name} is not a key file")).hint("a key file is text in PEM")
    };
    match read {
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(no_key()),
        Err(error) => Err(Error::io("read the key file", path, &error)),
        Ok(length) if length > MAX_KEY_FILE => Err(no_key()),
        Ok(_) => Ok(text),
    }
}
