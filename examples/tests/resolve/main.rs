//! `barewire resolve`: over the toy internet ([`toy`]), from the root down ([`from_root`]), its flags ([`flags`]), and
//! with servers that do what real ones do wrong ([`hostile`]) or that tell what they were asked ([`asked`]). dig and
//! kdig judge it in `tests/peers`.

mod asked;
#[path = "../common/mod.rs"]
mod common;
mod flags;
mod from_root;
mod hostile;
#[path = "../live/port.rs"]
mod port;
mod server;
mod toy;
