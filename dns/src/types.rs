//! The types of records, in one table: a row for each, by number.
//!
//! | column | what it says |
//! |---|---|
//! | number, mnemonic | as in IANA's registry "Resource Record (RR) TYPEs" |
//! | variant | the variant of [`RData`](crate::RData), and what it holds |
//! | file | the file in `rdata/` that reads and writes the data |
//! | names | whether names in the data may be compressed: a [`Compression`] |
//! | rule | the section that lays out the data |
//! | purpose | what the type is for |
//!
//! The table is a macro, because two files make items of its rows: [`RecordType`](crate::RecordType) the constants and
//! what is known of each number, [`RData`](crate::RData) the variants and their parser, writer and text. So a new type
//! is one file in `rdata/` and one row here. Types in the second list are a number and a name: their data is kept as
//! bytes. Tested in `tests/types/`.

/// Whether the names in a type's data may be written as pointers (RFC 3597 §4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// The data holds no name, or the type is kept as bytes.
    NoNames,
    /// A type of RFC 1035: every reader knows where its names stand, so they are written as pointers.
    Written,
    /// A pointer is read, because old software and mDNS write it (RFC 3597 §4, RFC 6762 §18.14). We never write one.
    Read,
    /// A pointer is refused: a host that copies the data as bytes would lose the name.
    Never,
}

