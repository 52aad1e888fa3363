//! The networks, and who has a place on one: an address that it keeps, which others have in their `/etc/hosts`.
//!
//! Podman's name server hears of every container that comes or goes, and may answer nobody meanwhile (seen with 4.3). Whoever is asked for the
//! store has no time for that.

use super::parts::{EDGE, FRONT_NETWORK, NETWORKS, REDIS, STORE_NETWORK, VIEW, VIEW_NETWORK};
use super::podman::{OURS, Podman};
use super::progress::Did;
use std::net::Ipv4Addr;

/// Who has a place, and on which network: the store for functions, the edge for the monitor, the view of Podman for the edge, which would hear of new
/// containers too late.
const PLACED: [(&str, &str); 3] = [(REDIS, STORE_NETWORK), (EDGE, FRONT_NETWORK), (VIEW, VIEW_NETWORK)];

/// Those that are missing.
pub(super) fn ensure(podman: &Podman<'_>) -> Result<Did, String> {
    let missing: Vec<&str> = NETWORKS.into_iter().filter(|network| !podman.has("network", network)).collect();
    for network in &missing {
        // Only the edge is seen from outside, and sees it.
        let internal = (*network != FRONT_NETWORK).then_some("--internal");
        let create = |more: &[&str]| {
            let create = ["network", "create", "--label", OURS].into_iter().chain(internal);
            podman.text(&create.chain(more.iter().copied()).chain([*network]).collect::<Vec<_>>()).map(drop)
        };
        create(&[])?;
        if PLACED.iter().any(|(_, placed)| placed == network) {
            // Podman chooses one that is free, and whoever comes later gets an address of its first half.
            let subnet = Subnet::of(podman, network)?;
            podman.text(&["network", "rm", network])?;
            create(&["--subnet", &subnet.text(subnet.bits), "--ip-range", &subnet.text(subnet.bits + 1)])?;
        }
    }
    Ok(Did::if_new(!missing.is_empty(), "made"))
}

/// Where somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    name: &'static str,
    network: &'static str,
    address: Ipv4Addr,
}

impl Place {
    /// Where functions find the store.
    pub(super) fn of_the_store(podman: &Podman<'_>) -> Result<Self, String> {
        Self::of(podman, PLACED[0])
    }

    /// Where the monitor finds the edge.
    pub(super) fn of_the_edge(podman: &Podman<'_>) -> Result<Self, String> {
        Self::of(podman, PLACED[1])
    }

    /// Where the edge finds the view of Podman.
    pub(super) fn of_the_view(podman: &Podman<'_>) -> Result<Self, String> {
        Self::of(podman, PLACED[2])
    }

    /// On the network that is there.
    fn of(podman: &Podman<'_>, (name, network): (&'static str, &'static str)) -> Result<Self, String> {
        Subnet::of(podman, network).map(|subnet| Self { name, network, address: subnet.last() })
    }

    /// For the container that has it. With another card's number behind its address the neighbours would look for it at the old one.
    pub(super) fn network(self) -> String {
        let [a, b, c, d] = self.address.octets();
        // The first octet says that nobody sold the card.
        format!("{}:ip={},mac=02:54:{a:02x}:{b:02x}:{c:02x}:{d:02x}", self.network, self.address)
    }

    /// For the others.
    pub(super) fn host(self) -> String {
        format!("--add-host={}:{}", self.name, self.address)
    }
}

/// The addresses of a network.
struct Subnet {
    first: Ipv4Addr,
    bits: u32,
}

impl Subnet {
    fn of(podman: &Podman<'_>, network: &str) -> Result<Self, String> {
        const SHOWN: &str = "{{range .Subnets}}{{.Subnet}} {{end}}";
        let shown = podman.text(&["network", "inspect", "--format", SHOWN, network])?;
        Self::read(&shown).ok_or_else(|| format!("the network {network} has no addresses of its own: {shown}"))
    }

    /// The first that is of version 4 and has room for both halves.
    fn read(shown: &str) -> Option<Self> {
        shown.split_whitespace().find_map(|subnet| {
            let (first, bits) = subnet.split_once('/')?;
            Some(Self { first: first.parse().ok()?, bits: bits.parse().ok().filter(|bits| (8..=28).contains(bits))? })
        })
    }

    /// The last that can be a container's: the one after it means everybody.
    fn last(&self) -> Ipv4Addr {
        Ipv4Addr::from_bits((self.first.to_bits() | (u32::MAX >> self.bits)) - 1)
    }

    fn text(&self, bits: u32) -> String {
        format!("{}/{bits}", self.first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_store_is_at_the_end_of_its_network_and_the_others_in_its_first_half() {
        let subnet = Subnet::read("fd00::/64 10.89.2.0/24 ").expect("one of version 4");
        assert_eq!((subnet.text(24), subnet.text(25)), ("10.89.2.0/24".to_owned(), "10.89.2.0/25".to_owned()));
        let place = Place { name: REDIS, network: STORE_NETWORK, address: subnet.last() };
        assert_eq!(place.host(), "--add-host=truce-redis:10.89.2.254");
        assert_eq!(place.network(), "truce-store:ip=10.89.2.254,mac=02:54:0a:59:02:fe");
    }

    #[test]
    fn a_network_without_room_is_none() {
        assert!(
            ["", "fd00::/64", "10.89.2.0/31", "10.89.2.0/0", "10.89.2.0"].iter().all(|it| Subnet::read(it).is_none())
        );
    }
}
