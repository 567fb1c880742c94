//! Two programs and a connection between them: one writes, the other reads. The text goes as it is, or in TLS records.

use std::error::Error;
use std::net::SocketAddr;

use barewire_dissect::Direction;
use barewire_tls13::{Config, Trust};

use super::peer::{Connection, Peer};
use crate::network::toy;
use crate::services::certificates::{Flavour, server_config};
use crate::tls_ends::{Ends, Record};

/// Whom the server's certificate is for.
const NAME: &str = "www.example.test";

/// A client's program, a server's program, and their connection.
pub struct Talk {
    client: (Box<dyn Peer>, Connection),
    server: (Box<dyn Peer>, Connection),
    tls: Option<Ends>,
}

impl Talk {
    /// Opens the connection, from port 4000 of the client to `there` at the server.
    ///
    /// # Errors
    /// It does not open.
    pub fn open(
        mut client: Box<dyn Peer>,
        mut server: Box<dyn Peer>,
        there: SocketAddr,
    ) -> Result<Talk, Box<dyn Error>> {
        server.listen(there.port(), 1)?;
        let at_client = client.connect(4000, there)?;
        let (at_server, _) = server.accept()?.ok_or("the server has nothing to accept")?;
        Ok(Talk { client: (client, at_client), server: (server, at_server), tls: None })
    }

    /// The handshake of TLS, record by record over the connection. From now on text is encrypted.
    ///
    /// # Errors
    /// An end refuses a record, or the connection breaks.
    pub fn begin_tls(&mut self) -> Result<(), Box<dyn Error>> {
        let trust = Trust::Pem(toy::root_pem()?.into_bytes());
        let config = Config { trust, ..Config::new(NAME, toy::clock()) };
        let mut tls = Ends::new(config, server_config(NAME, Flavour::Honest)?)?;
        while let Some(record) = tls.transmit() {
            let (from, to) = match record.direction {
                Direction::ToServer => (&mut self.client, &mut self.server),
                Direction::ToClient => (&mut self.server, &mut self.client),
            };
            from.0.write(from.1, &record.bytes)?;
            tls.receive(&Record { bytes: to.0.read(to.1)?, ..record })?;
        }
        self.tls = Some(tls);
        Ok(())
    }

    /// The client's program writes.
    ///
    /// # Errors
    /// The connection is over.
    pub fn write(&mut self, text: &[u8]) -> Result<(), Box<dyn Error>> {
        let mut bytes = text.to_vec();
        if let Some(tls) = &mut self.tls {
            tls.client.write(text)?;
            bytes = tls.transmit().ok_or("TLS has nothing to send")?.bytes;
        }
        Ok(self.client.0.write(self.client.1, &bytes)?)
    }

    /// What the server's program reads.
    ///
    /// # Errors
    /// Why it reads nothing, in words.
    pub fn read(&mut self) -> Result<String, String> {
        let mut bytes = self.server.0.read(self.server.1).map_err(|error| error.to_string())?;
        if let Some(tls) = &mut self.tls {
            let record = Record { direction: Direction::ToServer, number: 0, bytes };
            tls.receive(&record).map_err(|refused| format!("TLS refuses it, {}", refused.says))?;
            bytes = tls.read_by_server();
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}
