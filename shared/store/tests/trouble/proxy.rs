//! Stands between a store and its server, and loses one answer.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// Passes everything on, until somebody asks for something that contains the mark: the server hears it, the answer goes
/// nowhere, and both connections are closed. Once.
pub(super) struct Proxy {
    port: u16,
    dropped: Arc<AtomicBool>,
}

impl Proxy {
    pub(super) fn to(server: u16, mark: &'static [u8]) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = listener.local_addr().expect("bound").port();
        let dropped = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&dropped);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, server)) else { continue };
                let losing = Arc::new(AtomicBool::new(false));
                let ends = (client.try_clone().expect("a handle"), server.try_clone().expect("a handle"));
                let (told, also_losing) = (Arc::clone(&told), Arc::clone(&losing));
                thread::spawn(move || ask(client, server, mark, &told, &also_losing));
                thread::spawn(move || answer(ends.1, ends.0, &losing));
            }
        });
        Self { port, dropped }
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn has_dropped(&self) -> bool {
        self.dropped.load(Ordering::SeqCst)
    }
}

fn ask(mut from: TcpStream, mut to: TcpStream, mark: &[u8], told: &AtomicBool, losing: &AtomicBool) {
    let mut bytes = vec![0; 65536];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        let marked = bytes[..count].windows(mark.len()).any(|window| window == mark);
        if marked && !told.swap(true, Ordering::SeqCst) {
            losing.store(true, Ordering::SeqCst);
        }
        if to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

fn answer(mut from: TcpStream, mut to: TcpStream, losing: &AtomicBool) {
    let mut bytes = vec![0; 65536];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        if losing.load(Ordering::SeqCst) || to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
