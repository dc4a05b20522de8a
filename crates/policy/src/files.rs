//! The files of a bundle folder, and their digest.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use approval_core::digest::Digest;

use crate::error::Problems;

/// The tool list.
pub(crate) const TOOLS: &str = "tools.json";
/// What the tools do.
pub(crate) const ACTIONS: &str = "actions.toml";
/// People and groups.
pub(crate) const APPROVERS: &str = "approvers.toml";
/// Limits and defaults.
pub(crate) const POLICY: &str = "policy.toml";
/// The folder of the bundle's own tests.
pub(crate) const TESTS: &str = "tests";

const MOST_BYTES: u64 = 1024 * 1024;

/// The texts that make a bundle, by file name. The tests are no part of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Files(BTreeMap<String, String>);

impl Files {
    /// Reads a folder.
    ///
    /// A file or folder with an unknown name is a problem: a misspelt name would otherwise take
    /// its rules silently out of force.
    pub(crate) fn read(folder: &Path, problems: &mut Problems) -> Self {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => {
                problems.add(folder.display(), format!("the folder cannot be read: {error}"));
                return Self::default();
            }
        };
        let mut files = Self::default();
        for entry in entries {
            let Ok(entry) = entry else {
                problems.add(folder.display(), "the folder cannot be read to its end");
                continue;
            };
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_folder = entry.path().is_dir();
            if (is_folder && name == TESTS) || (!is_folder && is_aside(&name)) {
                continue;
            }
            if is_folder || !is_part(&name) {
                problems.add(
                    &name,
                    format!(
                        "not a part of a bundle: use {TOOLS}, {ACTIONS}, {APPROVERS}, {POLICY}, \
                         rules in `*.cedar`, tests in `{TESTS}/*.toml`; move anything else away"
                    ),
                );
                continue;
            }
            match text_of(&entry.path()) {
                Ok(text) => files.put(&name, &text),
                Err(why) => problems.add(&name, why),
            }
        }
        files
    }

    /// Adds or replaces a file.
    pub(crate) fn put(&mut self, name: &str, text: &str) {
        self.0.insert(name.to_owned(), text.to_owned());
    }

    /// The text of a file; a missing file is a problem.
    pub(crate) fn needed(&self, name: &str, problems: &mut Problems) -> Option<&str> {
        let text = self.0.get(name);
        if text.is_none() {
            problems.add(name, "the file is missing: a bundle needs it");
        }
        text.map(String::as_str)
    }

    /// The rule files.
    pub(crate) fn rules(&self) -> impl Iterator<Item = (&str, &str)> {
        let is_rules = |(name, _): &(&String, &String)| is_cedar(name);
        self.0.iter().filter(is_rules).map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// The digest of the bundle: SHA-256 over the lines that `sha256sum` prints for its files in
    /// the order of their names.
    pub(crate) fn digest(&self) -> Digest {
        let listing = self.0.iter().fold(String::new(), |mut listing, (name, text)| {
            // INVARIANT: writing to a String cannot fail.
            let _ = writeln!(listing, "{}  {name}", Digest::of(text.as_bytes()));
            listing
        });
        Digest::of(listing.as_bytes())
    }
}

/// Reads a text file of bearable size.
pub(crate) fn text_of(path: &Path) -> Result<String, String> {
    let cannot = |error: std::io::Error| format!("the file cannot be read: {error}");
    if fs::metadata(path).map_err(cannot)?.len() > MOST_BYTES {
        return Err(format!("the file has more than {MOST_BYTES} bytes: split or shorten it"));
    }
    String::from_utf8(fs::read(path).map_err(cannot)?)
        .map_err(|_| "the file is not UTF-8: save it as UTF-8".to_owned())
}

fn is_cedar(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "cedar")
}

fn is_part(name: &str) -> bool {
    [TOOLS, ACTIONS, APPROVERS, POLICY].contains(&name)
        || (is_cedar(name) && !name.starts_with('.'))
}

/// Notes and editors' leftovers, which may lie in the folder without being part of it.
fn is_aside(name: &str) -> bool {
    let notes = Path::new(name).extension().is_some_and(|extension| extension == "md");
    notes || name.ends_with('~') || (name.starts_with('.') && !is_cedar(name))
}
