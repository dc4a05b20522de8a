//! One port of this machine, on both of its loopback addresses.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, Ipv6Addr};

use tokio::net::{TcpListener, TcpStream};

/// How many free ports are tried until one is free on both.
const TRIES: usize = 16;

/// What listens on one port of this machine, for this machine alone.
///
/// # Security
///
/// Browsers take a name under `localhost` for 127.0.0.1 and for `::1`, and try the latter first. A
/// program of somebody else's that has the port there would be brought the printed address.
#[derive(Debug)]
pub(super) struct Loopback {
    four: TcpListener,
    /// None where the machine has no such address, so that nobody else has it either.
    six: Option<TcpListener>,
    port: u16,
}

impl Loopback {
    /// Opens the port that was named, or else a free one.
    pub(super) async fn open(port: Option<u16>) -> io::Result<Self> {
        let mut tried = 0;
        loop {
            let error = match Self::open_one(port.unwrap_or(0)).await {
                Ok(open) => return Ok(open),
                Err(error) => error,
            };
            tried = usize::saturating_add(tried, 1);
            if port.is_some() || tried == TRIES || error.kind() != ErrorKind::AddrInUse {
                return Err(error);
            }
        }
    }

    async fn open_one(port: u16) -> io::Result<Self> {
        let four = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let port = four.local_addr()?.port();
        let six = match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
            Ok(six) => Some(six),
            Err(error) if is_there(&error) => return Err(error),
            Err(_) => None,
        };
        Ok(Self { four, six, port })
    }

    /// The port.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Whoever comes next, by either address.
    pub(super) async fn accept(&self) -> io::Result<TcpStream> {
        let (stream, _) = match &self.six {
            None => self.four.accept().await?,
            Some(six) => tokio::select! {
                come = self.four.accept() => come?,
                come = six.accept() => come?,
            },
        };
        Ok(stream)
    }
}

/// Whether the address is there, though not for us.
fn is_there(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::AddrInUse | ErrorKind::PermissionDenied)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn w07_a_port_that_somebody_has_on_the_other_loopback_address_is_not_taken() {
        // A machine without the address has nobody on it.
        let Ok(other) = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).await else { return };
        let port = other.local_addr().unwrap().port();
        let taken = Loopback::open(Some(port)).await.unwrap_err();
        assert_eq!(taken.kind(), ErrorKind::AddrInUse);
        assert_ne!(Loopback::open(None).await.unwrap().port(), port);
    }

    #[tokio::test]
    async fn whoever_comes_by_either_address_is_served() {
        let open = Loopback::open(None).await.unwrap();
        TcpStream::connect((Ipv4Addr::LOCALHOST, open.port())).await.unwrap();
        assert!(open.accept().await.unwrap().local_addr().unwrap().is_ipv4());
        if open.six.is_some() {
            TcpStream::connect((Ipv6Addr::LOCALHOST, open.port())).await.unwrap();
            assert!(open.accept().await.unwrap().local_addr().unwrap().is_ipv6());
        }
    }
}
