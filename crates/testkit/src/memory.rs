//! All ports over one locked state: the store here, everything outside in `outside`.

mod outside;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard};

use approval_core::audit::AuditRecord;
use approval_core::claim::Claim;
use approval_core::commit::{AskRow, Commit, CommitError, Guard};
use approval_core::decision::Decision;
use approval_core::digest::Digest;
use approval_core::due;
use approval_core::event::Event;
use approval_core::freeze::{Freeze, FreezeScope, Switch};
use approval_core::metric::Metric;
use approval_core::moment::Moment;
use approval_core::name::{ApproverId, RequestId};
use approval_core::notice::Notice;
use approval_core::outcome::Outcome;
use approval_core::ports::{
    AuditTrail, Commits, Decisions, DecisionsError, DueIndex, Freezes, Letter, Notices, Park,
    References, Requests, Switches, Unavailable,
};
use approval_core::request::ApprovalRequest;

use crate::jitter;

/// Everything there is.
#[derive(Debug, Default)]
pub struct State {
    /// Requests by id.
    pub requests: BTreeMap<RequestId, ApprovalRequest>,
    /// Audit trails by request.
    pub trails: BTreeMap<RequestId, Vec<AuditRecord>>,
    /// Ask rows by keyed hash.
    pub asks: BTreeMap<Digest, AskRow>,
    /// Requests by the digest of the reference.
    pub references: BTreeMap<Digest, RequestId>,
    /// Decisions by request.
    pub decisions: BTreeMap<RequestId, Vec<Decision>>,
    /// Notices by request and person.
    pub notices: BTreeMap<(RequestId, ApproverId), Notice>,
    /// Letters the mail service took.
    pub letters: Vec<Letter>,
    /// Addresses the mail service refuses.
    pub refuses: BTreeSet<String>,
    /// Notices without links that were published.
    pub published: Vec<String>,
    /// Claims by request.
    pub claims: BTreeMap<RequestId, Claim>,
    /// Freezes in force, by key.
    pub freezes: BTreeSet<String>,
    /// How freezes were switched, oldest first.
    pub switches: Vec<Switch>,
    /// Requests whose records are of a version that is not known.
    pub unreadable: BTreeSet<RequestId>,
    /// Until when requests are put aside.
    pub parked: BTreeMap<RequestId, Moment>,
    /// Events that were taken.
    pub events: Vec<Event>,
    /// How many events are taken before one is not; none for all of them.
    pub takes: Option<usize>,
    /// Workflow executions: running or not.
    pub executions: BTreeMap<RequestId, bool>,
    /// What waits were ended with.
    pub resumed: Vec<String>,
    /// What was performed: idempotency key and arguments.
    pub performed: Vec<(String, serde_json::Value)>,
    /// What the target will say, in order; then it does it.
    pub outcomes: Vec<Outcome>,
    /// What was measured, apart from what the audit trail tells.
    pub measured: Vec<Metric>,
    /// Calls made, by name.
    pub calls: Vec<&'static str>,
    /// The call that fails before it has any effect, counted from 0.
    pub fails_at: Option<usize>,
    /// Stands for an interleaving of concurrent calls; 0 for none.
    pub jitter: u64,
    /// The call whose answer is lost after it had its effect, counted from 0.
    pub lost_at: Option<usize>,
}

/// The world in memory.
#[derive(Debug, Default)]
pub struct Memory(Mutex<State>);

impl Memory {
    /// The state, to look at or to tamper with.
    ///
    /// # Panics
    ///
    /// A test panicked while it held the state.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no test panicked here")
    }

    /// Counts a call, and fails it if its turn has come.
    ///
    /// # Errors
    ///
    /// Its turn has come.
    pub fn call(&self, name: &'static str) -> Result<Turn, Unavailable> {
        let mut state = self.state();
        let turn = state.calls.len();
        state.calls.push(name);
        if state.fails_at == Some(turn) {
            return Err(Unavailable("told to fail".into()));
        }
        Ok(Turn(turn))
    }

    /// Lets others go first, as the interleaving has it.
    async fn give_way(&self) {
        let turns = jitter::draw(&mut self.state().jitter);
        jitter::give_way(turns).await;
    }

    /// Answers a call that had its effect, or loses the answer if its turn has come.
    fn answer<T>(&self, Turn(turn): Turn, answer: T) -> Result<T, Unavailable> {
        if self.state().lost_at == Some(turn) {
            return Err(Unavailable("the answer was lost".into()));
        }
        Ok(answer)
    }
}

