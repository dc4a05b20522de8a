//! The world as the console's outside.

use std::borrow::Borrow;

use approval_aws::store::{self, Queued};
use approval_core::audit::AuditRecord;
use approval_core::decision::Decision;
use approval_core::freeze::{Freeze, FreezeScope};
use approval_core::moment::Moment;
use approval_core::name::RequestId;
use approval_core::notice::Notice;
use approval_core::order::{Answer, Order};
use approval_core::ports::{AuditTrail, Clock, Decisions, Freezes, Notices, Requests, Unavailable};
use approval_core::request::ApprovalRequest;
use approval_policy::describe::Described;
use approval_policy::explain::Question;
use approval_policy::inspect::{DryRun, Inspection};
use approval_views::DisplayPart;
use approval_views::display::Display;
use operator_desk::OperatorDesk;
use serde::de::DeserializeOwned;

use super::super::outside::Outside;
use super::world::{Ends, OPERATOR, World};
use crate::failure::Failure;
use crate::search::{Cursor, Filter, Found, Row, Tab};

fn failed(error: impl Borrow<Unavailable>) -> Failure {
    crate::diagnosis::of(error.borrow(), "approvals")
}

impl World {
    async fn inspect<A: DeserializeOwned>(&self, ask: &Inspection) -> Result<Option<A>, Failure> {
        let Some(rules) = &self.rules else { return Ok(None) };
        let event = serde_json::to_string(ask).unwrap();
        let answer = risk_classify::wire::handle(rules, &event).await;
        let answer = answer.map_err(|error| failed(Unavailable(error.into())))?;
        Ok(Some(serde_json::from_value(answer).unwrap()))
    }
}

impl Outside for World {
    fn now(&self) -> Moment {
        self.clock.now()
    }

    async fn find(
        &self,
        filter: &Filter,
        after: Option<&Cursor>,
        most: usize,
        opens: bool,
    ) -> Result<Found, Failure> {
        self.memory.call("find").map_err(failed)?;
        let all: Vec<_> = self.memory.state().requests.values().cloned().collect();
        let mut rows = Vec::new();
        for request in all {
            let part = if opens { self.display(&request).await } else { DisplayPart::Sealed };
            let headline = Display::read(&part, &request).ok().flatten().map(|part| part.headline);
            rows.push(Row { queued: Queued::from(&request), request: Some(request), headline });
        }
        rows.retain(|row| {
            let late = |of: &ApprovalRequest| crate::search::is_stuck(of, self.now());
            let stuck = filter.tab != Tab::Stuck || row.request.as_ref().is_some_and(late);
            stuck && filter.matches(row, self.now())
        });
        rows.sort_by(|one, other| one.queued.place.cmp(&other.queued.place));
        let place = |row: &Row| format!("open~{}", row.queued.place);
        rows.retain(|row| after.is_none_or(|after| place(row) > after.to_string()));
        let (read, cut) = (rows.len(), rows.len() > most);
        rows.truncate(most);
        let next = rows.last().filter(|_| cut).map(|last| place(last).parse().unwrap());
        Ok(match self.ends.get() {
            None => Found { rows, next, read, ..Found::default() },
            Some(Ends::Never) => {
                let next = "open~".parse().ok();
                Found { rows, next, read, ..Found::default() }
            }
            Some(Ends::Early) => Found { rows, read, stopped: true, ..Found::default() },
        })
    }

    async fn load(&self, id: &RequestId) -> Result<ApprovalRequest, Failure> {
        let found = self.store().load(id).await.map_err(failed)?;
        found.ok_or_else(|| Failure::NoRequest("approvals".to_owned()))
    }

    async fn decisions(&self, id: &RequestId) -> Result<Option<Vec<Decision>>, Failure> {
        let read = self.store().decisions(id).await;
        read.map(Some).map_err(|error| failed(Unavailable(error.into())))
    }

    async fn asked(&self, id: &RequestId) -> Result<store::Asked, Failure> {
        Ok(store::Asked { decisions: self.decisions(id).await?, notices: self.notices(id).await? })
    }

    async fn trail(&self, id: &RequestId) -> Result<Option<Vec<AuditRecord>>, Failure> {
        self.store().trail(id).await.map(Some).map_err(failed)
    }

    async fn notices(&self, id: &RequestId) -> Result<Option<Vec<Notice>>, Failure> {
        self.store().notices(id).await.map(Some).map_err(failed)
    }

    async fn display(&self, of: &ApprovalRequest) -> DisplayPart {
        if !self.opens {
            return DisplayPart::Sealed;
        }
        DisplayPart::open(of, &self.store()).await.unwrap_or(DisplayPart::Sealed)
    }

    async fn freezes(&self) -> Result<Vec<Freeze>, Failure> {
        let switches = self.memory.state().switches.clone();
        let mut freezes = Vec::new();
        for key in self.memory.state().freezes.clone() {
            let last = switches.iter().rfind(|switch| switch.freeze.scope.key() == key);
            freezes.extend(last.map(|switch| switch.freeze.clone()));
        }
        Ok(freezes)
    }

    async fn frozen(&self, scopes: Vec<FreezeScope>) -> Result<Vec<FreezeScope>, Failure> {
        let mut frozen = Vec::new();
        for scope in scopes {
            if self.store().frozen(std::slice::from_ref(&scope)).await.map_err(failed)? {
                frozen.push(scope);
            }
        }
        Ok(frozen)
    }

    async fn rules(&self) -> Result<Option<Described>, Failure> {
        self.inspect(&Inspection::Describe {}).await
    }

    async fn dry_run(&self, question: Question) -> Result<Option<DryRun>, Failure> {
        self.inspect(&Inspection::DryRun { ask: Some(question) }).await
    }

    async fn order(&self, order: &Order) -> Result<String, Failure> {
        let desk = OperatorDesk { store: self.store(), clock: self.clock };
        let Answer { status, message } = desk.carry_out(order, OPERATOR).await.answer;
        match status.as_str() {
            "done" => Ok(message),
            _ => Err(Failure::Conflict(message)),
        }
    }
}
