//! After the handshake: tickets (RFC 8446 §4.6.1), key updates (§4.6.3) and alerts (§6).

use super::state::State;
use super::{Client, Event};
use crate::alert::{Alert, AlertDescription, alert};
use crate::error::{Epoch, Error, ProtocolVersion};
use crate::handshake::{KeyUpdate, NewSessionTicket};
use crate::key_schedule::next_traffic_secret;
use crate::reason::parsed;

impl Client {
    /// A ticket for a later connection: told, not kept.
    pub(super) fn on_new_session_ticket(&mut self, ticket: &NewSessionTicket<'_>) -> Result<State, Error> {
        self.count_idle_record()?;
        self.tell(Event::Ticket { lifetime: ticket.lifetime, length: ticket.ticket.len() });
        Ok(State::Connected)
    }

    /// The server took its next key; if it asks for it, we take ours.
    pub(super) fn on_key_update(&mut self, update: KeyUpdate) -> Result<State, Error> {
        self.count_idle_record()?;
        let Some(keys) = &self.receive_keys else { return Ok(State::Connected) };
        let (suite, secret) = (keys.suite(), next_traffic_secret(keys.suite(), keys.secret()));
        let epoch = match self.receive_epoch {
            Epoch::Application(updates) => Epoch::Application(updates + 1),
            _ => Epoch::Application(1),
        };
        self.set_receive_keys(suite, &secret, epoch)?;
        // One answer is enough for several requests that come before it is sent (RFC 8446 §4.6.3).
        if update.requested && !self.key_update_waits && !self.closed_by_us {
            self.send_key_update(false)?;
            self.key_update_waits = true;
        }
        self.tell(Event::KeyUpdated { requested: update.requested });
        Ok(State::Connected)
    }

    /// An alert, in whichever state.
    pub(super) fn on_alert(&mut self, content: &[u8]) -> Result<(), Error> {
        let (received, rest) = parsed("Alert", content, alert(content))?;
        if !rest.is_empty() {
            let says = format!(
                "an alert record of {} bytes: an alert takes two, and a record holds one",
                content.len()
            );
            return Err(Error::violation(AlertDescription::DECODE_ERROR, "RFC 8446 §5.1", says));
        }
        let Alert { description, .. } = received;
        match description {
            AlertDescription::CLOSE_NOTIFY if self.summary.is_some() => {
                self.closed_by_peer = true;
                self.tell(Event::Closed);
                Ok(())
            }
            // Java sends it before close_notify; RFC 9846 §6.1 says to ignore it.
            AlertDescription::USER_CANCELED => {
                self.count_idle_record()?;
                self.tell(Event::Alert(received));
                Ok(())
            }
            AlertDescription::PROTOCOL_VERSION if self.handshake_secrets.is_none() => {
                let (offered, downgrade_mark) = (None, false);
                Err(Error::ProtocolVersion(ProtocolVersion { offered, downgrade_mark, offset: 0 }))
            }
            _ => Err(Error::AlertReceived(received)),
        }
    }
}
