//! How it goes: what waits, and how deciding went.

use askama::Template;

use super::figures::{Figures, Votes};
use super::{Frame, Link, Place, Shell};
use crate::time::left;
use crate::visible::visible;

/// Below how many seconds an answer is quick.
const QUICK: u64 = 10;
/// How many answers it takes to call somebody quick.
const ENOUGH: usize = 5;

/// What the screen is made of.
#[derive(Clone, Debug, Default)]
pub struct Health {
    /// What stands where: a name and a link that says how many.
    pub stands: Vec<(&'static str, Link)>,
    /// What goes wrong, as it came.
    pub warnings: Vec<String>,
    /// How deciding went.
    pub figures: Figures,
    /// How many that have ended were looked at, at most.
    pub most: usize,
}

struct Row {
    name: String,
    approved: usize,
    rejected: usize,
    rate: String,
    seconds: String,
    quick: bool,
}

#[derive(Template)]
#[template(path = "console/health.html")]
struct Html<'a> {
    frame: Frame<'a>,
    health: &'a Health,
    warnings: Vec<String>,
    figures: Vec<(&'static str, String)>,
    tables: [(&'static str, &'static str, Vec<Row>); 2],
}

/// Writes the screen.
#[must_use]
pub fn render(shell: &Shell, health: &Health) -> String {
    let Figures { ended, asked, .. } = health.figures;
    let share = |of: Option<usize>| of.map_or_else(|| "unknown".to_owned(), |n| format!("{n} %"));
    let span = |percent| health.figures.within(percent).map(left);
    let span = |percent| span(percent).unwrap_or_else(|| "unknown".to_owned());
    let figures = vec![
        ("Looked at", format!("{ended} that ended last, of which people were asked about {asked}")),
        ("Half were decided within", span(50)),
        ("90 of 100 were decided within", span(90)),
        ("Expired", share(health.figures.expiry_rate())),
    ];
    let rows = |of: &std::collections::BTreeMap<String, Votes>| of.iter().map(row).collect();
    let html = Html {
        frame: Frame::new(shell, Place::Health),
        warnings: health.warnings.iter().map(|one| visible(one)).collect(),
        figures,
        tables: [
            ("By rule", "Rule", rows(&health.figures.rules)),
            ("By person", "Person", rows(&health.figures.people)),
        ],
        health,
    };
    // INVARIANT: what the template writes to cannot fail.
    html.render().unwrap_or_default()
}

fn row((name, votes): (&String, &Votes)) -> Row {
    let median = votes.median();
    let always = votes.rejected == 0 && votes.approved >= ENOUGH;
    Row {
        name: visible(name),
        approved: votes.approved,
        rejected: votes.rejected,
        rate: votes.rate().map(|rate| format!("{rate} %")).unwrap_or_default(),
        seconds: median.map(|seconds| format!("{seconds} s")).unwrap_or_default(),
        quick: always && median.is_some_and(|seconds| seconds < QUICK),
    }
}
