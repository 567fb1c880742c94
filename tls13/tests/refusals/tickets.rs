//! NewSessionTicket (RFC 8446 §4.6.1): what is refused in it, and what is not.

use std::time::Duration;

use barewire_tls13::AlertDescription as A;
use barewire_tls13::extensions::Extension;
use barewire_tls13::handshake::{Message, NewSessionTicket};
use barewire_tls13::record::ContentType;
use barewire_tls13::session::MAX_TICKET;
use barewire_tls13::{Error, Event, Group, PreSharedKey, Session, Unfit};

use super::{Case, all_refused, forger, forger_for};
use crate::common::forger::Forger;
use crate::common::{Identity, session};

pub(crate) fn ticket(lifetime: u32, nonce: &[u8], ticket: &[u8], extensions: Vec<Extension<'_>>) -> Vec<u8> {
    NewSessionTicket { lifetime, age_add: 1, nonce, ticket, extensions }.to_bytes()
}

/// A full handshake, then tickets.
fn say_tickets(forger: &mut Forger, tickets: &[Vec<u8>]) -> Result<(), Error> {
    forger.handshake()?;
    tickets.iter().try_for_each(|ticket| forger.sealed(ContentType::HANDSHAKE, ticket))
}

#[test]
fn rfc8446_s4_6_1_tickets() {
    const CASES: &[Case] = &[
        ("NewSessionTicket", "of zero bytes", A::DECODE_ERROR, |f| {
            say_tickets(f, &[ticket(60, &[0], &[], Vec::new())])
        }),
        ("NewSessionTicket", "a byte after its end", A::DECODE_ERROR, |f| {
            let mut message = ticket(60, &[0], b"ticket", Vec::new());
            message.push(0);
            message[3] += 1;
            say_tickets(f, &[message])
        }),
        ("NewSessionTicket", "a nonce longer than the message", A::DECODE_ERROR, |f| {
            say_tickets(f, &[vec![4, 0, 0, 10, 0, 0, 0, 60, 0, 0, 0, 1, 200, 0]])
        }),
        ("NewSessionTicket", "without its extensions", A::DECODE_ERROR, |f| {
            let mut message = ticket(60, &[0], b"ticket", Vec::new());
            message.truncate(message.len() - 2);
            message[3] -= 2;
            say_tickets(f, &[message])
        }),
        ("NewSessionTicket", "early_data without a size", A::DECODE_ERROR, |f| {
            say_tickets(f, &[ticket(60, &[0], b"ticket", vec![Extension::Other { id: 42, data: &[] }])])
        }),
        ("NewSessionTicket", "early_data twice", A::ILLEGAL_PARAMETER, |f| {
            let size = || Extension::MaxEarlyData(1_024);
            say_tickets(f, &[ticket(60, &[0], b"ticket", vec![size(), size()])])
        }),
        ("NewSessionTicket", "pre_shared_key", A::ILLEGAL_PARAMETER, |f| {
            say_tickets(f, &[ticket(60, &[0], b"ticket", vec![Extension::SelectedIdentity(0)])])
        }),
        ("NewSessionTicket", "257 in a row", A::UNEXPECTED_MESSAGE, |f| {
            say_tickets(f, &vec![ticket(60, &[0], b"ticket", Vec::new()); 257])
        }),
    ];
    all_refused(CASES);
}

/// The sessions that the client tells of.
fn sessions(forger: &mut Forger) -> Vec<Session> {
    let session = |event| match event {
        Event::Ticket(session) => Some(*session),
        _ => None,
    };
    std::iter::from_fn(|| forger.client.event()).filter_map(session).collect()
}

/// What a server must not do, and a client cannot refuse without harm: the RFC asks for no alert, and other clients
/// take it.
#[test]
fn rfc8446_s4_6_1_tickets_that_are_taken() {
    let taken = |tickets: &[Vec<u8>]| {
        let mut forger = forger();
        say_tickets(&mut forger, tickets).unwrap();
        sessions(&mut forger)
    };
    // A lifetime of more than a week: the ticket is kept a week.
    let day = Duration::from_secs(86_400);
    for lifetime in [604_801, u32::MAX] {
        let sessions = taken(&[ticket(lifetime, &[0], b"ticket", Vec::new())]);
        let [session] = &sessions[..] else { panic!("{sessions:?}") };
        assert!(session.is_alive(session.received + 7 * day - Duration::from_secs(1)));
        assert!(!session.is_alive(session.received + 7 * day));
    }
    // A nonce that comes twice: both tickets have the same key. Another nonce makes another key.
    let numbered = |nonce: u8, number: u8| ticket(60, &[nonce], &[number], Vec::new());
    let sessions = taken(&[numbered(0, 1), numbered(0, 2), numbered(1, 3)]);
    assert_eq!(sessions.len(), 3);
    assert!(sessions[0].psk == sessions[1].psk && sessions[1].psk != sessions[2].psk);
    // 256 tickets in a row, of which 16 wait.
    assert_eq!(taken(&vec![numbered(0, 1); 256]).len(), 16);
}

/// A ticket may have 65,535 bytes, and so may all extensions of a ClientHello together: the longest cannot be sent
/// back. This client takes none of more than half of that.
#[test]
fn a_ticket_too_long_to_send_back() {
    for (length, kept) in [(MAX_TICKET, 1), (MAX_TICKET + 1, 0), (0xffff, 0)] {
        let mut forger = forger();
        forger.handshake().unwrap();
        for part in ticket(60, &[0], &vec![7; length], Vec::new()).chunks(1 << 14) {
            forger.sealed(ContentType::HANDSHAKE, part).unwrap();
        }
        assert_eq!(sessions(&mut forger).len(), kept, "{length} bytes");
    }
    // The longest that is taken can be sent with everything that takes room beside it.
    let forger = forger_for(|config| {
        config.alpn = (0..16).map(|number| vec![number; 255]).collect();
        config.groups = Group::ALL.to_vec();
        config.key_shares = Group::ALL.to_vec();
        config.replayable_early_data = true;
        let (alpn, ticket) = (config.alpn.first().cloned(), vec![7; MAX_TICKET]);
        let session = Session { alpn, ticket, ..session(config) };
        config.pre_shared_key = Some(PreSharedKey::Session(Box::new(session)));
    });
    let Ok(Message::ClientHello(hello)) = Message::parse(&forger.client_hello) else { panic!() };
    let Some(Extension::PreSharedKeys(offered)) = hello.extensions.last() else { panic!() };
    assert_eq!(offered.identities[0].identity.len(), MAX_TICKET);
    // One that is longer, from a file for example, is not offered.
    let config = Identity::new(&rcgen::PKCS_ED25519).client();
    let session = Session { alpn: None, ticket: vec![7; MAX_TICKET + 1], ..session(&config) };
    assert_eq!(session.fits(&config.wanted()), Err(Unfit::Ticket));
    assert!(Session::from_bytes(&session.to_bytes()).is_err());
}
