//! The examples of RFC 6605 §6, RFC 8080 §6 and RFC 5702 §6: keys, DS, and a signature by each.

use data_encoding::BASE64;

use super::signer::Signer;
use super::*;

/// The sets of an example: DNSKEY, DS and one that is signed.
struct Example {
    sets: Vec<RrSet>,
    zone: &'static str,
}

impl Example {
    fn new(zone: &'static str, text: &str) -> Example {
        let text: Vec<&str> = text.lines().map(str::trim_start).collect();
        Example { sets: RrSet::group(&records(&text.join("\n"))), zone }
    }

    fn key(&self) -> barewire_dns::rdata::Dnskey {
        match &set(&self.sets, self.zone, RecordType::DNSKEY).records[0].data {
            RData::Dnskey(key) => key.clone(),
            other => panic!("{other}"),
        }
    }

    /// The DS of the example proves the key, once `signer`, who has the private half, has signed it; and the key proves
    /// the record.
    fn holds(&self, signer: &Signer, now: u64) -> Verified {
        assert_eq!(signer.key, self.key());
        let dnskeys = signer.sign(&[signer.dnskey()]);
        let ds: Vec<_> =
            set(&self.sets, self.zone, RecordType::DS).records.iter().map(|ds| ds.data.clone()).collect();
        let ds: Vec<_> =
            ds.into_iter().map(|data| if let RData::Ds(ds) = data { ds } else { panic!("{data}") }).collect();
        let zone = name(self.zone);
        let keys = match keys_from_ds(&zone, &ds, &dnskeys, at(1_800_000_000), &mut Effort::default()) {
            Ok(Proven::Keys(keys)) => keys,
            other => panic!("{other:?}"),
        };
        check(self.signed(), &keys, at(now)).unwrap_or_else(|broken| panic!("{broken}"))
    }

    fn signed(&self) -> &RrSet {
        self.sets.iter().find(|set| !set.signatures.is_empty()).unwrap()
    }
}

fn base64(text: &str) -> Vec<u8> {
    BASE64.decode(text.as_bytes()).unwrap()
}

#[test]
fn rfc_6605_p256() {
    let example = Example::new(
        "example.net",
        "example.net. 3600 IN DNSKEY 257 3 13 ( GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edb
             krSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA== )
         example.net. 3600 IN DS 55648 13 2 ( b4c8c1fe2e7477127b27115656ad6256f424625bf5c1
             e2770ce6d6e37df61d17 )
         www.example.net. 3600 IN A 192.0.2.1
         www.example.net. 3600 IN RRSIG A 13 3 3600 ( 20100909100439 20100812100439 55648 example.net.
             qx6wLYqmh+l9oCKTN6qIc+bw6ya+KJ8oMz0YP107epXA
             yGmt+3SNruPFKG7tZoLBLlUzGGus7ZwmwWep666VCw== )",
    );
    let secret = base64("GU6SnQ/Ou+xC5RumuIUIuJZteXT2z0O/ok1s38Et6mQ=");
    let signer = Signer::ecdsa("example.net", example.key(), &secret);
    // 2010-08-20 00:00:00 UTC.
    let verified = example.holds(&signer, 1_282_262_400);
    assert_eq!((verified.key_tag, verified.algorithm, verified.weak), (55648, 13, false));
}

/// Its DS is a digest by SHA-384.
#[test]
fn rfc_6605_p384() {
    let example = Example::new(
        "example.net",
        "example.net. 3600 IN DNSKEY 257 3 14 ( xKYaNhWdGOfJ+nPrL8/arkwf2EY3MDJ+SErKivBVSum1
             w/egsXvSADtNJhyem5RCOpgQ6K8X1DRSEkrbYQ+OB+v8
             /uX45NBwY8rp65F6Glur8I/mlVNgF6W/qTI37m40 )
         example.net. 3600 IN DS 10771 14 4 ( 72d7b62976ce06438e9c0bf319013cf801f09ecc84b8
             d7e9495f27e305c6a9b0563a9b5f4d288405c3008a94 6df983d6 )
         www.example.net. 3600 IN A 192.0.2.1
         www.example.net. 3600 IN RRSIG A 14 3 3600 ( 20100909102025 20100812102025 10771 example.net.
             /L5hDKIvGDyI1fcARX3z65qrmPsVz73QD1Mr5CEqOiLP
             95hxQouuroGCeZOvzFaxsT8Glr74hbavRKayJNuydCuz
             WTSSPdz7wnqXL5bdcJzusdnI0RSMROxxwGipWcJm )",
    );
    let secret = base64("WURgWHCcYIYUPWgeLmiPY2DJJk02vgrmTfitxgqcL4vwW7BOrbawVmVe0d9V94SR");
    let signer = Signer::ecdsa("example.net", example.key(), &secret);
    let verified = example.holds(&signer, 1_282_262_400);
    assert_eq!((verified.key_tag, verified.algorithm), (10771, 14));
}

