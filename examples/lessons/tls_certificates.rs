//! TLS 1.3: who are you? Eight servers say that they are www.example.test, and each shows a certificate.
//!
//! The client asks four questions. Does a path of signatures lead from the certificate to an authority that it trusts?
//! Is the certificate valid now? Does it have the name that the client wants? And does the server hold its key? Anybody
//! can copy a certificate, since each client gets it. So the server signs the handshake with the key:
//! CertificateVerify.
//!
//! A client that does not believe a good server has to learn whom to trust: `--cacert FILE` of `barewire` does that.
//! The third server here has to mend its own configuration: it does not show a certificate that the path needs.
//! `--insecure` cures nothing. It leaves out the first three questions, for every server.
//!
//! Try: `cargo run --example tls_certificates -- cacert`: the client trusts two certificates more, that of the unknown
//! authority and the one that signed itself. Which servers does it believe now, and why not the others? Then
//! `-- insecure`: which of these certificates could an attacker have made? Then `-- clock`: the client's clock is seven
//! years slow. Whom does it believe now, and what if that key was stolen since? Then `-- pem`: the certificate of the
//! unknown authority.
//!
//! With that certificate in a file, `cargo run -- --cacert FILE https://untrusted.example.test/` gets the page.
//!
//! ```text
//! the client trusts Toy Root CA, and its clock says 2026-01-01 00:00:00 UTC
//! a good one
//!   verified: the chain leads to CN=Toy Root CA
//! signed by an authority in the middle
//!   verified: the chain leads to CN=Toy Root CA
//! the same, but the one in the middle is not shown
//!   unknown_ca: no path from the certificate to a trust anchor: the server sent 1
//!   certificate, the first was issued by CN=Toy Middle CA, and nobody trusted
//!   signed any of them; RFC 5280 §6.1
//! expired
//!   certificate_expired: the certificate of www.example.test expired on 2020-02-01
//!   00:00:00 UTC, now is 2026-01-01 00:00:00 UTC; RFC 5280 §4.1.2.5
//! for another name
//!   bad_certificate: the certificate names elsewhere.example.test, not
//!   www.example.test; RFC 9525 §6
//! signed by an unknown authority
//!   unknown_ca: no path from the certificate to a trust anchor: the server sent 1
//!   certificate, the first was issued by CN=Nobody's CA, and nobody trusted signed
//!   any of them; RFC 5280 §6.1
//! signed by itself
//!   bad_certificate: the certificate belongs to an authority (CA:TRUE): it may
//!   sign others, but a server may not use it as its own. Some clients accept it
//!   when it signed itself and is trusted; so does this one, when exactly this
//!   certificate is among those it is told to trust (--cacert); RFC 5280 §4.2.1.9
//! copied from the good server, without its key
//!   decrypt_error: the ed25519 signature over the transcript does not fit the
//!   certificate's key: the server does not hold it, or a message was changed on
//!   the way (record at byte 133 of the server's stream); RFC 8446 §4.4.3
//! ```

use std::error::Error;
use std::time::{Duration, UNIX_EPOCH};

use barewire::network::toy;
use barewire::services::certificates::{self, Flavour};
use barewire::tls_ends::Ends;
use barewire_dissect::lines;
use barewire_tls13::{Config, Trust, utc};

const NAME: &str = "www.example.test";

/// What is special about the certificate of each server.
const SERVERS: [(&str, Flavour); 8] = [
    ("a good one", Flavour::Honest),
    ("signed by an authority in the middle", Flavour::LongChain),
    ("the same, but the one in the middle is not shown", Flavour::ShortChain),
    ("expired", Flavour::Expired),
    ("for another name", Flavour::WrongName),
    ("signed by an unknown authority", Flavour::Untrusted),
    ("signed by itself", Flavour::SelfSigned),
    ("copied from the good server, without its key", Flavour::Copied),
];

/// What the client says about a server.
fn verdict(flavour: Flavour, trust: Trust, clock: Duration) -> Result<String, Box<dyn Error>> {
    let client = Config { trust, ..Config::new(NAME, UNIX_EPOCH + clock) };
    let mut ends = Ends::new(client, certificates::server_config(NAME, flavour)?)?;
    let refused = ends.carry().err();
    match (ends.client.summary(), refused.and_then(|it| Some((it.alert?, it.says)))) {
        (Some(summary), _) => Ok(summary.verified.to_string()),
        (None, Some((alert, says))) => Ok(format!("{}: {says}", alert.name())),
        (None, None) => Err("neither of the two is done".into()),
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let word = std::env::args().skip(1).collect::<Vec<String>>().join(" ");
    let of = |flavour| certificates::anchor_pem(NAME, flavour);
    let [root, unknown, itself] = [of(Flavour::Honest)?, of(Flavour::Untrusted)?, of(Flavour::SelfSigned)?];
    let now = toy::clock().duration_since(UNIX_EPOCH)?;
    let (trust, whom, clock) = match word.as_str() {
        "" => (Trust::Pem(root.into()), "Toy Root CA", now),
        "cacert" => (Trust::Pem((root + &unknown + &itself).into()), "these three", now),
        "insecure" => (Trust::Nothing, "everybody", now),
        "clock" => (Trust::Pem(root.into()), "Toy Root CA", now - Duration::from_secs(7 * 365 * 86_400)),
        "pem" => {
            print!("{unknown}");
            return Ok(());
        }
        other => {
            return Err(format!("{other} is not known here; try cacert, insecure, clock or pem").into());
        }
    };
    println!("the client trusts {whom}, and its clock says {}", utc(clock.as_secs() as i64));
    for (what, flavour) in SERVERS {
        println!("{what}");
        println!("  {}", lines(&verdict(flavour, trust.clone(), clock)?, 78, 78).join("\n  "));
    }
    Ok(())
}
