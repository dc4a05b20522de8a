use approval_testkit::clock::CountingIds;

use super::*;

/// What random bits make here.
const HOST: &str = "00000000000000000707070707070707.localhost:8484";

fn gate() -> Gate {
    Gate::new(Called::Randomly, 8484, &&CountingIds::default()).unwrap()
}

fn ask(method: &str, path: &str, query: &str) -> Ask {
    Ask {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        host: Some(HOST.to_owned()),
        ..Ask::default()
    }
}

fn once(gate: &Gate) -> String {
    gate.address().split_once('?').unwrap().1.to_owned()
}

/// Lets a browser in, and gives its cookie.
fn enters(gate: &Gate) -> String {
    let reply = gate.stops(&ask("GET", "/", &once(gate))).unwrap();
    let header = |name| reply.headers.iter().find(|(known, _)| *known == name).unwrap().1.clone();
    assert_eq!((reply.status, header("location").as_str()), (303, "/"));
    let cookie = header("set-cookie");
    assert!(cookie.ends_with("; HttpOnly; SameSite=Strict; Path=/"), "{cookie}");
    cookie.split(';').next().unwrap().to_owned()
}

fn posts(gate: &Gate, cookie: &str) -> Ask {
    Ask {
        cookie: Some(cookie.to_owned()),
        origin: Some(format!("http://{HOST}")),
        site: Some("same-origin".to_owned()),
        content_type: Some("application/x-www-form-urlencoded".to_owned()),
        body: format!("csrf={}&reason=x", gate.csrf()).into_bytes(),
        ..ask("POST", "/freezes", "")
    }
}

#[test]
fn w07_the_printed_address_lets_one_browser_in_once() {
    let gate = gate();
    let query = once(&gate);
    assert!(query.len() > "once=".len() + 63, "256 bits");
    let cookie = enters(&gate);
    let replayed = gate.stops(&ask("GET", "/", &query)).unwrap();
    assert_eq!(replayed.status, 403);
    assert!(replayed.body.contains("was used already"), "{}", replayed.body);
    assert!(!replayed.headers.iter().any(|(name, _)| *name == "set-cookie"));
    let again = Ask { cookie: Some(cookie.clone()), ..ask("GET", "/", &query) };
    assert_eq!(gate.stops(&again).unwrap().status, 303, "whoever is in typed it again");
    assert_eq!(gate.stops(&Ask { cookie: Some(cookie), ..ask("GET", "/", "") }), None);
    for guess in ["once=", "once=00", "once=x&once=y"] {
        assert_eq!(gate.stops(&ask("GET", "/", guess)).unwrap().status, 403, "{guess}");
    }
}

#[test]
fn a_wrong_guess_uses_nothing_up() {
    let gate = gate();
    let wrong = format!("once={}", "0".repeat(64));
    assert_eq!(gate.stops(&ask("GET", "/", &wrong)).unwrap().status, 403);
    enters(&gate);
}

#[test]
fn whoever_addresses_another_name_is_turned_away_whatever_they_bring() {
    let gate = gate();
    let query = once(&gate);
    for host in [
        "evil.example:8484",
        "127.0.0.1:8484",
        "localhost:8484",
        "[::1]:8484",
        "00000000000000000707070707070707.localhost",
        "00000000000000000707070707070707.localhost:80",
        "00000000000000000707070707070708.localhost:8484",
        "a.00000000000000000707070707070707.localhost:8484",
        "00000000000000000707070707070707.localhost.:8484",
        "00000000000000000707070707070707.LOCALHOST:8484",
        "00000000000000000707070707070707.localhost:8484.evil.example",
        "00000000000000000707070707070707.localhost:8484@evil.example",
        "",
    ] {
        let foreign = Ask { host: Some(host.to_owned()), ..ask("GET", "/", &query) };
        let reply = gate.stops(&foreign).unwrap();
        assert_eq!(reply.status, 403, "{host}");
        assert!(!reply.body.contains("csrf") && reply.body.contains("not at that address"));
        assert!(!reply.body.contains("0707"), "the name is told to nobody: {}", reply.body);
    }
    assert!(gate.stops(&Ask { host: None, ..ask("GET", "/", &query) }).is_some());
    let cookie = enters(&gate);
    for host in ["evil.example:8484", "127.0.0.1:8484", "localhost:8484"] {
        let origin = Some(format!("http://{host}"));
        let foreign = Ask { host: Some(host.to_owned()), origin, ..posts(&gate, &cookie) };
        assert_eq!(gate.stops(&foreign).unwrap().status, 403, "{host}");
    }
}

