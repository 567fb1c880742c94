//! Writing extensions: the mirror of reading them. Tested in `tests/messages.rs`.

use super::*;
use crate::wire::{put_u16, put_u32, put_vector};

impl Extension<'_> {
    /// The extension's number.
    pub fn id(&self) -> u16 {
        match self {
            Extension::ServerName(_) => SERVER_NAME,
            Extension::SupportedGroups(_) => SUPPORTED_GROUPS,
            Extension::SignatureAlgorithms(_) => SIGNATURE_ALGORITHMS,
            Extension::SignatureAlgorithmsCert(_) => SIGNATURE_ALGORITHMS_CERT,
            Extension::Alpn(_) => ALPN,
            Extension::SupportedVersions(_) | Extension::SelectedVersion(_) => SUPPORTED_VERSIONS,
            Extension::Cookie(_) => COOKIE,
            Extension::CertificateAuthorities(_) => CERTIFICATE_AUTHORITIES,
            Extension::PskKeyExchangeModes(_) => PSK_KEY_EXCHANGE_MODES,
            Extension::KeyShares(_) | Extension::KeyShare(_) | Extension::RetryGroup(_) => KEY_SHARE,
            Extension::MaxEarlyData(_) => EARLY_DATA,
            Extension::PreSharedKeys(_) | Extension::SelectedIdentity(_) => PRE_SHARED_KEY,
            Extension::Other { id, .. } => *id,
        }
    }

    /// Appends the extension as it stands on the wire.
    pub fn write(&self, out: &mut Vec<u8>) {
        put_u16(out, self.id());
        put_vector(out, 2, |out| self.write_content(out));
    }

    fn write_content(&self, out: &mut Vec<u8>) {
        match self {
            Extension::ServerName(None) => {}
            Extension::ServerName(Some(name)) => put_vector(out, 2, |out| {
                out.push(0);
                put_vector(out, 2, |out| out.extend_from_slice(name));
            }),
            Extension::SupportedGroups(list)
            | Extension::SignatureAlgorithms(list)
            | Extension::SignatureAlgorithmsCert(list) => {
                put_vector(out, 2, |out| list.iter().for_each(|&id| put_u16(out, id)));
            }
            Extension::Alpn(names) => put_vector(out, 2, |out| {
                names.iter().for_each(|name| put_vector(out, 1, |out| out.extend_from_slice(name)));
            }),
            Extension::SupportedVersions(list) => {
                put_vector(out, 1, |out| list.iter().for_each(|&version| put_u16(out, version)));
            }
            Extension::SelectedVersion(number)
            | Extension::RetryGroup(number)
            | Extension::SelectedIdentity(number) => put_u16(out, *number),
            Extension::Cookie(cookie) => put_vector(out, 2, |out| out.extend_from_slice(cookie)),
            Extension::CertificateAuthorities(names) => put_vector(out, 2, |out| {
                names.iter().for_each(|name| put_vector(out, 2, |out| out.extend_from_slice(name)));
            }),
            Extension::PskKeyExchangeModes(modes) => put_vector(out, 1, |out| out.extend_from_slice(modes)),
            Extension::KeyShares(entries) => {
                put_vector(out, 2, |out| entries.iter().for_each(|entry| write_key_share(entry, out)));
            }
            Extension::KeyShare(entry) => write_key_share(entry, out),
            Extension::MaxEarlyData(size) => put_u32(out, *size),
            Extension::PreSharedKeys(offered) => offered.write(out),
            Extension::Other { data, .. } => out.extend_from_slice(data),
        }
    }
}

fn write_key_share(entry: &KeyShareEntry<'_>, out: &mut Vec<u8>) {
    put_u16(out, entry.group);
    put_vector(out, 2, |out| out.extend_from_slice(entry.key_exchange));
}
