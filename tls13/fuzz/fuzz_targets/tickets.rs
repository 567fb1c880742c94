//! Tickets from a server after an honest handshake: any bytes as the content of a NewSessionTicket. Each that is taken
//! becomes a session, which can be saved, kept, and offered in a ClientHello. Each ticket has two bytes for its length.
#![no_main]

#[path = "../../tests/common/mod.rs"]
mod common;

use std::sync::LazyLock;
use std::time::Instant;

use barewire_tls13::extensions::Extension;
use barewire_tls13::handshake::Message;
use barewire_tls13::record::{ContentType, MAX_CONTENT};
use barewire_tls13::{Client, Config, Event, MemoryStore, PreSharedKey, Session, SessionStore};
use common::forger::Forger;
use common::{Identity, rng};
use libfuzzer_sys::fuzz_target;

static IDENTITY: LazyLock<Identity> = LazyLock::new(|| Identity::new(&rcgen::PKCS_ED25519));

fn sessions(forger: &mut Forger) -> Vec<Session> {
    let session = |event| match event {
        Event::Ticket(session) => Some(*session),
        _ => None,
    };
    std::iter::from_fn(|| forger.client.event()).filter_map(session).collect()
}

/// A client that offers the session names its ticket, last of all, with a binder as long as the hash.
fn offered(mut config: Config, session: &Session) {
    config.wall_clock = session.received;
    config.replayable_early_data = true;
    config.pre_shared_key = Some(PreSharedKey::Session(Box::new(session.clone())));
    let mut client = Client::new(Instant::now(), config, &mut rng()).expect("it fits");
    let (mut hello, mut rest) = (Vec::new(), &client.transmit(Instant::now()).expect("a ClientHello")[..]);
    while let Some(&[22, _, _, high, low]) = rest.first_chunk() {
        let end = 5 + usize::from(u16::from_be_bytes([high, low]));
        hello.extend_from_slice(&rest[5..end]);
        rest = &rest[end..];
    }
    let Ok(Message::ClientHello(hello)) = Message::parse(&hello) else { panic!("no ClientHello") };
    let Some(Extension::PreSharedKeys(keys)) = hello.extensions.last() else { panic!("no key") };
    assert_eq!(keys.identities[0].identity, session.ticket);
    assert_eq!(keys.identities[0].obfuscated_ticket_age, session.age_add);
    assert_eq!(keys.binders[0].len(), session.suite.hash().len());
    let early = hello.extensions.iter().any(|extension| extension.id() == 42);
    assert_eq!(early, session.max_early_data > 0);
}

fuzz_target!(|bytes: &[u8]| {
    let (mut forger, mut rest) = (Forger::new(&IDENTITY, IDENTITY.client()), bytes);
    forger.handshake().expect("an honest handshake");
    let mut store = MemoryStore::new(3, 2);
    let mut newest = None;
    while let Some((&[high, low], after)) = rest.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes([high, low])).min(after.len());
        let (content, after) = after.split_at(length);
        rest = after;
        let message = [&[4, 0, (length >> 8) as u8, length as u8], content].concat();
        let result =
            message.chunks(MAX_CONTENT).try_for_each(|part| forger.sealed(ContentType::HANDSHAKE, part));
        for session in sessions(&mut forger) {
            assert_eq!(Session::from_bytes(&session.to_bytes()).as_ref(), Ok(&session));
            if session.lifetime > 0 {
                newest = Some(session.clone());
            }
            store.insert(session);
            assert!(store.sessions().count() <= 2);
        }
        if result.is_err() {
            assert_eq!(forger.client.failure().cloned().map(Err), Some(result));
            break;
        }
    }
    let mut config = IDENTITY.client();
    config.wall_clock = newest.as_ref().map_or(config.wall_clock, |session| session.received);
    assert_eq!(store.take(&config.wanted()), newest);
    if let Some(session) = newest {
        offered(config, &session);
    }
});
