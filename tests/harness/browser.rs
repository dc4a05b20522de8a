//! A browser without scripts: asks a site on this machine and reads what comes back.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// What came back.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Page {
    /// The status code.
    pub status: u16,
    /// The headers, by lower-case name.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
}

/// Asks for a URL with that method, with a form where one is given.
///
/// # Panics
///
/// There is no answer.
#[must_use]
pub fn call(method: &str, url: &str, form: Option<&str>) -> Page {
    let (_, rest) = url.split_once("://").expect("a URL");
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (_, port) = host.rsplit_once(':').expect("a port");
    // *.localhost does not resolve outside browsers; the name is told in the header.
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).expect("the site");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout");
    let body = form.unwrap_or_default();
    let kind = form.map_or("", |_| "Content-Type: application/x-www-form-urlencoded\r\n");
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\n{kind}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).expect("asked");
    stream.write_all(body.as_bytes()).expect("asked");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    read(&String::from_utf8(answer).expect("text"))
}

/// Opens a URL.
#[must_use]
pub fn get(url: &str) -> Page {
    call("GET", url, None)
}

/// Posts a form and follows where that leads, as browsers do.
#[must_use]
pub fn post(url: &str, form: &str) -> Page {
    let page = call("POST", url, Some(form));
    if page.status != 303 {
        return page;
    }
    let site = &url[..url.find("/a/").expect("a link")];
    get(&format!("{site}{}", page.headers["location"]))
}

fn read(answer: &str) -> Page {
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).expect("a status line");
    let headers: BTreeMap<_, _> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let chunked = headers.get("transfer-encoding").is_some_and(|value| value == "chunked");
    let body = if chunked { joined(body) } else { body.to_owned() };
    Page { status: status.parse().expect("a status"), headers, body }
}

fn joined(mut chunks: &str) -> String {
    let mut body = String::new();
    while let Some((length, rest)) = chunks.split_once("\r\n") {
        let length = usize::from_str_radix(length.trim(), 16).expect("a length");
        if length == 0 {
            break;
        }
        body.push_str(&rest[..length]);
        chunks = &rest[length + 2..];
    }
    body
}