/// Gives the rows of the table to the macro `$reader`.
#[rustfmt::skip]
macro_rules! for_each_type { ($reader:ident) => { $reader! {
    // number, mnemonic, variant, file, names, rule, purpose
    typed {
    1   A          A(Ipv4Addr)            a          NoNames "RFC 1035 §3.4.1" "A host's IPv4 address.";
    2   NS         Ns(Name)               ns         Written "RFC 1035 §3.3.11" "A server that holds the zone.";
    3   MD         Md(Name)               mailbox    Read    "RFC 1035 §3.3.4" "A mail destination; MX took its place.";
    4   MF         Mf(Name)               mailbox    Read    "RFC 1035 §3.3.5" "A mail forwarder; MX took its place.";
    5   CNAME      Cname(Name)            cname      Written "RFC 1035 §3.3.1" "The name that this one is an alias of.";
    6   SOA        Soa(Box<Soa>)          soa        Written "RFC 1035 §3.3.13" "Who runs a zone, and its timers.";
    7   MB         Mb(Name)               mailbox    Read    "RFC 1035 §3.3.3" "A host with the mailbox.";
    8   MG         Mg(Name)               mailbox    Read    "RFC 1035 §3.3.6" "A mailbox of the group.";
    9   MR         Mr(Name)               mailbox    Read    "RFC 1035 §3.3.8" "The new name of the mailbox.";
    12  PTR        Ptr(Name)              ptr        Written "RFC 1035 §3.3.12" "Another name: an address's host.";
    13  HINFO      Hinfo(Box<Hinfo>)      hinfo      NoNames "RFC 1035 §3.3.2" "A machine and its system.";
    14  MINFO      Minfo(Box<Minfo>)      minfo      Read    "RFC 1035 §3.3.7" "The mailboxes of a mailing list.";
    15  MX         Mx(Mx)                 mx         Written "RFC 1035 §3.3.9" "Where mail goes.";
    16  TXT        Txt(Txt)               txt        NoNames "RFC 1035 §3.3.14" "Text in one or more strings.";
    17  RP         Rp(Box<Rp>)            rp         Read    "RFC 1183 §2.2" "Who is responsible for a host.";
    18  AFSDB      Afsdb(Ranked)          ranked     Read    "RFC 1183 §1" "A server of the Andrew file system.";
    21  RT         Rt(Ranked)             ranked     Read    "RFC 1183 §3.3" "A host that forwards to this one.";
    26  PX         Px(Box<Px>)            px         Read    "RFC 2163 §4" "Names of X.400 mail for this one.";
    28  AAAA       Aaaa(Ipv6Addr)         aaaa       NoNames "RFC 3596 §2.2" "A host's IPv6 address.";
    29  LOC        Loc(Loc)               loc        NoNames "RFC 1876 §2" "A place on the Earth.";
    33  SRV        Srv(Box<Srv>)          srv        Read    "RFC 2782" "The hosts that offer a service.";
    35  NAPTR      Naptr(Box<Naptr>)      naptr      Read    "RFC 3403 §4.1" "A rule that rewrites a name.";
    36  KX         Kx(Ranked)             ranked     Read    "RFC 2230 §3" "A host that exchanges keys for this one.";
    39  DNAME      Dname(Name)            dname      Read    "RFC 6672 §2.1" "Where the names below really are.";
    43  DS         Ds(Ds)                 ds         NoNames "RFC 4034 §5.1" "The digest of a key of the zone below.";
    44  SSHFP      Sshfp(Sshfp)           sshfp      NoNames "RFC 4255 §3.1" "The fingerprint of an SSH host key.";
    46  RRSIG      Rrsig(Box<Rrsig>)      rrsig      Never   "RFC 4034 §3.1" "A signature over a set of records.";
    47  NSEC       Nsec(Box<Nsec>)        nsec       Read    "RFC 4034 §4.1" "The next name, and the types here.";
    48  DNSKEY     Dnskey(Dnskey)         dnskey     NoNames "RFC 4034 §2.1" "A public key of the zone.";
    50  NSEC3      Nsec3(Box<Nsec3>)      nsec3      NoNames "RFC 5155 §3.2" "NSEC with hashes of the names.";
    51  NSEC3PARAM Nsec3param(Nsec3param) nsec3param NoNames "RFC 5155 §4.2" "How the zone's names are hashed.";
    52  TLSA       Tlsa(Tlsa)             tlsa       NoNames "RFC 6698 §2.1" "Which certificate a TLS server has.";
    59  CDS        Cds(Ds)                ds         NoNames "RFC 7344 §3.1" "The DS that the zone asks for.";
    60  CDNSKEY    Cdnskey(Dnskey)        dnskey     NoNames "RFC 7344 §3.2" "The same, as a key.";
    62  CSYNC      Csync(Csync)           csync      NoNames "RFC 7477 §2.1" "Which records the parent should copy.";
    63  ZONEMD     Zonemd(Zonemd)         zonemd     NoNames "RFC 8976 §2.2" "A digest of the whole zone.";
    64  SVCB       Svcb(Box<Svcb>)        svcb       Never   "RFC 9460 §2.2" "How to reach a service.";
    65  HTTPS      Https(Box<Svcb>)       svcb       Never   "RFC 9460 §9" "How to reach a web site.";
    250 TSIG       Tsig(Box<Tsig>)        tsig       Never   "RFC 8945 §4.2" "A message's signature by a shared key.";
    256 URI        Uri(Uri)               uri        NoNames "RFC 7553 §4.5" "Where a service is, as a URI.";
    257 CAA        Caa(Box<Caa>)          caa        NoNames "RFC 8659 §4.1" "Who may issue certificates for the name.";
    }
    named {
    10  NULL       "RFC 1035 §3.3.10" "Any bytes, as an experiment.";
    37  CERT       "RFC 4398 §2" "A certificate.";
    41  OPT        "RFC 6891 §6.1.2" "EDNS: about the message, in no zone. See [`Edns`](crate::Edns).";
    42  APL        "RFC 3123 §4" "A list of address prefixes.";
    45  IPSECKEY   "RFC 4025 §2.1" "A key for IPsec.";
    49  DHCID      "RFC 4701 §3.1" "Which DHCP client has the name.";
    53  SMIMEA     "RFC 8162 §2" "Which certificate a person's mail has.";
    61  OPENPGPKEY "RFC 7929 §2.1" "A person's OpenPGP key.";
    99  SPF        "RFC 7208 §3.1" "Which hosts may send mail; TXT took its place.";
    108 EUI48      "RFC 7043 §3.1" "A hardware address of six bytes.";
    109 EUI64      "RFC 7043 §4.1" "A hardware address of eight bytes.";
    249 TKEY       "RFC 2930 §2" "How two hosts agree on a key.";
    251 IXFR       "RFC 1995 §3" "In a question: what has changed in a zone.";
    252 AXFR       "RFC 5936 §2.1" "In a question: all records of a zone.";
    255 ANY        "RFC 1035 §3.2.3" "In a question: every type. RFC 8482 says why the answer is short today.";
    }
}}}

pub(crate) use for_each_type;