/// The number of a call.
#[derive(Clone, Copy, Debug)]
pub struct Turn(usize);

impl Requests for &Memory {
    async fn load(&self, id: &RequestId) -> Result<Option<ApprovalRequest>, Unavailable> {
        self.give_way().await;
        self.call("load")?;
        let state = self.state();
        Ok(state.requests.get(id).filter(|_| !state.unreadable.contains(id)).cloned())
    }
}

impl Commits for &Memory {
    async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        self.give_way().await;
        let unavailable = |Unavailable(cause)| CommitError::Unavailable(cause);
        let turn = self.call("commit").map_err(unavailable)?;
        let mut state = self.state();
        let Commit { request, audit, guard } = commit;
        let stored = state.requests.get(&request.id).map_or(0, |stored| stored.version);
        if stored + 1 != request.version {
            return Err(CommitError::Conflict);
        }
        state.hold(&guard)?;
        state.write(guard, &request.id);
        state.trails.entry(request.id.clone()).or_default().extend(audit);
        state.parked.remove(&request.id);
        state.requests.insert(request.id.clone(), request);
        drop(state);
        self.answer(turn, ()).map_err(unavailable)
    }
}

impl State {
    fn hold(&self, guard: &Guard) -> Result<(), CommitError> {
        match guard {
            Guard::Version => Ok(()),
            Guard::Open { ask, replaces, .. } => match self.asks.get(&ask.ask) {
                Some(row) if Some(&row.request) != replaces.as_ref() => {
                    Err(CommitError::AskTaken(row.clone()))
                }
                _ => Ok(()),
            },
            Guard::Claim { claim, again, scopes } => {
                if scopes.iter().any(|scope| self.freezes.contains(&scope.key())) {
                    return Err(CommitError::Frozen);
                }
                match self.claims.get(&claim.request) {
                    None => Ok(()),
                    Some(held) if *again && !held.settled && held.until <= claim.at => Ok(()),
                    Some(_) => Err(CommitError::Claimed),
                }
            }
            Guard::Settle(claim) => match self.claims.get(&claim.request) {
                Some(held) if !held.settled => Ok(()),
                _ => Err(CommitError::Claimed),
            },
            Guard::Notices(_) => Ok(()),
            Guard::Decide { decision, scopes } => self.decidable(decision, scopes),
        }
    }

    fn decidable(&self, decision: &Decision, scopes: &[FreezeScope]) -> Result<(), CommitError> {
        let link = &decision.link;
        let before = self.requests.get(&link.request);
        if before.and_then(|r| r.decide_by).is_none_or(|by| decision.decided_at >= by) {
            return Err(CommitError::Conflict);
        }
        let earlier = self.decisions.get(&link.request).into_iter().flatten();
        if earlier.into_iter().any(|one| one.link.approver == link.approver) {
            return Err(CommitError::Decided);
        }
        let key = (link.request.clone(), link.approver.clone());
        if self.notices.get(&key).is_none_or(|notice| notice.epoch != link.epoch) {
            return Err(CommitError::Revoked);
        }
        if scopes.iter().any(|scope| self.freezes.contains(&scope.key())) {
            return Err(CommitError::Frozen);
        }
        Ok(())
    }

