//! `warren serve`

use crate::args::Serve;
use crate::terminal::Terminal;
use crate::{Ending, definitions, stock};
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;
use warren_amqp::{Config, Papers, Server, Tls, TlsTrouble};
use warren_core::broker::Broker;

pub(crate) fn serve(args: &Serve, terminal: &mut Terminal) -> Ending {
    let Some(broker) = broker(args, terminal) else { return Ending::BadInput };
    let tls = match tls(args) {
        Ok(tls) => tls,
        Err(trouble) => {
            terminal.complain(&trouble);
            return Ending::BadInput;
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            terminal.complain(&format!("cannot start: {error}"));
            return Ending::BadInput;
        }
    };
    match runtime.block_on(run(args, tls, broker)) {
        Ok(()) => Ending::Fine,
        Err(trouble) => {
            terminal.complain(&trouble);
            Ending::BadInput
        }
    }
}

/// TLS, if it is wanted; what is wrong with the files, by name.
fn tls(args: &Serve) -> Result<Option<Tls>, String> {
    let (Some(certificate), Some(key)) = (&args.tls_certificate, &args.tls_key) else {
        return Ok(None);
    };
    let read =
        |file: &String| std::fs::read(file).map_err(|error| format!("cannot read {file}: {error}"));
    let authorities = args.tls_authorities.as_ref();
    let (certificates, pem) = (read(certificate)?, read(key)?);
    let trusted = authorities.map(read).transpose()?;
    let required = args.tls_require_certificate;
    let papers = Papers {
        certificates: &certificates,
        key: &pem,
        authorities: trusted.as_deref(),
        required,
    };
    let made = Tls::new(papers).map_err(|trouble| {
        let file = match &trouble {
            TlsTrouble::Certificates(_) => certificate,
            TlsTrouble::Key(_) => key,
            TlsTrouble::Authorities(_) => authorities.unwrap_or(certificate),
        };
        format!("{file}: {trouble}")
    });
    made.map(Some)
}

/// The broker before the first client comes.
fn broker(args: &Serve, terminal: &mut Terminal) -> Option<Broker> {
    let mut broker = stock::broker(args.scenario.as_deref(), args.profile, terminal)?;
    if let Some(file) = &args.definitions {
        let vhost = args.definitions_vhost.as_deref();
        definitions::import(&mut broker, file, vhost, terminal)?;
    }
    Some(broker)
}

async fn run(args: &Serve, tls: Option<Tls>, broker: Broker) -> Result<(), String> {
    let release = broker.profile().recorded_from();
    // Users of a definitions file have passwords that nobody here knows.
    let guest = if broker.user("guest").is_some() && args.definitions.is_none() {
        "guest:guest@"
    } else {
        ""
    };
    let logins = stock::logins(&broker);
    let quiet = args.quiet;
    let log = move |line: &str| {
        if !quiet {
            say(line);
        }
    };
    let config = Config { log: Arc::new(log), trace: args.trace, watch: None };
    let usual = SocketAddr::from(([127, 0, 0, 1], 5672));
    let plain = args.amqp.iter().map(|address| (*address, None));
    let secured = args.tls.iter().map(|address| (*address, tls.clone()));
    let mut wanted: Vec<(SocketAddr, Option<Tls>)> = plain.chain(secured).collect();
    if wanted.is_empty() {
        wanted.push((usual, None));
    }
    let said = |address, secured: bool| {
        let scheme = if secured { "amqps" } else { "amqp" };
        say(&format!(
            "Warren answers like RabbitMQ {release} on {scheme}://{guest}{address}/ \
             (Ctrl-C stops it)"
        ));
    };
    let mut wanted = wanted.into_iter();
    let Some((first, tls)) = wanted.next() else { return Ok(()) };
    let cannot = |address| move |error| format!("cannot listen on {address}: {error}");
    let secured = tls.is_some();
    let bound = Server::bind(first, tls, broker, config).await;
    let mut server = bound.map_err(cannot(first))?;
    said(server.address().map_err(cannot(first))?, secured);
    for (address, tls) in wanted {
        let secured = tls.is_some();
        said(server.listen(address, tls).await.map_err(cannot(address))?, secured);
    }
    if let Some(logins) = logins {
        say(&logins);
    }
    server
        .run(async {
            // Without a way to hear Ctrl-C the process is stopped from outside.
            if tokio::signal::ctrl_c().await.is_err() {
                core::future::pending::<()>().await;
            }
            say("stopping");
        })
        .await;
    Ok(())
}

fn say(line: &str) {
    // Nothing can be done when standard error is closed.
    let _ = writeln!(io::stderr().lock(), "{line}");
}
