//! How a function on a socket ends: seen from the other end of the socket.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use truce_function::host::native;
use truce_function::testing::Bench;
use truce_function::{Answer, Environment, layers};

fn function(env: Environment) -> Router {
    async fn waits(State(env): State<Environment>) -> Answer {
        env.pause(Duration::from_secs(20)).await;
        Answer::new("waited")
    }
    async fn works(State(env): State<Environment>) -> Answer {
        env.clock().sleep(Duration::from_millis(1500)).await;
        Answer::new("worked")
    }
    Router::new().route("/waits", get(waits)).route("/works", get(works)).with_state(env)
}

struct Served {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<std::io::Result<()>>,
}

async fn serve(drain: Duration) -> Served {
    let (stopping, told) = watch::channel(false);
    let bench = Bench::new(function);
    let env = Environment::builder(Bench::settings(), bench.env.keys().clone(), bench.store.clone());
    let env = env.stopping(told).build();
    let router = layers::harden(function(env.clone()), &env);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = oneshot::channel();
    let stop_future = async move {
        // Dropped is as good as told.
        let _ = stopped.await;
    };
    let ended = tokio::spawn(native::serve(router, listener, stopping, stop_future, drain));
    Served { address, stop, ended }
}

/// The whole answer, or why there is none.
async fn ask(address: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: truce.example\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

#[tokio::test]
async fn it_is_not_ready_any_more_before_it_stops_listening() {
    let Served { address, stop, ended } = serve(Duration::from_millis(500)).await;
    assert!(ask(address, "/health?probe=ready").await.expect("answered").contains("\"code\":\"ready\""));
    let told = Instant::now();
    stop.send(()).expect("it serves");
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(ask(address, "/health?probe=ready").await.expect("still listening").starts_with("HTTP/1.1 503"));
    assert!(ask(address, "/health").await.expect("still listening").contains("\"code\":\"alive\""));
    ended.await.expect("no panic").expect("it ends well");
    assert!(told.elapsed() >= Duration::from_millis(500));
    assert!(ask(address, "/health").await.is_err());
}

/// An answer on a connection that is to be kept: its head, and its body.
async fn ask_on(stream: &mut TcpStream, path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nhost: truce.example\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let came = stream.read(&mut buffer).await.expect("read");
        answer.extend_from_slice(&buffer[..came]);
        // Each of these is one object.
        if came == 0 || answer.ends_with(b"}") {
            return String::from_utf8(answer).expect("text");
        }
    }
}

#[tokio::test]
async fn while_it_goes_each_answer_is_the_last_on_its_connection() {
    let Served { address, stop, ended } = serve(Duration::from_millis(800)).await;
    let mut kept = TcpStream::connect(address).await.expect("it listens");
    assert!(!ask_on(&mut kept, "/health").await.contains("connection: close"));
    stop.send(()).expect("it serves");
    tokio::time::sleep(Duration::from_millis(100)).await;
    for mut stream in [kept, TcpStream::connect(address).await.expect("still listening")] {
        let last = ask_on(&mut stream, "/health").await;
        assert!(last.starts_with("HTTP/1.1 200") && last.contains("\r\nconnection: close\r\n"), "{last}");
        assert_eq!(stream.read(&mut [0; 1]).await.expect("closed, not broken"), 0);
    }
    ended.await.expect("no panic").expect("it ends well");
}

#[tokio::test]
async fn who_waits_is_answered_at_once_and_what_is_in_flight_is_finished() {
    let Served { address, stop, ended } = serve(Duration::ZERO).await;
    let waiting = tokio::spawn(ask(address, "/waits"));
    let working = tokio::spawn(ask(address, "/works"));
    tokio::time::sleep(Duration::from_millis(200)).await;
    let told = Instant::now();
    stop.send(()).expect("it serves");
    assert!(waiting.await.expect("no panic").expect("answered").contains("\"code\":\"waited\""));
    assert!(told.elapsed() < Duration::from_secs(1), "{:?}", told.elapsed());
    while TcpStream::connect(address).await.is_ok() {
        assert!(told.elapsed() < Duration::from_secs(1), "it takes new connections");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(working.await.expect("no panic").expect("finished").contains("\"code\":\"worked\""));
    ended.await.expect("no panic").expect("it ends well");
    assert!(told.elapsed() < native::GRACE);
}