    fn write(&mut self, guard: Guard, id: &RequestId) {
        match guard {
            Guard::Version => {}
            Guard::Open { ask, reference, .. } => {
                self.asks.insert(ask.ask, ask);
                self.references.insert(reference, id.clone());
            }
            Guard::Claim { claim, .. } => {
                self.claims.insert(id.clone(), claim);
            }
            Guard::Settle(claim) => {
                self.claims.insert(id.clone(), Claim { settled: true, ..claim });
            }
            Guard::Notices(notices) => {
                for notice in notices {
                    let key = (notice.request.clone(), notice.approver.clone());
                    self.notices.insert(key, notice);
                }
            }
            Guard::Decide { decision, .. } => {
                self.decisions.entry(id.clone()).or_default().push(*decision);
            }
        }
    }
}

impl References for &Memory {
    async fn find(&self, reference: &Digest) -> Result<Option<RequestId>, Unavailable> {
        self.call("find")?;
        Ok(self.state().references.get(reference).cloned())
    }
}

impl Decisions for &Memory {
    async fn decisions(&self, id: &RequestId) -> Result<Vec<Decision>, DecisionsError> {
        self.call("decisions").map_err(|Unavailable(cause)| DecisionsError::Unavailable(cause))?;
        Ok(self.state().decisions.get(id).cloned().unwrap_or_default())
    }
}

impl Notices for &Memory {
    async fn notices(&self, id: &RequestId) -> Result<Vec<Notice>, Unavailable> {
        self.call("notices")?;
        let state = self.state();
        let all = state.notices.values().filter(|notice| notice.request == *id);
        Ok(all.cloned().collect())
    }

    async fn notice(
        &self,
        id: &RequestId,
        who: &ApproverId,
    ) -> Result<Option<Notice>, Unavailable> {
        self.call("notice")?;
        Ok(self.state().notices.get(&(id.clone(), who.clone())).cloned())
    }
}

impl Freezes for &Memory {
    async fn frozen(&self, scopes: &[FreezeScope]) -> Result<bool, Unavailable> {
        self.call("frozen")?;
        let state = self.state();
        Ok(scopes.iter().any(|scope| state.freezes.contains(&scope.key())))
    }
}

impl AuditTrail for &Memory {
    async fn trail(&self, id: &RequestId) -> Result<Vec<AuditRecord>, Unavailable> {
        self.call("trail")?;
        Ok(self.state().trails.get(id).cloned().unwrap_or_default())
    }
}

impl DueIndex for &Memory {
    async fn due(&self, now: Moment, most: usize) -> Result<Vec<RequestId>, Unavailable> {
        self.call("due")?;
        let state = self.state();
        let mut due: Vec<_> = state
            .requests
            .values()
            .filter_map(|request| {
                let parked = state.parked.get(&request.id).copied();
                Some((parked.or(due::next_due(request))?, request.id.clone()))
            })
            .filter(|(at, _)| *at <= now)
            .collect();
        due.sort();
        Ok(due.into_iter().take(most).map(|(_, id)| id).collect())
    }
}

impl Park for &Memory {
    async fn park(&self, id: &RequestId, until: Moment) -> Result<(), Unavailable> {
        let turn = self.call("park")?;
        self.state().parked.insert(id.clone(), until);
        self.answer(turn, ())
    }
}

impl Switches for &Memory {
    async fn freeze(&self, scope: &FreezeScope) -> Result<Option<Freeze>, Unavailable> {
        self.call("freeze")?;
        let state = self.state();
        let mut those = state.switches.iter().filter(|switch| switch.freeze.scope == *scope);
        Ok(those.next_back().map(|switch| switch.freeze.clone()))
    }

    async fn switch(&self, switch: &Switch) -> Result<(), CommitError> {
        let unavailable = |Unavailable(cause)| CommitError::Unavailable(cause);
        let turn = self.call("switch").map_err(unavailable)?;
        let mut state = self.state();
        let scope = &switch.freeze.scope;
        let known = state.switches.iter().filter(|known| known.freeze.scope == *scope).count();
        if known as u64 + 1 != switch.freeze.version {
            return Err(CommitError::Conflict);
        }
        if switch.freeze.frozen {
            state.freezes.insert(scope.key());
        } else {
            state.freezes.remove(&scope.key());
        }
        state.switches.push(switch.clone());
        drop(state);
        self.answer(turn, ()).map_err(unavailable)
    }
}
