//! The list: each server, what the stub says of it, and what that costs, in milliseconds and in messages sent.
//!
//! The five seconds of a lookup are paid only where nothing usable ever comes. A message takes 10 ms there and back.

use barewire_dns::stub::{Config, RandomCase};

use crate::row::Says::{Endless, Exactly, Failed, Found, Silent, Useless};
use crate::row::{Row, row};
use crate::{aliases, broken, codes, cookies, forged, several, tcp};

const GOOD: &str = "203.0.113.80";
const NO_A: &str = "www.example.test exists, but has no A records; RFC 2308 §2.2";
const NOT_ONE: &str = "it does not repeat the one question asked; RFC 5452 §9.1 has it match";
const EMPTY: &str = "the DNS message ends inside the field at byte 0; RFC 1035 §4.1 gives the layout";
const OTHER_CASE: &str = "it does not repeat the question in the case in which it was sent, as 0x20 wants";
const LAME: &str = "is lame: it named the servers of ., which lead nowhere (RFC 1912 §2.8)";

pub(crate) static SERVERS: &[Row] = &[
    // Messages that are not the reply.
    row("answers after 1.4 s", forged::late, Found(GOOD), 1400, 2),
    row("five wrong IDs, then the answer", forged::wrong_ids, Found(GOOD), 10, 1),
    row("a wrong question, then the answer", forged::wrong_question_first, Found(GOOD), 10, 1),
    row(
        "a wrong question, always",
        forged::wrong_question_only,
        Useless(
            "3 times",
            "it answers A? other.test, which was not asked; RFC 5452 §9.1 has the question match",
        ),
        5000,
        3,
    ),
    row("two questions in the reply", forged::two_questions, Useless("3 times", NOT_ONE), 5000, 3),
    row("a reply from another port, then the answer", forged::another_port, Found(GOOD), 10, 1),
    row("the query comes back, then the answer", forged::echo, Found(GOOD), 10, 1),
    row("a NOTIFY, then the answer", forged::another_opcode, Found(GOOD), 10, 1),
    row("40 packets of rubbish, then the answer", forged::garbage, Found(GOOD), 20, 2),
    row("a flood of 3 s", forged::flood, Found(GOOD), 27, 2),
    row("empty datagrams", forged::empty_datagrams, Useless("3 times", EMPTY), 5000, 3),
    row("12 bytes of NOERROR", forged::twelve_bytes_of_noerror, Useless("3 times", NOT_ONE), 5000, 3),
    row("lower case, with 0x20", forged::lower_case, Found(GOOD), 20, 2)
        .set(|config| Config { random_case: RandomCase::On, ..config }),
    row("lower case, with strict 0x20", forged::lower_case, Useless("3 times", OTHER_CASE), 5000, 3)
        .set(|config| Config { random_case: RandomCase::Strict, ..config }),
    row("the answer in upper case", forged::shouts, Found(GOOD), 10, 1),
    row("an answer about another name", forged::another_name, Exactly(NO_A), 10, 1),
    row("silence", forged::silence, Silent("gave no answer after 2.0 s"), 5000, 3),
    row(
        "nobody listens",
        forged::nobody_listens,
        Failed(
            "cannot be reached: its host says that nobody listens on that port (ICMP, RFC 1122 \
             §4.1.3.1)",
        ),
        10,
        1,
    ),
    row("NXDOMAIN with the address", forged::contradicts_itself, Found(GOOD), 10, 1),
    // Errors, and other servers' names.
    row("REFUSED in 12 bytes", codes::refused_in_twelve_bytes, Failed("answered REFUSED"), 10, 1),
    row(
        "SERVFAIL in 12 bytes with QDCOUNT 1",
        codes::servfail_in_twelve_bytes,
        Failed("answered SERVFAIL"),
        10,
        1,
    ),
    row("REFUSED with a reason", codes::refused_with_reason, Failed("answered REFUSED (Prohibited)"), 10, 1),
    row(
        "SERVFAIL with a reason",
        codes::servfail_with_reason,
        Failed("answered SERVFAIL (Signature Expired: expired in 2020)"),
        10,
        1,
    ),
    row("NOTAUTH", codes::notauth, Failed("answered NOTAUTH"), 10, 1),
    row("FORMERR of 12 bytes to EDNS", codes::formerr_in_twelve_bytes, Found(GOOD), 20, 2),
    row("FORMERR with the question to EDNS", codes::formerr_with_question, Found(GOOD), 20, 2),
    row("NOTIMP to EDNS", codes::notimp, Found(GOOD), 20, 2),
    row("BADVERS to EDNS", codes::badvers, Found(GOOD), 20, 2),
    row("FORMERR to everything", codes::formerr_to_everything, Failed("answered FORMERR"), 20, 2),
    row("drops queries with EDNS", codes::drops_edns, Silent("gave no answer after 2.0 s"), 5000, 3),
    row("an upward referral", codes::refers_upwards, Failed(LAME), 10, 1),
    row("an upward referral with RA", codes::refers_upwards_with_ra, Failed(LAME), 10, 1),
    row(
        "a referral downwards",
        codes::refers_downwards,
        Failed("does not recurse: it only named other servers (RA is 0)"),
        10,
        1,
    ),
    row(
        "a referral to another zone",
        codes::refers_aside,
        Failed("is lame: it named the servers of other.test, which lead nowhere (RFC 1912 §2.8)"),
        10,
        1,
    ),
    row(
        "NXDOMAIN without SOA",
        codes::bare_nxdomain,
        Exactly(
            "www.example.test does not exist: 192.0.2.53:53 answered NXDOMAIN; by RFC 2308 §2.1 \
             that holds for every type of record",
        ),
        10,
        1,
    ),
    row("NODATA with the SOA of another zone", codes::nodata_of_another_zone, Exactly(NO_A), 10, 1),
    // Replies that break off, or say that they do.
    row("TC", broken::tc, Found(GOOD), 20, 2),
    row("TC in 12 bytes", broken::tc_in_twelve_bytes, Found(GOOD), 20, 2),
    row("TC within a record", broken::tc_within_a_record, Found(GOOD), 20, 2),
    row("cut within a record without TC", broken::cut_without_tc, Found(GOOD), 20, 2),
    row(
        "cut over TCP too",
        broken::cut_everywhere,
        Failed(
            "sent a broken answer even over TCP: RDLENGTH says 4 bytes, but 1 is left at byte 46; \
             RFC 1035 §4.1.3 has it count the RDATA",
        ),
        20,
        2,
    ),
    row("TC over TCP too", broken::tc_everywhere, Failed("truncated its answer even over TCP"), 20, 2),
    row(
        "TC, and TCP is closed",
        broken::tc_without_tcp,
        Failed(
            "cannot be reached: its host answered our SYN with a reset: nobody listens on that port \
             (RFC 9293 §3.10.7.1)",
        ),
        20,
        2,
    ),
    row(
        "TC, and silence over TCP",
        broken::tc_and_silence_over_tcp,
        Silent("answered NOERROR at first, and then nothing within 2.0 s"),
        5000,
        3,
    ),
    row(
        "TC, and empty messages over TCP",
        broken::tc_and_empty_messages_over_tcp,
        Silent(
            "answered NOERROR at first, and then nothing usable within 2.0 s; ignored twice: the DNS message ends \
             inside the field at byte 0; RFC 1035 §4.1 gives the layout",
        ),
        5000,
        3,
    ),
    row("three bytes after the answer", broken::trailing_bytes, Found(GOOD), 10, 1),
    row("two OPT records", broken::two_opts, Found(GOOD), 10, 1),
    row(
        "a pointer to itself",
        broken::pointer_to_itself,
        Failed(
            "sent a broken answer even over TCP: label pointer at byte 34 points to 34, into its \
             own name; RFC 1035 §4.1.4 allows only an earlier name",
        ),
        20,
        2,
    ),
    row("65,535 answers, of which one is there", broken::count_of_65535, Found(GOOD), 20, 2),
    row("an address of three bytes", broken::address_of_three_bytes, Found(GOOD), 20, 2),
    row("an address of class CH", broken::another_class, Exactly(NO_A), 10, 1),
    row("a TTL with its top bit set", broken::ttl_with_its_top_bit, Found(GOOD), 10, 1),
    row("4,000 addresses", broken::four_thousand_addresses, Found("4000 addresses"), 20, 2),
    // Aliases.
    row("an alias without its target", aliases::stops_at_an_alias, Found(GOOD), 20, 2),
    row("another alias in each reply", aliases::another_alias_each_time, Endless("n5", 5), 50, 5),
    row("16 aliases in reverse", aliases::sixteen_in_reverse, Found(GOOD), 10, 1),
    row("17 aliases", aliases::seventeen, Endless("n16", 16), 10, 1),
    row("a circle of aliases", aliases::circle, Endless("www", 16), 10, 1),
    row("an alias of itself", aliases::alias_of_itself, Endless("www", 16), 10, 1),
    row(
        "an alias of nothing",
        aliases::alias_of_nothing,
        Exactly(
            "gone.example.test does not exist: 192.0.2.53:53 answered NXDOMAIN (www.example.test is \
             an alias of it); by RFC 2308 §2.1 that holds for every type of record",
        ),
        10,
        1,
    ),
    // TCP.
    row(
        "TCP closes after the query",
        tcp::closes_after_the_query,
        Failed("cannot be reached: the server closed the connection without an answer"),
        10,
        1,
    )
    .tcp(),
    row(
        "TCP closes within the answer",
        tcp::closes_within_the_answer,
        Failed(
            "cannot be reached: the server closed the connection after 30 bytes of an unfinished \
             message",
        ),
        10,
        1,
    )
    .tcp(),
    row("TCP: a length of 0", tcp::a_length_of_zero, Useless("twice", EMPTY), 5000, 2).tcp(),
    row("TCP: another ID first", tcp::another_id_first, Found(GOOD), 10, 1).tcp(),
    row("TCP: a byte now and then", tcp::drips, Silent("gave no answer after 2.0 s"), 5000, 2).tcp(),
    row(
        "TCP: other IDs without end",
        tcp::streams_other_ids,
        Useless("7000 times", "its ID 0x1234 is not the query's; RFC 5452 §9.1 has it match"),
        5000,
        2,
    )
    .tcp(),
    // Cookies.
    row("BADCOOKIE over UDP", cookies::badcookie_over_udp, Found(GOOD), 30, 3).with_cookies(),
    row("BADCOOKIE for ever", cookies::badcookie_for_ever, Failed("answered BADCOOKIE"), 30, 3)
        .with_cookies(),
    row(
        "a wrong cookie",
        cookies::wrong_cookie,
        Useless("3 times", "its cookie is not the query's; RFC 7873 §5.3 has it match"),
        5000,
        3,
    )
    .with_cookies(),
    row("a known server without its cookie", cookies::cookie_missing, Found(GOOD), 1010, 2).known(),
    // Another server, type or name.
    row("of two, the first is silent", several::first_is_silent, Found(GOOD), 1010, 2).of_two(),
    row("of two, the first refuses", several::first_refuses, Found(GOOD), 20, 2).of_two(),
    row("of two, the first is gone", several::first_is_gone, Found(GOOD), 20, 2).of_two(),
    row("of two, the first is lame", several::first_is_lame, Found(GOOD), 20, 2).of_two(),
    row("of two, a late TC without TCP", several::first_is_late_and_truncates, Found(GOOD), 1600, 4).of_two(),
    row("SERVFAIL to A, an address to AAAA", several::servfail_to_a, Found("2001:db8::80"), 10, 2)
        .both_types(),
    row("silence about AAAA", several::silent_about_aaaa, Found(GOOD), 1010, 3).both_types(),
    row("SERVFAIL to the first suffix", several::servfail_to_the_first_suffix, Found(GOOD), 20, 2).searched(),
    row(
        "NXDOMAIN to the whole search list",
        several::nxdomain_to_all,
        Exactly(
            "www does not exist, and with the search list neither does www.office.test, \
             www.home.test: 192.0.2.53:53 answered NXDOMAIN (RFC 2308 §2.1)",
        ),
        30,
        3,
    )
    .searched(),
];
