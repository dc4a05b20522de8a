//! `console`: what is printed, who gets in, and what a browser gets over the wire.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use crate::searching::{newer, sealed, three};
use crate::service::{Call, Service, without};
use crate::{assert_failed, countersign};

/// A console that runs until it is dropped.
struct Served {
    child: Child,
    host: String,
    query: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Served {
    fn start(service: &Service, options: &[&str]) -> Self {
        let mut child = service
            .types(&[&["console"], options].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it runs");
        let mut line = String::new();
        let out = child.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut line).expect("a line");
        let address = line.trim().strip_prefix("http://").expect("an address");
        let (host, query) = address.split_once("/?").expect("what lets in once");
        Self { host: host.to_owned(), query: query.to_owned(), child }
    }

    /// Sends bytes as they are, and gives all that is answered.
    fn hears(&self, bytes: &str) -> String {
        let (_, port) = self.host.split_once(':').expect("a port");
        let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).expect("a connection");
        stream.write_all(bytes.as_bytes()).expect("sent");
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Lets a browser in, and gives the headers of all that it asks from then on.
    fn enters(&self) -> String {
        let host = format!("Host: {}\r\n", self.host);
        let entered = self.get(&format!("/?{}", self.query), &host);
        let cookie = entered.split("set-cookie: ").nth(1).expect("a cookie");
        format!("{host}Cookie: {}\r\n", cookie.split(';').next().expect("a pair"))
    }

    fn get(&self, target: &str, headers: &str) -> String {
        self.hears(&format!("GET {target} HTTP/1.1\r\nConnection: close\r\n{headers}\r\n"))
    }
}

#[test]
fn w11_w12_w19_one_browser_gets_in_by_the_printed_address_and_nobody_else() {
    let empty = Service::says(200, r#"{"Items": []}"#);
    let served = Served::start(&empty, &[]);
    let host = format!("Host: {}\r\n", served.host);
    let (name, port) = served.host.split_once(".localhost:").expect("a name under localhost");
    assert_eq!(name.len(), 32, "{name}");
    let target = format!("/?{}", served.query);
    for (target, headers) in [
        (target.as_str(), "Host: evil.example\r\n".to_owned()),
        (target.as_str(), format!("Host: 127.0.0.1:{port}\r\n")),
        (target.as_str(), format!("Host: localhost:{port}\r\n")),
        (target.as_str(), String::new()),
        (target.as_str(), format!("{host}{host}")),
        ("/", host.clone()),
        ("/?once=0", host.clone()),
        ("/health", format!("{host}Cookie: countersign_console=0\r\n")),
    ] {
        let answer = served.get(target, &headers);
        let refused = answer.starts_with("HTTP/1.1 403 ") || answer.starts_with("HTTP/1.1 400 ");
        assert!(refused, "{target} {headers}: {answer}");
        assert!(!answer.contains("set-cookie"), "{answer}");
    }
    let proxied = served.get(&format!("http://{}{target}", served.host), &host);
    assert!(proxied.starts_with("HTTP/1.1 403 "), "{proxied}");
    let entered = served.get(&target, &host);
    assert!(entered.starts_with("HTTP/1.1 303 "), "{entered}");
    let cookie = entered.split("set-cookie: ").nth(1).expect("a cookie");
    assert!(!cookie.split("\r\n").next().unwrap_or(cookie).contains("omain"), "of this host alone");
    let cookie = cookie.split(';').next().expect("a pair");
    assert!(served.get(&target, &host).starts_with("HTTP/1.1 403 "), "it is dead");
    let with = format!("{host}Cookie: {cookie}\r\n");
    let page = served.get("/", &with);
    assert!(page.starts_with("HTTP/1.1 200 ") && page.contains("Nothing waits for people."));
    for header in [
        "content-security-policy: default-src 'none'; style-src 'sha256-",
        "cache-control: no-store",
        "x-content-type-options: nosniff",
        "x-frame-options: DENY",
    ] {
        assert!(page.contains(header), "{header}: {page}");
    }
    assert!(!page.contains("access-control-"), "no other site reads it");
    assert!(served.get("/nowhere", &with).starts_with("HTTP/1.1 404 "));
    let head = served.hears(&format!("HEAD / HTTP/1.1\r\nConnection: close\r\n{with}\r\n"));
    assert!(head.starts_with("HTTP/1.1 200 ") && head.ends_with("\r\n\r\n"), "{head}");
    let large = served.hears(&format!(
        "POST /freezes HTTP/1.1\r\n{with}Content-Length: 20000\r\n\r\n{}",
        "x".repeat(20_000)
    ));
    assert!(large.starts_with("HTTP/1.1 413 ") || large.is_empty(), "{large}");
    let foreign = served.hears(&format!(
        "POST /freezes HTTP/1.1\r\nConnection: close\r\n{with}Origin: http://evil.example\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 0\r\n\r\n"
    ));
    assert!(foreign.starts_with("HTTP/1.1 403 "), "{foreign}");
    let calls = empty.calls();
    assert!(calls.iter().all(|(what, _, _)| what == "Query"), "it only reads: {calls:?}");
}

#[test]
fn a_record_that_cannot_be_read_is_missing_on_no_screen() {
    let service = Service::answering(|(operation, _, body): &Call| {
        let row = r#"{"pk": {"S": "REQ#r-1"}, "queue_at": {"S": "2026-11-22T10:00:00.000Z#r-1"},
            "due_at": {"S": "2026"}, "tool": {"S": "billing___refund_order"}}"#;
        let answer = match operation.as_str() {
            "BatchGetItem" => r#"{"Responses": {}}"#.to_owned(),
            "GetItem" => format!(r#"{{"Item": {}}}"#, newer("r-1", "executed#0")),
            _ if body.contains("\"executed#0\"") => format!(r#"{{"Items": [{row}]}}"#),
            _ if body.contains(r#"{"S":"0"}"#) => format!(r#"{{"Items": [{row}]}}"#),
            _ => r#"{"Items": []}"#.to_owned(),
        };
        (200, answer)
    });
    let served = Served::start(&service, &[]);
    let with = served.enters();
    for (target, words) in [
        ("/audit", "1 of the audit trails below does not hold."),
        ("/audit", "does not hold: the record cannot be read"),
        ("/audit", "href=\"/requests/r-1\""),
        ("/health", "Records that cannot be read: 1, see Audit."),
        ("/health", "Stuck: 1, each is owed something for too long"),
        ("/?tab=stuck", "the record cannot be read"),
        ("/?tab=stuck", "href=\"/requests/r-1\""),
    ] {
        let page = served.get(target, &with);
        assert!(page.starts_with("HTTP/1.1 200 ") && page.contains(words), "{words}: {page}");
    }
}

#[test]
fn an_export_by_words_is_the_whole_or_no_file() {
    let service = Service::answering(|call: &Call| {
        if call.0 == "Decrypt" {
            return (400, r#"{"__type": "AccessDeniedException", "message": "no"}"#.to_owned());
        }
        let (status, body) = three(call);
        (status, sealed(&body))
    });
    let served = Served::start(&service, &["--display-key", "arn:key"]);
    let with = served.enters();
    for target in ["/export.csv?q=a1", "/export.jsonl?q=a1"] {
        let reply = served.get(target, &with);
        assert!(!reply.contains("content-disposition"), "{reply}");
        assert!(reply.contains("no file, `r-2` may match by its headline, "), "{reply}");
    }
    let queue = served.get("/?q=a1", &with);
    let note = "`r-2`, for one, is left out and may match: its headline did not open.";
    assert!(queue.contains(note), "{queue}");
    let reply = served.get("/export.csv?tool=billing___refund_order", &with);
    let name = "content-disposition: attachment; filename=\"requests-without-all-headlines.csv\"";
    assert!(reply.starts_with("HTTP/1.1 200 ") && reply.contains(name), "{reply}");
}

#[test]
fn w07_a_plain_host_is_served_where_it_was_asked_for() {
    let empty = Service::says(200, r#"{"Items": []}"#);
    let served = Served::start(&empty, &["--plain-host"]);
    assert!(served.host.starts_with("127.0.0.1:"), "{}", served.host);
    let target = format!("/?{}", served.query);
    let entered = served.get(&target, &format!("Host: {}\r\n", served.host));
    assert!(entered.starts_with("HTTP/1.1 303 "), "{entered}");
}

#[test]
fn what_does_not_answer_is_said_before_a_port_is_opened() {
    let console = ["console"];
    assert_failed(&without("region", &console), 1, "no region: set AWS_REGION");
    assert_failed(&without("keys", &console), 4, "no credentials: set AWS_PROFILE");
    assert_failed(&without("nothing", &console), 1, "AWS cannot be reached");
    let denied = Service::says(400, r#"{"__type": "AccessDeniedException"}"#);
    assert_failed(&denied.hears(&console), 4, "ask for a role that may do this");
    let none = Service::says(400, r#"{"__type": "ResourceNotFoundException"}"#);
    assert_failed(&none.hears(&console), 1, "no table `approvals`");
    let odd = [&console[..], &["--state-machine", "arn:aws:lambda:x"]].concat();
    let empty = Service::says(200, r#"{"Items": []}"#);
    assert_failed(&empty.hears(&odd), 2, "is not the ARN of a state machine");
}

#[test]
fn help_says_who_gets_in() {
    let said = countersign(&["console", "--help"]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    for words in [
        "countersign console --stack prod --port 8484",
        "lets one browser",
        "--open",
        "sends the console's cookie to every server",
    ] {
        assert!(said.out.contains(words), "{words}: {}", said.out);
    }
}
