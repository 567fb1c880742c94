//! The table of hosts, while a capture is read, and which addresses are one machine's.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

use super::Story;
use super::conversation::Conversation;
use super::host::{Host, HostId, Role};
use super::page::Page;

/// The hosts seen so far.
#[derive(Debug, Default)]
pub(super) struct Hosts {
    hosts: Vec<Host>,
    by_address: HashMap<IpAddr, HostId>,
    /// Where both ends of a conversation have one address (on the loopback), the server is a host of its own.
    by_end: HashMap<SocketAddr, HostId>,
}

impl Hosts {
    /// The host with this address.
    pub(super) fn at(&mut self, address: IpAddr) -> HostId {
        let next = HostId(self.hosts.len());
        let id = *self.by_address.entry(address).or_insert(next);
        if id == next {
            self.hosts.push(Host::new(address));
        }
        id
    }

    /// The hosts of a client and a server. One machine that talks to itself is two hosts in a picture.
    pub(super) fn of(&mut self, client: SocketAddr, server: SocketAddr) -> [HostId; 2] {
        if client.ip() != server.ip() {
            return [self.at(client.ip()), self.at(server.ip())];
        }
        let next = HostId(self.hosts.len());
        let id = *self.by_end.entry(server).or_insert(next);
        if id == next {
            self.hosts.push(Host::with_port(server));
        }
        [self.at(client.ip()), id]
    }

    /// The hosts, in the order in which they were seen.
    #[cfg(not(target_family = "wasm"))]
    pub(super) fn all(&self) -> &[Host] {
        &self.hosts
    }

    pub(super) fn into_hosts(self) -> Vec<Host> {
        self.hosts
    }
}

/// Says what each host does, by the conversations whose direction is known. The first word counts.
pub(super) fn give_roles(hosts: &mut [Host], conversations: &[Conversation]) {
    for conversation in conversations.iter().filter(|one| one.client_known) {
        let server = if conversation.is_dns() { Role::Resolver } else { Role::Server };
        for (id, role) in conversation.hosts.iter().zip([Role::Client, server]) {
            if let Some(host) = hosts.get_mut(id.0).filter(|host| host.role == Role::Unknown) {
                host.role = role;
            }
        }
    }
}

/// Makes one host of two client addresses that belong to one machine: it asked for a name over one IP version and
/// connected to the answer over the other.
pub(super) fn merge_clients(story: &mut Story) {
    let mut one = Merged((0..story.hosts.len()).collect());
    for page in &story.pages {
        let Some([keep, merge]) = two_addresses(story, page).map(|two| two.map(|host| one.find(host))) else {
            continue;
        };
        if keep == merge {
            continue;
        }
        one.0[merge.0] = keep.0;
        let addresses = std::mem::take(&mut story.hosts[merge.0].addresses);
        story.hosts[keep.0].addresses.extend(addresses);
    }
    for row in &mut story.rows {
        (row.from, row.to) = (one.find(row.from), one.find(row.to));
    }
    for conversation in &mut story.conversations {
        conversation.hosts = conversation.hosts.map(|host| one.find(host));
    }
    // A host without an address is one that was merged: nobody refers to it any more, and it has no role to be
    // numbered.
    for host in story.hosts.iter_mut().filter(|host| host.addresses.is_empty()) {
        host.role = Role::Unknown;
    }
}

/// For each host the one that it was found to be; itself, if none.
struct Merged(Vec<usize>);

impl Merged {
    /// The host that stands for this one. The way to it is halved in passing, so that no way stays long.
    fn find(&mut self, HostId(mut host): HostId) -> HostId {
        let Merged(one) = self;
        while one[host] != host {
            one[host] = one[one[host]];
            host = one[host];
        }
        HostId(host)
    }
}

/// The host that asked for the names of a page and the one that connected, where they are two of different IP versions.
fn two_addresses(story: &Story, page: &Page) -> Option<[HostId; 2]> {
    let conversation = |id: &super::ConversationId| story.conversations.get(id.0);
    let dns = page.dns.first().and_then(conversation)?;
    let differs = |tcp: &&super::Conversation| {
        dns.hosts[0] != tcp.hosts[0] && dns.ends[0].is_ipv4() != tcp.ends[0].is_ipv4()
    };
    let tcp = page.tcp.iter().filter_map(conversation).find(differs)?;
    Some([dns.hosts[0], tcp.hosts[0]])
}
