//! The interfaces that can be heard: `-D`.

use barewire_packet::link::{Device, devices};

use crate::commands::output::{print, style};
use crate::failure::Failure;
use crate::views::paragraph;

/// The word for all interfaces.
pub(super) const ANY: &str = "any";

/// Prints them.
pub(super) fn list() -> Result<(), Failure> {
    let width = style().width;
    devices().iter().try_for_each(|device| print(&paragraph(&line(device), 0, width)))?;
    print(&format!("{ANY}: all of them\n"))
}

fn line(device: &Device) -> String {
    let addresses: Vec<String> = device.addresses.iter().map(ToString::to_string).collect();
    let state = if device.is_up { "up" } else { "down" };
    let addresses = if addresses.is_empty() { "no address".to_owned() } else { addresses.join(", ") };
    format!("{}: {state}, {addresses}", device.name)
}

/// The one that is heard where none is named: the first that is up and is not the loopback, or else the loopback.
pub(super) fn usual() -> Option<String> {
    let devices = devices();
    let wire = devices.iter().find(|one| one.is_up && !one.is_loopback);
    wire.or(devices.iter().find(|one| one.is_up)).map(|one| one.name.clone())
}

/// The names of all.
pub(super) fn names() -> Vec<String> {
    devices().into_iter().map(|device| device.name).chain([ANY.to_owned()]).collect()
}