#[test]
fn w07_no_server_of_the_machine_is_at_the_hosts_name_unless_that_was_asked_for() {
    let ids = &CountingIds::default();
    let hosts = [Called::Randomly, Called::Randomly, Called::Plain]
        .map(|called| Gate::new(called, 8484, &ids).unwrap().host);
    assert_eq!(hosts[0], HOST);
    assert_ne!(hosts[0], hosts[1], "the next console is somewhere else");
    assert!(hosts[1].split('.').next().is_some_and(|label| label.len() == 32), "{hosts:?}");
    assert_eq!(hosts[2], "127.0.0.1:8484");
    let plain = Gate::new(Called::Plain, 8484, &ids).unwrap();
    for host in ["localhost:8484", HOST] {
        let foreign = Ask { host: Some(host.to_owned()), ..ask("GET", "/", &once(&plain)) };
        assert_eq!(plain.stops(&foreign).unwrap().status, 403, "{host}");
    }
    let asked = Ask { host: Some(hosts[2].clone()), ..ask("GET", "/", &once(&plain)) };
    assert_eq!(plain.stops(&asked).unwrap().status, 303);
}

#[test]
fn w07_without_the_cookie_nothing_is_seen_or_done() {
    let gate = gate();
    let cookie = enters(&gate);
    let (name, value) = cookie.split_once('=').unwrap();
    let bad = [
        None,
        Some(String::new()),
        Some(format!("{name}=")),
        Some(format!("{name}={}", "0".repeat(64))),
        Some(format!("{name}={value}0")),
        Some(format!("other={value}")),
        Some(format!("{name}=x; {name}={value}")),
        Some(format!("{name}={value}; {name}=x")),
    ];
    for cookie in bad {
        for path in ["/", "/requests/r-1", "/queue/news", "/export.csv", "/nowhere"] {
            let stranger = Ask { cookie: cookie.clone(), ..ask("GET", path, "") };
            assert_eq!(gate.stops(&stranger).unwrap().status, 403, "{cookie:?} {path}");
        }
        let stranger = Ask { cookie, ..posts(&gate, "") };
        assert_eq!(gate.stops(&stranger).unwrap().status, 403);
    }
    let beside = Ask { cookie: Some(format!("a=b; {cookie}; c=d")), ..ask("GET", "/", "") };
    assert_eq!(gate.stops(&beside), None);
}

#[test]
fn w01_what_other_sites_have_the_browser_post_does_nothing() {
    let gate = gate();
    let cookie = enters(&gate);
    assert_eq!(gate.stops(&posts(&gate, &cookie)), None);
    let text = |text: &str| Some(text.to_owned());
    let same = text("same-origin");
    for (origin, site) in [
        (text("http://evil.example"), same.clone()),
        (text(&format!("https://{HOST}")), same.clone()),
        (text(&format!("http://{HOST}5")), same.clone()),
        (text("http://127.0.0.1:8484"), same.clone()),
        (text("http://localhost:8484"), same.clone()),
        (text("null"), same.clone()),
        (text(&format!("http://{HOST}")), text("cross-site")),
        (text(&format!("http://{HOST}")), text("same-site")),
        (None, text("none")),
        (None, None),
    ] {
        let foreign = Ask { origin: origin.clone(), site: site.clone(), ..posts(&gate, &cookie) };
        assert_eq!(gate.stops(&foreign).unwrap().status, 403, "{origin:?} {site:?}");
    }
    for (origin, site) in [(None, same), (text(&format!("http://{HOST}")), None)] {
        let own = Ask { origin, site, ..posts(&gate, &cookie) };
        assert_eq!(gate.stops(&own), None);
    }
}

#[test]
fn w01_a_form_without_its_secret_does_nothing() {
    let gate = gate();
    let cookie = enters(&gate);
    let csrf = gate.csrf();
    for body in [
        String::new(),
        "reason=x".to_owned(),
        "csrf=&reason=x".to_owned(),
        format!("csrf={csrf}0"),
        format!("csrf={csrf}&csrf={csrf}"),
        format!("{{\"csrf\":\"{csrf}\"}}"),
    ] {
        let blind = Ask { body: body.clone().into_bytes(), ..posts(&gate, &cookie) };
        assert_eq!(gate.stops(&blind).unwrap().status, 403, "{body}");
    }
    let plain = Ask { content_type: Some("text/plain".to_owned()), ..posts(&gate, &cookie) };
    assert_eq!(gate.stops(&plain).unwrap().status, 403, "forms of other sites come so");
}

#[test]
fn secrets_differ_from_each_other_and_from_those_of_another_console() {
    let gate = Gate::new(Called::Randomly, 1, &approval_aws::system::SystemIds).unwrap();
    let other = Gate::new(Called::Randomly, 1, &approval_aws::system::SystemIds).unwrap();
    let of = |gate: Gate| [once(&gate), gate.host, gate.session, gate.csrf];
    let all = [of(gate), of(other)].concat();
    let different: std::collections::BTreeSet<_> = all.iter().collect();
    assert_eq!(different.len(), all.len());
}
