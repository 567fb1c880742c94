//! TLS inspection: a proxy stands in the middle, and reads everything. How does a client notice, and how does a server?
//!
//! TLS is not broken by it: there are two connections. The proxy is the server of the one and the client of the other.
//! For each name it makes a certificate with a key of its own, and signs that as an authority. A client that does not
//! trust this authority refuses it. So a company, or a program that looks for viruses, has its authority put among
//! those that the computer trusts. Then the client finds nothing wrong.
//!
//! It can still be seen. The issuer is another one, and so are the certificate and its key: a client that knows the
//! right key (a pin) sees the difference. The server gets the ClientHello of the proxy, with other suites in it. And
//! from each connection both ends can export a secret (RFC 8446 §7.5). If they compare it, they know whether it is one
//! connection.
//!
//! Try: `cargo run --example tls_inspection -- careless`: the server's certificate is a bad one, and this proxy does
//! not check it. What does the client see of that? Then `-- misissued`: the authority that everybody trusts signed the
//! proxy's certificate, by mistake or by force. Which lines of the table still tell?
//!
//! ```text
//! without a proxy, trusting Toy Root CA
//!   verified: the chain leads to CN=Toy Root CA
//! through the proxy, trusting Toy Root CA
//!   unknown_ca: no path from the certificate to a trust anchor: the server sent 1
//!   certificate, the first was issued by CN=Office Proxy CA, and nobody trusted
//!   signed any of them; RFC 5280 §6.1
//! through the proxy, trusting its authority, too
//!   verified: the chain leads to CN=Office Proxy CA
//!   the proxy reads "GET /account"
//!   the server reads "GET /account"
//!                     without a proxy           through the proxy
//!   issued by         CN=Toy Root CA            CN=Office Proxy CA
//!   serial number     50                        51
//!   certificate       2f5ab1704a47              9785588e6ddc
//!   its key           8cef065b7af8              3774845b9147
//!   ClientHello       197 bytes                 193 bytes
//!   suite             TLS_AES_128_GCM_SHA256    TLS_AES_256_GCM_SHA384
//!   exported secret   the same                  different
//! ```

use std::error::Error;

use barewire::network::toy;
use barewire::services::certificates::{self, Flavour};
use barewire::tls_ends::Ends;
use barewire_dissect::lines;
use barewire_tls13::{Config, Suite, Trust};
use ring::digest::{SHA256, digest};

const NAME: &str = "www.example.test";
/// How the public key of a certificate begins, if it is for Ed25519 (RFC 8410 §4): 12 bytes, then the 32 of the key.
const KEY_HEAD: [u8; 12] = [0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0];

/// A client and a server shake hands. The client says what it thinks of the server.
fn connect(trust: Trust, suites: &[Suite], server: Flavour) -> Result<(Ends, String), Box<dyn Error>> {
    let client = Config { trust, suites: suites.to_vec(), ..Config::new(NAME, toy::clock()) };
    let mut ends = Ends::new(client, certificates::server_config(NAME, server)?)?;
    let says = match ends.carry() {
        Ok(()) => ends.client.summary().ok_or("it did not end")?.verified.to_string(),
        Err(refused) => format!("{}: {}", refused.alert.map_or("", |alert| alert.name()), refused.says),
    };
    Ok((ends, lines(&says, 78, 78).join("\n  ")))
}

/// A request goes from the client to the server. What the server reads.
fn ask(ends: &mut Ends, request: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    ends.client.write(request)?;
    ends.carry()?;
    Ok(ends.read_by_server())
}

/// What can be seen of the client's connection, and of the server's. Without a proxy these are one.
fn seen(client: &Ends, server: &Ends) -> Result<[String; 7], Box<dyn Error>> {
    let (certificate, far) = (client.certificate().ok_or("no certificate")?, server.client.summary());
    let facts = &client.client.summary().ok_or("no handshake")?.chain[0];
    let key = certificate.windows(44).find(|bytes| bytes.starts_with(&KEY_HEAD)).ok_or("no Ed25519 key")?;
    let hash =
        |bytes: &[u8]| digest(&SHA256, bytes).as_ref()[..6].iter().map(|it| format!("{it:02x}")).collect();
    let (label, mut ours) = ("EXPORTER-Channel-Binding", [0; 32]);
    client.client.export(label, b"", &mut ours)?;
    let theirs = server.server.export_keying_material([0; 32], label.as_bytes(), None)?;
    Ok([
        facts.issuer.clone(),
        facts.serial.clone(),
        hash(&certificate),
        hash(key),
        format!("{} bytes", server.messages()[0].bytes.len()),
        far.ok_or("no handshake")?.suite.name().to_owned(),
        if ours == theirs { "the same" } else { "different" }.to_owned(),
    ])
}

fn main() -> Result<(), Box<dyn Error>> {
    let word = std::env::args().skip(1).collect::<Vec<String>>().join(" ");
    let (proxy, server) = match word.as_str() {
        "" => (Flavour::Inspected, Flavour::Honest),
        "careless" => (Flavour::Inspected, Flavour::Untrusted),
        "misissued" => (Flavour::Misissued, Flavour::Honest),
        other => return Err(format!("{other} is not known here; try careless or misissued").into()),
    };
    let root = Trust::Pem(toy::root_pem()?.into());
    let office = Trust::Pem((toy::root_pem()? + &certificates::anchor_pem(NAME, proxy)?).into());
    let proxys = if word == "careless" { Trust::Nothing } else { root.clone() };
    let (direct, says) = connect(root.clone(), &Suite::ALL, server)?;
    println!("without a proxy, trusting Toy Root CA\n  {says}");
    println!("through the proxy, trusting Toy Root CA\n  {}", connect(root, &Suite::ALL, proxy)?.1);
    let (mut near, says) = connect(office, &Suite::ALL, proxy)?;
    println!("through the proxy, trusting its authority, too\n  {says}");
    let (mut far, _) = connect(proxys, &[Suite::Aes256GcmSha384], server)?;
    let read = ask(&mut near, b"GET /account")?;
    println!("  the proxy reads {:?}", String::from_utf8_lossy(&read));
    println!("  the server reads {:?}", String::from_utf8_lossy(&ask(&mut far, &read)?));
    if word != "careless" {
        let names = [
            "issued by",
            "serial number",
            "certificate",
            "its key",
            "ClientHello",
            "suite",
            "exported secret",
        ];
        println!("  {:16}  {:24}  through the proxy", "", "without a proxy");
        for ((name, direct), through) in names.iter().zip(seen(&direct, &direct)?).zip(seen(&near, &far)?) {
            println!("  {name:16}  {direct:24}  {through}");
        }
    }
    Ok(())
}
