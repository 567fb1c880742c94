//! A full handshake from its ServerHello on: what sections 5, 6 and 7 have in common, and name alike.

use super::*;

/// The transcript through the ServerHello, where no HelloRetryRequest came. The RFC's private key makes its secret.
pub(super) fn hellos(rfc: &Section, hello: &[u8], server_hello: &[u8]) -> Transcript {
    assert_eq!(hex(&offered_key(&hello[HEADER..])), hex(rfc.get("x")));
    let shared = agree(&ring::agreement::X25519, rfc.get("d"), rfc.get("x"), &server_key(server_hello));
    assert_eq!(hex(&shared), hex(rfc.get("ikm")));
    let mut transcript = Transcript::new(Hash::Sha256, &hello[HEADER..]);
    transcript.add(&server_hello[HEADER..]);
    transcript
}

/// Replays the rest: the server's flight, the client's, and a close_notify from each side.
pub(super) fn replay(rfc: &Section, mut transcript: Transcript, records: &[Vec<u8>]) {
    let [flight, second_flight, client_close, server_close] = records else { panic!("{records:?}") };
    let secrets = handshake_secrets(rfc, &transcript);
    let server = opened(rfc, &secrets.server, flight, 0);
    transcribe(rfc, "server", &secrets.server, &mut transcript, &server);
    let application = application_secrets(rfc, &secrets, &transcript);
    let client = opened(rfc, &secrets.client, second_flight, server.len());
    transcribe(rfc, "client", &secrets.client, &mut transcript, &client);
    assert_eq!(server.len() + client.len(), rfc.handshakes.len(), "a message that is in no record");
    rfc.same("resumption hash", &transcript.current());
    rfc.same("res master", &application.resumption(transcript.current().bytes()));
    let close_notify = (ContentType::ALERT, vec![1, 0]);
    assert_eq!(open_and_reseal(&application.client, &[], client_close), close_notify);
    assert_eq!(open_and_reseal(&application.server, &[], server_close), close_notify);
}

fn handshake_secrets(rfc: &Section, transcript: &Transcript) -> HandshakeSecrets {
    rfc.same("hash", &transcript.current());
    let early = EarlySecret::without_psk(SUITE);
    rfc.same("early", &early.early);
    rfc.same("derived", &derived(Hash::Sha256, &early.early));
    let secrets = early.handshake(rfc.get("ikm"), transcript.current().bytes());
    rfc.same("handshake", &secrets.handshake);
    rfc.same("c hs traffic", &secrets.client);
    rfc.same("s hs traffic", &secrets.server);
    rfc.same_keys("handshake_server_key", "handshake_server_iv", &secrets.server);
    rfc.same_keys("handshake_client_key", "handshake_client_iv", &secrets.client);
    secrets
}

fn application_secrets(
    rfc: &Section,
    secrets: &HandshakeSecrets,
    transcript: &Transcript,
) -> ApplicationSecrets {
    rfc.same("application hash", &transcript.current());
    rfc.same("application_derived", &derived(Hash::Sha256, &secrets.handshake));
    let application = secrets.application(transcript.current().bytes());
    rfc.same("secret_application", &application.main);
    rfc.same("c ap traffic", &application.client);
    rfc.same("s ap traffic", &application.server);
    rfc.same("exp master", &application.exporter);
    rfc.same_keys("application_server_key", "application_server_iv", &application.server);
    rfc.same_keys("application_client_key", "application_client_iv", &application.client);
    application
}

/// The messages in a record, which are those that the RFC prints, from number `first` on. Written from what was read,
/// they are the same again.
fn opened(rfc: &Section, secret: &Secret, record: &[u8], first: usize) -> Vec<Vec<u8>> {
    let (content_type, flight) = open_and_reseal(secret, &[], record);
    assert_eq!(content_type, ContentType::HANDSHAKE);
    let messages: Vec<Vec<u8>> = messages(&flight).into_iter().map(<[u8]>::to_vec).collect();
    for (message, printed) in messages.iter().zip(&rfc.handshakes[first..]) {
        assert_eq!(hex(message), hex(printed));
        assert_eq!(hex(&written(message)), hex(printed));
    }
    messages
}

/// The message, written anew from what the parser made of it.
fn written(message: &[u8]) -> Vec<u8> {
    match Message::parse(message).unwrap() {
        Message::EncryptedExtensions(message) => message.to_bytes(),
        Message::CertificateRequest(message) => message.to_bytes(),
        Message::Certificate(message) => message.to_bytes(),
        Message::CertificateVerify(message) => message.to_bytes(),
        Message::Finished(message) => message.to_bytes(),
        other => panic!("{other:?}"),
    }
}

/// Takes one side's messages into the transcript. The last is its Finished: a MAC over all before it.
fn transcribe(rfc: &Section, side: &str, secret: &Secret, transcript: &mut Transcript, messages: &[Vec<u8>]) {
    let (finished, others) = messages.split_last().unwrap();
    others.iter().for_each(|message| transcript.add(message));
    rfc.same(&format!("{side} finished key"), &finished_key(Hash::Sha256, secret));
    let expected = verify_data(Hash::Sha256, secret, transcript.current().bytes());
    rfc.same(&format!("{side} finished"), &expected);
    assert_eq!(hex(finished), hex(&Finished { verify_data: expected.bytes() }.to_bytes()));
    transcript.add(finished);
}
