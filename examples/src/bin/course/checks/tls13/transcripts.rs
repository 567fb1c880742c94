//! tls03: the hash of a handshake, with and without a HelloRetryRequest, on the messages of RFC 8448 and of a capture.

use barewire_dissect::Direction::{self, ToClient, ToServer};
use barewire_packet::capture::Capture;
use barewire_tls13::record::{ContentType, HEADER, RecordHeader};
use barewire_tls13::{Hash, Transcript};

use super::hex;
use crate::steps::{Failed, Steps, unexpected};

const TRANSCRIPT: &str = "RFC 8446 §4.4.1";

/// tls03: the transcript after a HelloRetryRequest.
pub(crate) fn transcripts(steps: &mut Steps) -> Result<(), Failed> {
    steps.step("RFC 8448 §3, no HelloRetryRequest: ClientHello, ServerHello");
    let [hello, answer] = [HELLO, SERVER_HELLO].map(hex);
    exchange(steps, &[(ToServer, &hello), (ToClient, &answer)]);
    let mut transcript = Transcript::new(Hash::Sha256, &hello);
    transcript.add(&answer);
    let wanted = hex("860c06edc07858ee8e78f0e7428c58edd6b43f2ca3e6e95f02ed063cf0e1cad8");
    steps.equal("their hash", wanted, transcript.current().bytes().to_vec(), TRANSCRIPT)?;

    steps.step("RFC 8448 §5: ClientHello, HelloRetryRequest; then a second ClientHello, ServerHello");
    // The padding extension at the end of the second ClientHello holds 175 zeros.
    let again = [hex(AGAIN), vec![0; 175]].concat();
    let [hello, retry, answer] = [RETRIED, RETRY, ANSWER].map(hex);
    exchange(steps, &[(ToServer, &hello), (ToClient, &retry), (ToServer, &again), (ToClient, &answer)]);
    let mut transcript = Transcript::after_retry(Hash::Sha256, &hello, &retry);
    transcript.add(&again);
    transcript.add(&answer);
    let wanted = hex("8aa8e828ec2f8a884fec95a3139de01c15a3daa7ff5bfc3f4bfcc21b438d7bf8");
    steps.equal("their hash", wanted, transcript.current().bytes().to_vec(), TRANSCRIPT)?;

    steps.step("hello_retry.pcapng, from openssl: the same four messages, and the hash is SHA-384");
    let file = include_bytes!("../../../../../../tls13/tests/captures/hello_retry.pcapng");
    let capture = Capture::read(file).map_err(|error| unexpected("reading it", &error, "pcapng"))?;
    let [hello, retry, again, answer] = [4, 6, 8, 9].map(|frame| handshake_in(&capture, frame));
    exchange(steps, &[(ToServer, &hello), (ToClient, &retry), (ToServer, &again), (ToClient, &answer)]);
    let mut transcript = Transcript::after_retry(Hash::Sha384, &hello, &retry);
    let wanted = hex("98a317a1133d2abd26769ea32ff725ce43085f40d90e54fb8c18e94d003aa0d1\
                      2567248c519827c557af78d50354b8da");
    let hash = |transcript: &Transcript| transcript.current().bytes().to_vec();
    steps.equal("the hash of the first two", wanted, hash(&transcript), TRANSCRIPT)?;
    transcript.add(&again);
    transcript.add(&answer);
    // With this hash the key log's secrets lead to the Finished that the server sent.
    let wanted = hex("b628d4e4d68e4f08be631cc18c462feb9a9047415b405809139c6d9803f20090\
                      874142d9604fb81fc8d0e4d0f097f35f");
    steps.equal("the hash of all four", wanted, hash(&transcript), TRANSCRIPT)?;

    steps.step("somebody on the way changed one bit of the first ClientHello, and nothing else");
    let mut forged = hello.clone();
    forged[40] ^= 1;
    exchange(steps, &[(ToServer, &forged), (ToClient, &retry), (ToServer, &again), (ToClient, &answer)]);
    let mut other = Transcript::after_retry(Hash::Sha384, &forged, &retry);
    other.add(&again);
    other.add(&answer);
    steps.equal("the two ends have the same hash", false, hash(&transcript) == hash(&other), TRANSCRIPT)
}

/// Keeps handshake messages, on a new connection, each in a record of its own.
fn exchange(steps: &mut Steps, messages: &[(Direction, &Vec<u8>)]) {
    steps.connect(443);
    for (way, message) in messages {
        let header = RecordHeader {
            content_type: ContentType::HANDSHAKE,
            legacy_version: 0x0303,
            length: message.len(),
        };
        steps.send(*way, &[&header.to_bytes()[..], message].concat());
    }
}

