//! One step of the schedule with its inputs: it can be done again, here or by openssl.

use zeroize::Zeroizing;

use crate::key_schedule::{Secret, expand_label, extract};
use crate::suite::Hash;

/// One step, with its inputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// HKDF-Extract (RFC 5869 §2.2).
    Extract {
        /// The salt.
        salt: Secret,
        /// The input keying material.
        input: Secret,
    },
    /// HKDF-Expand-Label (RFC 8446 §7.1).
    Expand {
        /// The secret.
        secret: Secret,
        /// The label, without `tls13 ` in front.
        label: &'static str,
        /// A hash of the transcript, or nothing.
        context: Vec<u8>,
        /// How many bytes to make.
        length: usize,
    },
    /// HMAC (RFC 2104), which makes the verify_data of a Finished (RFC 8446 §4.4.4).
    Hmac {
        /// The key.
        key: Secret,
        /// What is authenticated: a hash of the transcript.
        data: Secret,
    },
}

impl Operation {
    /// Does it again.
    pub fn run(&self, hash: Hash) -> Secret {
        match self {
            // HKDF-Extract is HMAC, with the salt as its key.
            Operation::Extract { salt: key, input: data } | Operation::Hmac { key, data } => {
                extract(hash, key.bytes(), data.bytes())
            }
            Operation::Expand { secret, label, context, length } => {
                let mut out = Zeroizing::new([0; 48]);
                let out = &mut out[..*length];
                expand_label(hash, secret.bytes(), label, context, out);
                Secret::new(out)
            }
        }
    }

    /// The command that does it with openssl 3.0 or newer, in lines of at most 78 columns. It holds secrets.
    pub fn openssl(&self, hash: Hash) -> String {
        let name = match hash {
            Hash::Sha256 => "SHA256",
            Hash::Sha384 => "SHA384",
        };
        let kdf = |length: usize, mode| format!("openssl kdf -keylen {length} -kdfopt digest:{name}{mode}");
        let [extract, expand] = ["EXTRACT", "EXPAND"].map(|mode| format!(" -kdfopt mode:{mode}_ONLY"));
        match self {
            Operation::Extract { salt: key, input: data } => {
                let (key, data) = (option("hexsalt", key.bytes()), option("hexkey", data.bytes()));
                format!("{}{key}{data} \\\n HKDF", kdf(hash.len(), &extract))
            }
            Operation::Hmac { key, data } => {
                let (key, data) = (option("hexkey", key.bytes()), wrapped(data.bytes()));
                let options = format!(" -digest {}{}", name, key.replace("-kdfopt", "-macopt"));
                format!("printf %s \\\n{data} | \\\n xxd -r -p | openssl mac{options} \\\n HMAC")
            }
            Operation::Expand { secret, label, context, length } => {
                let secret = option("hexkey", secret.bytes());
                let label = format!(" \\\n -kdfopt 'prefix:tls13 ' -kdfopt 'label:{label}'");
                let context = if context.is_empty() { String::new() } else { option("hexdata", context) };
                format!("{}{secret}{label}{context} \\\n TLS13-KDF", kdf(*length, &expand))
            }
        }
    }
}

/// An option with a value in hex. A backslash at the end of a line joins it to the next one.
fn option(name: &str, bytes: &[u8]) -> String {
    format!(" \\\n -kdfopt {name}:\\\n{}", wrapped(bytes))
}

fn wrapped(bytes: &[u8]) -> String {
    let lines =
        bytes.chunks(32).map(|line| line.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    lines.collect::<Vec<_>>().join("\\\n")
}
