//! After the handshake: tickets (RFC 8446 §4.6.1), key updates (§4.6.3) and alerts (§6).

use barewire_dissect::finish;

use super::state::State;
use super::{Client, Event};
use crate::alert::{Alert, AlertDescription, alert};
use crate::error::{Error, ProtocolVersion};
use crate::extensions::Place;
use crate::handshake::{KeyUpdate, NewSessionTicket};
use crate::key_schedule::{next_traffic_secret, ticket_psk};
use crate::reason::bytes_in_words;
use crate::session::{MAX_TICKET, Session};

impl Client {
    /// A ticket for a later connection. It becomes an event with all that the later connection needs. One that could
    /// not be sent back is ignored.
    pub(super) fn on_new_session_ticket(&mut self, ticket: &NewSessionTicket<'_>) -> Result<State, Error> {
        self.check_extensions(&ticket.extensions, Place::NewSessionTicket)?;
        self.count_idle_ticket()?;
        if ticket.ticket.len() > MAX_TICKET {
            return Ok(State::Connected);
        }
        let (Some(summary), Some(resumption), Some(origin)) = (&self.summary, &self.resumption, &self.origin)
        else {
            return Ok(State::Connected);
        };
        let session = Session {
            server_name: self.config.session_name(),
            alpn: summary.alpn.clone(),
            suite: summary.suite,
            ticket: ticket.ticket.to_vec(),
            lifetime: ticket.lifetime,
            age_add: ticket.age_add,
            nonce: ticket.nonce.to_vec(),
            max_early_data: ticket.max_early_data(),
            received: self.wall_clock(),
            psk: ticket_psk(summary.suite.hash(), resumption, ticket.nonce),
            origin: origin.clone(),
        };
        self.tell(Event::Ticket(Box::new(session)));
        Ok(State::Connected)
    }

    /// The server has taken its next key. If it asks for that, we take ours before we send data.
    pub(super) fn on_key_update(&mut self, update: KeyUpdate) -> Result<State, Error> {
        self.count_idle_record()?;
        // exercise: tls12
        // instead: self.tell(Event::KeyUpdated { requested: update.requested });
        // instead: Ok(State::Connected)
        let Some(keys) = &self.receive_keys else { return Ok(State::Connected) };
        let (suite, secret) = (keys.suite(), next_traffic_secret(keys.suite(), keys.secret()));
        self.set_receive_keys(suite, &secret, self.receive_epoch.after_key_update())?;
        self.key_update_asked = false;
        // The answer has time until our next data. So several requests get one answer while we are silent.
        self.key_update_owed |= update.requested;
        self.tell(Event::KeyUpdated { requested: update.requested });
        Ok(State::Connected)
        // exercise: end
    }

    /// An alert. It may come in every state.
    pub(super) fn on_alert(&mut self, content: &[u8]) -> Result<(), Error> {
        if content.is_empty() {
            return Err(Error::unexpected("RFC 8446 §5.4", "an empty alert record"));
        }
        let (received, rest) = finish("Alert", content, alert(content))?;
        if !rest.is_empty() {
            let says = format!(
                "an alert record of {}: an alert takes two, and a record holds one",
                bytes_in_words(content.len())
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
            // Java sends it before close_notify. RFC 9846 §6.1 says to ignore it.
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
