//! Serving one console on its port.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use approval_views::console::opening;
use http_body_util::channel::Channel;
use http_body_util::{BodyExt, Either, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderName};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::Semaphore;

use super::Console;
use super::loopback::Loopback;
use super::outside::Outside;
use super::wire::{Ask, MOST_BODY, Reply};

/// How long a browser may take to send its headers, and its body.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many connections are served at once; further ones wait.
const AT_ONCE: usize = 64;
const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Serves until the process ends.
pub(super) async fn serve<O: Outside>(loopback: Loopback, console: Arc<Console<O>>) {
    let room = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        // INVARIANT: the semaphore is never closed.
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
        let Ok(stream) = loopback.accept().await else {
            // Too many open files, or a connection that was given up: wait for better times.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let console = Arc::clone(&console);
        tokio::spawn(async move {
            let service = service_fn(|request| answer(&console, request));
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(PATIENCE)
                .max_buf_size(64 * 1024)
                .serve_connection(TokioIo::new(stream), service);
            // Whoever hangs up needs no answer.
            let _ = connection.await;
            drop(place);
        });
    }
}

/// A page at once, or one whose beginning is sent while the rest is read.
type Answer = Either<Full<Bytes>, Channel<Bytes>>;

async fn answer<O: Outside>(
    console: &Arc<Console<O>>,
    request: Request<Incoming>,
) -> Result<Response<Answer>, Infallible> {
    let (head, body) = request.into_parts();
    let mut ask = Ask {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        // What names a host of its own is meant for a proxy, and this is none.
        host: head.uri.authority().is_none().then(|| one(&head.headers, header::HOST)).flatten(),
        cookie: one(&head.headers, header::COOKIE),
        origin: one(&head.headers, header::ORIGIN),
        site: one(&head.headers, SITE),
        content_type: one(&head.headers, header::CONTENT_TYPE),
        body: Vec::new(),
    };
    if ask.method == "POST" {
        let whole = Limited::new(body, MOST_BODY).collect();
        match tokio::time::timeout(PATIENCE, whole).await {
            Ok(Ok(whole)) => ask.body = whole.to_bytes().into(),
            Ok(Err(_)) | Err(_) => return Ok(sent(super::pages::too_large(), false)),
        }
    }
    if let Some(opening) = console.opening(&ask) {
        return Ok(begun(Arc::clone(console), ask, opening));
    }
    let bare = ask.method == "HEAD";
    Ok(sent(console.answer(ask).await, bare))
}

/// Sends the beginning of a screen, then the rest. What goes wrong with that is told in the page.
fn begun<O: Outside>(console: Arc<Console<O>>, ask: Ask, opening: String) -> Response<Answer> {
    let (mut sender, body) = Channel::new(2);
    tokio::spawn(async move {
        // Whoever hangs up needs no answer.
        if sender.send_data(Bytes::from(opening)).await.is_ok() {
            let screen = console.answer(ask).await.body;
            let rest = Bytes::copy_from_slice(opening::rest(&screen).as_bytes());
            let _ = sender.send_data(rest).await;
        }
    });
    response(Reply::page(200, String::new()), Either::Right(body))
}

/// The one header of that name; none where there are more, or it is no text.
fn one(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let mut those = headers.get_all(name).iter();
    let value = those.next()?.to_str().ok()?.to_owned();
    those.next().is_none().then_some(value)
}

fn sent(mut reply: Reply, bare: bool) -> Response<Answer> {
    let body = std::mem::take(&mut reply.body);
    let body = if bare { Bytes::new() } else { Bytes::from(body) };
    response(reply, Either::Left(Full::new(body)))
}

fn response(reply: Reply, body: Answer) -> Response<Answer> {
    let mut response = Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    // INVARIANT: every header is a fixed text, a hash, an id or percent-encoded.
    response.body(body).unwrap_or_else(|_| Response::new(Either::Left(Full::default())))
}
