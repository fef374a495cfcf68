//! The port with TLS, and a client that is not Warren's code either.

use super::Served;
use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use warren_amqp::{Papers, Tls, TlsTrouble};
use warren_core::broker::Profile;
use warren_tests::wire::octets;

type Identity = CertifiedKey<KeyPair>;

fn identity() -> Identity {
    generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate")
}

fn tls(server: &Identity, clients: Option<&Identity>, required: bool) -> Result<Tls, TlsTrouble> {
    let (certificates, key) = (server.cert.pem(), server.signing_key.serialize_pem());
    let authorities = clients.map(|clients| clients.cert.pem());
    Tls::new(Papers {
        certificates: certificates.as_bytes(),
        key: key.as_bytes(),
        authorities: authorities.as_deref().map(str::as_bytes),
        required,
    })
}

/// A TLS connection to a server that is trusted, as somebody or as nobody.
async fn connect(
    served: &Served,
    server: &Identity,
    me: Option<&Identity>,
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(server.cert.der().clone()).expect("a certificate");
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().expect("TLS 1.2 and 1.3");
    let builder = builder.with_root_certificates(roots);
    let config = match me {
        None => builder.with_no_client_auth(),
        Some(me) => {
            let key = PrivateKeyDer::Pkcs8(me.signing_key.serialize_der().into());
            let chain = vec![me.cert.der().clone()];
            builder.with_client_auth_cert(chain, key).expect("a key that fits")
        }
    };
    let stream = TcpStream::connect(served.address).await?;
    let name = ServerName::try_from("localhost").expect("a name");
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

/// The methods that come, until connection.open-ok.
async fn open(stream: &mut TlsStream<TcpStream>) -> std::io::Result<()> {
    let (tune, open) = (octets::tune_ok(1, 131_072, 0), octets::open("/"));
    stream.write_all(&[octets::HEADER, &octets::guest(), &tune, &open].concat()).await?;
    loop {
        let mut head = [0; 7];
        stream.read_exact(&mut head).await?;
        let size = u32::from_be_bytes([head[3], head[4], head[5], head[6]]);
        let mut rest = vec![0; size as usize + 1];
        stream.read_exact(&mut rest).await?;
        if rest.starts_with(b"\0\x0a\0\x29") {
            return Ok(());
        }
    }
}

async fn comes_in(served: &Served, server: &Identity, me: Option<&Identity>) -> bool {
    match connect(served, server, me).await {
        Ok(mut stream) => open(&mut stream).await.is_ok(),
        Err(_) => false,
    }
}

#[test]
fn a_client_with_tls_is_served_as_one_without() {
    let server = identity();
    let served = Served::with(Profile::default(), tls(&server, None, false).ok());
    served.runtime.block_on(async {
        let mut stream = connect(&served, &server, None).await.expect("they agree on keys");
        open(&mut stream).await.expect("it is let in");
        assert!(connect(&served, &identity(), None).await.is_err(), "another server's certificate");
        // Without TLS nobody comes in, and nobody is kept from coming in.
        let mut plain = TcpStream::connect(served.address).await.expect("it listens");
        plain.write_all(octets::HEADER).await.expect("it listens");
        let mut heard = Vec::new();
        plain.read_to_end(&mut heard).await.expect("the end");
        assert!(!heard.starts_with(b"\x01"), "no frame: {heard:?}");
        assert!(comes_in(&served, &server, None).await);
    });
}

#[test]
fn clients_show_certificates_where_they_have_to() {
    let (server, known, stranger) = (identity(), identity(), identity());
    for required in [false, true] {
        let made = tls(&server, Some(&known), required);
        let served = Served::with(Profile::default(), made.ok());
        served.runtime.block_on(async {
            assert!(comes_in(&served, &server, Some(&known)).await);
            assert!(!comes_in(&served, &server, Some(&stranger)).await);
            assert_eq!(comes_in(&served, &server, None).await, !required);
        });
    }
}

#[test]
fn bad_papers_are_named() {
    let (one, other) = (identity(), identity());
    let (certificate, key) = (one.cert.pem(), other.signing_key.serialize_pem());
    let new = |certificates: &str, key: &str| {
        let (certificates, key) = (certificates.as_bytes(), key.as_bytes());
        let papers = Papers { certificates, key, authorities: None, required: false };
        Tls::new(papers).map(drop).expect_err("refused")
    };
    let wrong = new(&certificate, &key);
    let text = "it does not belong to the certificate".to_owned();
    assert_eq!(wrong, TlsTrouble::Key(text));
    assert!(matches!(new(&key, &key), TlsTrouble::Certificates(what) if what.contains("BEGIN")));
    assert!(matches!(new(&certificate, "x"), TlsTrouble::Key(what) if what.contains("BEGIN")));
    let broken = certificate.replace('M', "!");
    assert!(matches!(new(&broken, &key), TlsTrouble::Certificates(_)));
}
