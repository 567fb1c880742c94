//! NewSessionTicket (RFC 8446 §4.6.1): what is refused in it, and what is not.

use std::time::Duration;

use barewire_tls13::AlertDescription as A;
use barewire_tls13::extensions::Extension;
use barewire_tls13::handshake::NewSessionTicket;
use barewire_tls13::record::ContentType;
use barewire_tls13::{Error, Event};

use super::{Case, all_refused, forger};
use crate::common::forger::Forger;

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

/// What a server must not do, and a client cannot refuse without harm: the RFC asks for no alert, and other clients
/// take it.
#[test]
fn rfc8446_s4_6_1_tickets_that_are_taken() {
    let taken = |tickets: &[Vec<u8>]| {
        let mut forger = forger();
        say_tickets(&mut forger, tickets).unwrap();
        let session = |event| match event {
            Event::Ticket(session) => Some(*session),
            _ => None,
        };
        std::iter::from_fn(|| forger.client.event()).filter_map(session).collect::<Vec<_>>()
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