/// The RRSIG records of RFC 8080 §6.1 lack the algorithm, and their signatures match nothing. Those here are made with
/// the private keys of the RFC. A key and a message have one signature of Ed25519, so the test makes it again and
/// compares.
#[test]
fn rfc_8080_ed25519() {
    let rows = [
        (
            "ODIyNjAzODQ2MjgwODAxMjI2NDUxOTAyMDQxNDIyNjI=",
            "l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=",
            "3613 15 2 3aa5ab37efce57f737fc1627013fee07bdf241bd10f3b1964ab55c78e79a304b",
            "3613 example.com. \
             oL9krJun7xfBOIWcGHi7mag5/hdZrKWw15jPGrHpjQeRAvTdszaPD+QLs3fx8A4M3e23mRZ9VrbpMngwcrqNAg==",
        ),
        (
            "DSSF3o0s0f+ElWzj9E/Osxw8hLpk55chkmx0LYN5WiY=",
            "zPnZ/QwEe7S8C5SPz2OfS5RR40ATk2/rYnE9xHIEijs=",
            "35217 15 2 401781b934e392de492ec77ae2e15d70f6575a1c0bc59c5275c04ebe80c6614c",
            "35217 example.com. \
             zXQ0bkYgQTEFyfLyi9QoiY6D8ZdYo4wyUhVioYZXFdT410QPRITQSqJSnzQoSm5poJ7gD7AQR0O7KuI5k2pcBg==",
        ),
    ];
    for (secret, key, ds, signature) in rows {
        let text = format!(
            "example.com. 3600 IN DNSKEY 257 3 15 {key}\nexample.com. 3600 IN DS {ds}\n\
             example.com. 3600 IN MX 10 mail.example.com.\n\
             example.com. 3600 IN RRSIG MX 15 2 3600 1440021600 1438207200 {signature}"
        );
        let example = Example::new("example.com", &text);
        let signer = Signer::ed25519("example.com", &base64(secret));
        let again = Signer {
            dates: (1_438_207_200, 1_440_021_600),
            ..Signer::ed25519("example.com", &base64(secret))
        };
        assert_eq!(again.sign(&example.signed().records), *example.signed());
        assert_eq!(example.holds(&signer, 1_439_000_000).algorithm, 15);
    }
}

/// RFC 5702 §6.2: RSA/SHA-512 with 1024 bits.
#[test]
fn rfc_5702_rsa_sha_512() {
    let example = Example::new(
        "example.net",
        "example.net. 3600 IN DNSKEY 256 3 10 ( AwEAAdHoNTOW+et86KuJOWRD
             p1pndvwb6Y83nSVXXyLA3DLroROUkN6X0O6pnWnjJQujX/AyhqFD
             xj13tOnD9u/1kTg7cV6rklMrZDtJCQ5PCl/D7QNPsgVsMu1J2Q8g
             pMpztNFLpPBz1bWXjDtaR7ZQBlZ3PFY12ZTSncorffcGmhOL )
         www.example.net. 3600 IN A 192.0.2.91
         www.example.net. 3600 IN RRSIG A 10 3 3600 ( 20300101000000
             20000101000000 3740 example.net. tsb4wnjRUDnB1BUi+t
             6TMTXThjVnG+eCkWqjvvjhzQL1d0YRoOe0CbxrVDYd0xDtsuJRa
             eUw1ep94PzEWzr0iGYgZBWm/zpq+9fOuagYJRfDqfReKBzMweOL
             DiNa8iP5g9vMhpuv6OPlvpXwm9Sa9ZXIbNl1MBGk0fthPgxdDLw = )",
    );
    let keys = Signer::new("example.net", 1).keys_with(&[example.key()]);
    let verified = check(example.signed(), &keys, today()).unwrap_or_else(|broken| panic!("{broken}"));
    assert_eq!((verified.key_tag, verified.algorithm, verified.weak), (3740, 10, false));
}
