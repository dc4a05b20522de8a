//! `approvers.toml`.

use std::collections::{BTreeMap, BTreeSet};

use approval_core::moment::Moment;
use approval_core::name::{ApproverId, Group};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::Deserialize;

use super::{Approver, Approvers, Membership, Term, plain};
use crate::error::Problems;
use crate::files::APPROVERS;

/// The most characters of whom to ask for help.
const MOST_HELP: usize = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    help: Option<String>,
    people: BTreeMap<String, Person>,
    groups: BTreeMap<String, Listed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    name: String,
    issuer: String,
    subject: String,
    mail: String,
    locale: String,
    time_zone: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    members: Vec<ApproverId>,
    #[serde(default)]
    substitutes: Vec<Substitute>,
    escalation: Option<Group>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Substitute {
    who: ApproverId,
    from: Moment,
    until: Moment,
}

/// Reads the file.
pub(super) fn read(text: &str, problems: &mut Problems) -> Approvers {
    let file: File = match toml::from_str(text) {
        Ok(file) => file,
        Err(error) => {
            problems.add_toml(APPROVERS, text, &error);
            return Approvers::default();
        }
    };
    let help = file.help;
    if help.as_deref().is_some_and(|help| !is_help(help)) {
        problems.add(
            APPROVERS,
            "`help` is empty, not one line or longer than 200 characters: write whom approvers ask, \
             such as `help@example.com`, or leave it out",
        );
    }
    let people = people(file.people, problems);
    let groups = groups(file.groups, &people, problems);
    Approvers { people, groups, help }
}

fn people(
    listed: BTreeMap<String, Person>,
    problems: &mut Problems,
) -> BTreeMap<ApproverId, Approver> {
    let mut people = BTreeMap::new();
    // INVARIANT: two handles are two people, or one person could fill two slots of a quorum.
    let mut identities = BTreeSet::new();
    let mut mailboxes = BTreeSet::new();
    for (handle, person) in listed {
        let place = format!("{APPROVERS} [people.{handle}]");
        let Person { name, issuer, subject, mail, locale, time_zone } = person;
        let mut refuse = |what: &str| problems.add(&place, what);
        if name.trim().is_empty() || name.contains(char::is_control) {
            refuse("`name` is empty or not one line: write the name that others know");
        }
        if !issuer.starts_with("https://") || subject.is_empty() {
            refuse(
                "`issuer` is no `https://` address or `subject` is empty: write the OIDC values",
            );
        }
        if !is_mail(&mail) {
            refuse("`mail` is no plain mail address: write `name@example.com`");
        }
        if !is_locale(&locale) {
            refuse("`locale` is no language tag: write `en` or `pt-BR`");
        }
        let zone = time_zone.as_deref().and_then(zone);
        if time_zone.is_some() && zone.is_none() {
            refuse(
                "`time_zone` is no IANA time zone: write one such as `Europe/Berlin`, or leave it \
                 out",
            );
        }
        if !identities.insert((issuer.clone(), subject.clone())) {
            refuse("another handle has this `issuer` and `subject`: list each person once");
        }
        if !mailboxes.insert(plain(&mail)) {
            refuse("another handle has this `mail`: whoever reads it would count twice");
        }
        match ApproverId::parse(&handle) {
            Ok(handle) => {
                let time_zone = zone;
                let approver = Approver { name, issuer, subject, mail, locale, time_zone };
                people.insert(handle, approver);
            }
            Err(error) => problems.add(place, error),
        }
    }
    people
}

fn groups(
    listed: BTreeMap<String, Listed>,
    people: &BTreeMap<ApproverId, Approver>,
    problems: &mut Problems,
) -> BTreeMap<Group, Membership> {
    let names: BTreeSet<String> = listed.keys().cloned().collect();
    let mut groups = BTreeMap::new();
    for (name, Listed { members, substitutes, escalation }) in listed {
        let place = format!("{APPROVERS} [groups.{name}]");
        if members.is_empty() {
            problems
                .add(&place, "`members` is empty: nobody could answer; list people or remove it");
        }
        if let Some(next) = escalation.as_ref().filter(|next| !names.contains(next.as_str())) {
            problems.add(&place, format!("`escalation` names `{next}`, which is no group"));
        }
        if escalation.as_ref().is_some_and(|next| next.as_str() == name) {
            problems
                .add(&place, "`escalation` names the group itself: name another or leave it out");
        }
        let mut terms = Vec::new();
        for who in members {
            if terms.contains(&(who.clone(), Term::Always)) {
                problems.add(&place, format!("`members` lists `{who}` twice: keep one"));
            }
            terms.push((who, Term::Always));
        }
        for Substitute { who, from, until } in substitutes {
            if until <= from {
                problems.add(&place, format!("`until` of `{who}` is not after `from`: correct it"));
            }
            terms.push((who, Term::Between(from, until)));
        }
        for (who, _) in terms.iter().filter(|(who, _)| !people.contains_key(who)) {
            problems.add(&place, format!("`{who}` is not among the people: add `[people.{who}]`"));
        }
        match Group::parse(&name) {
            Ok(group) => {
                groups.insert(group, Membership { terms, escalation });
            }
            Err(error) => problems.add(place, error),
        }
    }
    groups
}

fn is_help(help: &str) -> bool {
    !help.trim().is_empty() && help.chars().count() <= MOST_HELP && !help.contains(char::is_control)
}

/// One ASCII address without anything that could end a header or start a second address.
fn is_mail(mail: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.@".contains(c);
    let parts: Vec<&str> = mail.split('@').collect();
    let [local, domain] = parts.as_slice() else {
        return false;
    };
    mail.len() <= 254 && mail.chars().all(plain) && !local.is_empty() && domain.contains('.')
}

/// The zone of that name in the database that is built in: functions run where there is no other.
fn zone(name: &str) -> Option<TimeZone> {
    TimeZoneDatabase::bundled().get(name).ok()
}

fn is_locale(locale: &str) -> bool {
    let mut tags = locale.split('-');
    let language = tags.next().unwrap_or_default();
    (2..=3).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_lowercase())
        && tags.all(|tag| {
            (2..=8).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}