/// The first handshake message in a frame: each stands in a record of its own, perhaps after a change_cipher_spec.
fn handshake_in(capture: &Capture, frame: usize) -> Vec<u8> {
    let packet = capture.ip_packet(frame - 1).expect("an IP packet");
    let tcp = &packet[usize::from(packet[0] & 15) * 4..];
    let mut records = &tcp[usize::from(tcp[12] >> 4) * 4..];
    while let Some((&[content_type, _, _, high, low], rest)) = records.split_first_chunk::<HEADER>() {
        let (fragment, after) = rest.split_at(usize::from(u16::from_be_bytes([high, low])));
        if content_type == ContentType::HANDSHAKE.0 {
            return fragment.to_vec();
        }
        records = after;
    }
    Vec::new()
}

// The messages of RFC 8448, with their headers of 4 bytes. §3:
const HELLO: &str = "\
    010000c00303cb34ecb1e78163ba1c38c6dacb196a6dffa21a8d9912ec18a2ef6283024dece700000613011303130201000091000000\
    0b0009000006736572766572ff01000100000a00140012001d0017001800190100010101020103010400230000003300260024001d00\
    2099381de560e4bd43d23d8e435a7dbafeb3c06e51c13cae4d5413691e529aaf2c002b0003020304000d0020001e0403050306030203\
    08040805080604010501060102010402050206020202002d00020101001c00024001";
const SERVER_HELLO: &str = "\
    020000560303a6af06a4121860dc5e6e60249cd34c95930c8ac5cb1434dac155772ed3e2692800130100002e00330024001d0020c982\
    8876112095fe66762bdbf7c672e156d6cc253b833df1dd69b1b04e751f0f002b00020304";

// §5: the first ClientHello, the HelloRetryRequest, the second ClientHello without its last 175 bytes, the ServerHello.
const RETRIED: &str = "\
    010000b00303b0b1c5a5aa37c5919f2ed1d5c6fff7fcb7849716945a2b8cee9258a346677b6f00000613011303130201000081000000\
    0b0009000006736572766572ff01000100000a00080006001d00170018003300260024001d0020e8e8e3f3b93a25ed97a14a7dcacb8a\
    272c6288e585c6484d05262fcad062ad1f002b0003020304000d0020001e040305030603020308040805080604010501060102010402\
    050206020202002d00020101001c00024001";
const RETRY: &str = "\
    020000ac0303cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c001301000084003300020017002c0074\
    007271dcd04bb88bc3189119398a00000000eefafc76c146b823b096f8aacad365dd0030953f4edf625636e5f21bb2e23fcc654b1b5b\
    40318d10d137abcbb87574e36e8a1f025f7dfa5d6e50781b5eda4aa15b0c8be778257d16aa3030e9e7841dd9e4c0342267e8ca0caf57\
    1fb2b7cff0f934b0002b00020304";
const AGAIN: &str = "\
    010001fc0303b0b1c5a5aa37c5919f2ed1d5c6fff7fcb7849716945a2b8cee9258a346677b6f000006130113031302010001cd000000\
    0b0009000006736572766572ff01000100000a00080006001d001700180033004700450017004104a6da7392ec591e17abfd535964b9\
    9894d13befb221b3def2ebe3830eac8f0151812677c4d6d2237e85cf01d6910cfb83954e76ba7352830534159897e8065780002b0003\
    020304000d0020001e040305030603020308040805080604010501060102010402050206020202002c0074007271dcd04bb88bc31891\
    19398a00000000eefafc76c146b823b096f8aacad365dd0030953f4edf625636e5f21bb2e23fcc654b1b5b40318d10d137abcbb87574\
    e36e8a1f025f7dfa5d6e50781b5eda4aa15b0c8be778257d16aa3030e9e7841dd9e4c0342267e8ca0caf571fb2b7cff0f934b0002d00\
    020101001c00024001001500af";
const ANSWER: &str = "\
    020000770303bb341d847fd789c47c387172dc0c9bf147fccacb5043d86ca4c598d3ff571b9800130100004f00330045001700410458\
    3e054b7a66672ae020ad9d2686fcc85b5ad41a134a0f03ee72b893052bd85b4c8de6776f5b04ac07d83540eab3e3d9c547bc6528c431\
    7d294686093a6cad7d002b00020304";
