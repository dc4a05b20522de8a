//! The fault proxy of the local stack: told which call of which run is to fail, and how.

use countersign_tests::browser;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

/// What belongs to no run: looks over all requests.
pub const NOBODY: &str = "-";

/// The proxy.
#[derive(Debug)]
pub struct Proxy {
    url: String,
}

/// How a call fails. `infra/local/fault_proxy.py` says what each means.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Before,
    Throttled,
    Lost,
    Silent,
    KillBefore,
    KillAfter,
}

/// One call of a run that fails.
#[derive(Clone, Debug, Serialize)]
pub struct Fault {
    pub function: String,
    pub action: String,
    pub nth: u32,
    pub kind: Kind,
}

/// A call that was seen: an operation with all its attempts.
#[derive(Clone, Debug, Deserialize)]
pub struct Call {
    pub function: String,
    pub action: String,
    pub nth: u32,
    /// How often the SDK would send it.
    pub attempts: u32,
}

/// What a run did so far.
#[derive(Debug, Deserialize)]
pub struct Seen {
    pub calls: Vec<Call>,
    /// Whether the fault was met.
    pub fired: bool,
    /// The ids that were given to its requests, stored or not.
    pub requests: Vec<String>,
    /// What the mail service took, oldest first.
    pub mails: Vec<Mail>,
}

/// A mail, as a person reads it.
#[derive(Debug, Deserialize)]
pub struct Mail {
    pub to: String,
    pub text: String,
}

impl Kind {
    pub const ALL: [Self; 6] = [
        Self::Before,
        Self::Throttled,
        Self::Lost,
        Self::Silent,
        Self::KillBefore,
        Self::KillAfter,
    ];

    /// Whether it comes to the same as another kind, for this call: what is only read has no effect
    /// that could be lost, and what the SDK sends once is silent when it is lost.
    pub fn is_like_another(self, call: &Call) -> bool {
        let reads =
            ["GetItem", "Query", "Decrypt", "VerifyMac", "GenerateMac", "DescribeExecution"];
        let reads = reads.iter().any(|read| call.action.ends_with(&format!(".{read}")));
        match self {
            Self::Before | Self::Throttled | Self::KillBefore => false,
            Self::Lost | Self::KillAfter => reads,
            Self::Silent => reads || call.attempts == 1,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::Throttled => "throttled",
            Self::Lost => "lost",
            Self::Silent => "silent",
            Self::KillBefore => "kill-before",
            Self::KillAfter => "kill-after",
        }
    }
}

impl Call {
    /// Whether it is the same call, of another run.
    pub fn is(&self, other: &Self) -> bool {
        (&self.function, &self.action, self.nth) == (&other.function, &other.action, other.nth)
    }

    /// A function as the repository calls it: without the stack's name and what makes it unique.
    pub fn short(function: &str) -> String {
        let name = function.split('-').nth(1).unwrap_or(function);
        let kebab = name.chars().enumerate().flat_map(|(at, c)| {
            let hyphen = (at > 0 && c.is_uppercase()).then_some('-');
            hyphen.into_iter().chain(c.to_lowercase())
        });
        kebab.collect()
    }
}

impl Proxy {
    pub fn new() -> Self {
        let url = std::env::var("COUNTERSIGN_FAULTS").expect("run me through `make faults`");
        Self { url }
    }

    /// Counts the run's calls from here on; the one that the fault names fails.
    pub fn count(&self, run: &str, fault: Option<&Fault>) {
        let body = serde_json::to_string(&fault).expect("JSON");
        self.call::<Value>("PUT", run, Some(&body));
    }

    /// The next request id that nobody knows is this run's.
    pub fn asks(&self, run: &str) {
        self.call::<Value>("POST", run, None);
    }

    /// What the run did since it is counted.
    pub fn seen(&self, run: &str) -> Seen {
        self.call("GET", run, None)
    }

    fn call<T: DeserializeOwned>(&self, method: &str, run: &str, body: Option<&str>) -> T {
        let url = format!("{}/runs/{run}", self.url);
        let page = tokio::task::block_in_place(|| browser::call(method, &url, body));
        serde_json::from_str(&page.body).expect("JSON")
    }
}
