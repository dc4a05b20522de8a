//! A browser without scripts: asks a site on this machine and reads what comes back.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::letter::encoded;

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

impl Page {
    /// The form of the page, filled in: what it hides, and what a person types and presses.
    #[must_use]
    pub fn filled(&self, typed: &[(&str, &str)]) -> String {
        let hidden = self.hidden();
        let hidden = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let hidden = hidden.filter(|(name, _)| typed.iter().all(|(typed, _)| typed != name));
        encoded(hidden.chain(typed.iter().copied()))
    }

    /// Whether it asks once more.
    #[must_use]
    pub fn asks_once_more(&self) -> bool {
        self.status == 200 && self.hidden().iter().any(|(name, _)| name == "confirmed")
    }

    /// The hidden fields of its form.
    fn hidden(&self) -> Vec<(String, String)> {
        let fields = self.body.split("<input type=\"hidden\" name=\"").skip(1);
        fields
            .map(|field| {
                let (name, rest) = field.split_once("\" value=\"").expect("a value");
                let (value, _) = rest.split_once('"').expect("its end");
                (name.to_owned(), unescaped(value))
            })
            .collect()
    }
}

fn unescaped(text: &str) -> String {
    [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain))
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

/// Decides as a person does: opens the page, types, presses, and confirms where it asks once more.
#[must_use]
pub fn decide(url: &str, verdict: &str, comment: &str, code: &str) -> Page {
    let typed = [("verdict", verdict), ("comment", comment), ("code", code)];
    let page = post(url, &get(url).filled(&typed));
    if page.asks_once_more() { post(url, &page.filled(&[])) } else { page }
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
