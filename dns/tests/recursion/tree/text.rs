//! The text of a zone before it is signed: one name for each thing that an answer can be, and what is below it.

use super::{HOST, NOBODY, Zone, under};

/// The whole text; `ds` are the DS records of the zones below.
pub(super) fn text(place: usize, zones: &[Zone], ds: &[String]) -> String {
    let zone = &zones[place];
    let mut text = format!("$ORIGIN {}\n$TTL 300\n@ SOA ns hostmaster 1 1800 900 604800 60\n", zone.name);
    text += &servers(zone);
    if place > 8 {
        text += &names(place, zones);
    }
    let children = zones.iter().enumerate().filter(|(child, each)| each.parent == place && *child != 0);
    children.for_each(|(_, child)| text += &servers(child));
    if zone.name == HOST {
        (5..10).for_each(|number| text += &addresses(&format!("ns{number}.{HOST}"), number));
    }
    text + &ds.concat()
}

/// NS records, and the addresses of servers whose names are in the zone.
fn servers(zone: &Zone) -> String {
    let mut text = String::new();
    for number in &zone.servers {
        let name = under(&format!("ns{number}"), if zone.in_zone { &zone.name } else { HOST });
        text += &format!("{} NS {name}\n", zone.name);
        if zone.in_zone {
            text += &addresses(&name, *number);
        }
    }
    text
}

/// An IPv4 address, and for even numbers one of IPv6.
fn addresses(name: &str, number: u8) -> String {
    let a = format!("{name} A 10.53.0.{number}\n");
    let has_aaaa = number.is_multiple_of(2) && number != NOBODY;
    if has_aaaa { format!("{a}{name} AAAA fd53::{number}\n") } else { a }
}

fn names(place: usize, zones: &[Zone]) -> String {
    // Three zones that are elsewhere, each for another kind of alias.
    let [far, wild, dname] =
        [7, 31, 57].map(|step| &zones[10 + (place * 3 + step) % (zones.len() - 10)].name);
    format!(
        "@ A 192.0.2.{place}\n@ TXT \"zone {place}\"\nwww 60 A 192.0.2.{place}\nwww 60 AAAA 2001:db8::{place}\n\
         mail MX 10 www\nzero 0 A 192.0.2.99\nalias CNAME www\nfar CNAME www.{far}\nnowhere CNAME nobody.{far}\n\
         loop1 CNAME loop2\nloop2 CNAME loop1\na.b.ent TXT \"deep\"\n*.wild A 192.0.2.42\n*.wild TXT \"wild\"\n\
         *.wildc CNAME www.{wild}\ndn DNAME {dname}\n"
    )
}
