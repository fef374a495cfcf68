//! TLS: what the server shows, and what it wants to see of clients.

use core::fmt;
use std::io;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{Error as PemError, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::server::danger::ClientCertVerifier;
use tokio_rustls::rustls::{Error, RootCertStore, ServerConfig};
use tokio_rustls::server::TlsStream;

/// What TLS needs. All parts are PEM texts.
#[derive(Clone, Copy, Debug)]
pub struct Papers<'a> {
    /// The server's certificate, and those between it and an authority.
    pub certificates: &'a [u8],
    /// The key of the first of them.
    pub key: &'a [u8],
    /// The authorities that clients' certificates must come from, if they are
    /// looked at (`verify_peer`).
    pub authorities: Option<&'a [u8]>,
    /// Whether clients without a certificate are turned away
    /// (`fail_if_no_peer_cert`).
    pub required: bool,
}

/// What is wrong with the papers, by part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TlsTrouble {
    /// With the server's certificates.
    Certificates(String),
    /// With the key.
    Key(String),
    /// With the authorities.
    Authorities(String),
}

impl fmt::Display for TlsTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Certificates(what) | Self::Key(what) | Self::Authorities(what)) = self;
        f.write_str(what)
    }
}

/// TLS 1.2 and 1.3 for a port.
#[derive(Clone)]
pub struct Tls {
    acceptor: TlsAcceptor,
}

impl Tls {
    /// Looks through the papers.
    ///
    /// # Errors
    ///
    /// When one of them is not what it should be, or they do not belong to each
    /// other: which, and what to do.
    pub fn new(papers: Papers<'_>) -> Result<Self, TlsTrouble> {
        let chain = certificates(papers.certificates).map_err(TlsTrouble::Certificates)?;
        let key = PrivateKeyDer::from_pem_slice(papers.key).map_err(|error| {
            TlsTrouble::Key(match error {
                PemError::NoItemsFound => "there is no private key in it: it should have a part \
                     that begins with -----BEGIN PRIVATE KEY----- (without a password)"
                    .to_owned(),
                other => format!("it is not a PEM file: {other}"),
            })
        })?;
        let provider = Arc::new(ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| TlsTrouble::Key(error.to_string()))?;
        let builder = match papers.authorities {
            None => builder.with_no_client_auth(),
            Some(pem) => {
                let verifier =
                    verifier(pem, papers.required, provider).map_err(TlsTrouble::Authorities)?;
                builder.with_client_cert_verifier(verifier)
            }
        };
        let config = builder.with_single_cert(chain, key).map_err(|error| match error {
            Error::InconsistentKeys(_) => {
                TlsTrouble::Key("it does not belong to the certificate".to_owned())
            }
            Error::InvalidCertificate(why) => {
                TlsTrouble::Certificates(format!("the certificate cannot be used: {why:?}"))
            }
            other => TlsTrouble::Key(format!("it cannot be used: {other}")),
        })?;
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)) })
    }

    /// Agrees with a client on keys.
    pub(crate) async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        self.acceptor.accept(stream).await
    }
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let found: Result<Vec<_>, PemError> = CertificateDer::pem_slice_iter(pem).collect();
    let found = found.map_err(|error| format!("it is not a PEM file: {error}"))?;
    if found.is_empty() {
        return Err("there is no certificate in it: it should have a part that begins with \
                    -----BEGIN CERTIFICATE-----"
            .to_owned());
    }
    Ok(found)
}

fn verifier(
    pem: &[u8],
    required: bool,
    provider: Arc<tokio_rustls::rustls::crypto::CryptoProvider>,
) -> Result<Arc<dyn ClientCertVerifier>, String> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(pem)? {
        let taken = roots.add(certificate);
        taken.map_err(|error| format!("a certificate in it cannot be used: {error}"))?;
    }
    let builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
    let builder = if required { builder } else { builder.allow_unauthenticated() };
    builder.build().map_err(|error| format!("it cannot be used: {error}"))
}
