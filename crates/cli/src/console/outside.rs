//! What the console needs of the outside, and where it gets it.

use approval_aws::desk::Desk;
use approval_aws::keys::Sealer;
use approval_aws::rules::Rules;
use approval_aws::store::{Asked, Table};
use approval_aws::system::SystemClock;
use approval_core::audit::AuditRecord;
use approval_core::decision::Decision;
use approval_core::freeze::{Freeze, FreezeScope};
use approval_core::moment::Moment;
use approval_core::name::RequestId;
use approval_core::notice::Notice;
use approval_core::order::Order;
use approval_core::ports::{AuditTrail, Clock, Freezes, Notices, Unavailable};
use approval_core::request::ApprovalRequest;
use approval_policy::describe::Described;
use approval_policy::explain::Question;
use approval_policy::inspect::{DryRun, Inspection};
use approval_views::DisplayPart;
use serde::de::DeserializeOwned;

use crate::deployment::Records;
use crate::diagnosis;
use crate::failure::Failure;
use crate::orders;
use crate::search::{self, Cursor, Filter, Found, Headlines};

/// What the console needs of the outside: it reads, and gives orders.
pub(super) trait Outside: Send + Sync + 'static {
    /// The present instant.
    fn now(&self) -> Moment;
    /// The requests of a filter, with their headlines where `opens`.
    fn find(
        &self,
        filter: &Filter,
        after: Option<&Cursor>,
        most: usize,
        opens: bool,
    ) -> impl Future<Output = Result<Found, Failure>> + Send;
    /// The request as it stands.
    fn load(&self, id: &RequestId)
    -> impl Future<Output = Result<ApprovalRequest, Failure>> + Send;
    /// Its decisions; none where a row of them is malformed.
    fn decisions(
        &self,
        id: &RequestId,
    ) -> impl Future<Output = Result<Option<Vec<Decision>>, Failure>> + Send;
    /// Decisions and notices together, for lists.
    fn asked(&self, id: &RequestId) -> impl Future<Output = Result<Asked, Failure>> + Send;
    /// Its audit trail; none where a record of it cannot be read.
    fn trail(
        &self,
        id: &RequestId,
    ) -> impl Future<Output = Result<Option<Vec<AuditRecord>>, Failure>> + Send;
    /// Who was sent what; none where a row of that cannot be read.
    fn notices(
        &self,
        id: &RequestId,
    ) -> impl Future<Output = Result<Option<Vec<Notice>>, Failure>> + Send;
    /// Its display part, as far as it opens.
    fn display(&self, of: &ApprovalRequest) -> impl Future<Output = DisplayPart> + Send;
    /// The freezes that hold.
    fn freezes(&self) -> impl Future<Output = Result<Vec<Freeze>, Failure>> + Send;
    /// Which of the scopes are frozen.
    fn frozen(
        &self,
        scopes: Vec<FreezeScope>,
    ) -> impl Future<Output = Result<Vec<FreezeScope>, Failure>> + Send;
    /// What is in the bundle that is deployed; none where nobody said where that is.
    fn rules(&self) -> impl Future<Output = Result<Option<Described>, Failure>> + Send;
    /// What it says of a question; none where nobody said where that is.
    fn dry_run(
        &self,
        question: Question,
    ) -> impl Future<Output = Result<Option<DryRun>, Failure>> + Send;
    /// Gives an order, and tells what the door says that it did.
    fn order(&self, order: &Order) -> impl Future<Output = Result<String, Failure>> + Send;
}

/// A deployed stack.
#[derive(Debug)]
pub(super) struct Deployed {
    table: Table,
    name: String,
    parts: Option<Sealer>,
    headlines: Option<Headlines>,
    rules: Option<Rules>,
    desk: Option<(Desk, String)>,
}

impl Deployed {
    /// The stack with these records. Without a key nothing is opened, without a desk nothing is
    /// ordered.
    pub(super) fn new(
        records: Records<'_>,
        parts: Option<Sealer>,
        rules: Option<Rules>,
        desk: Option<(Desk, String)>,
    ) -> Self {
        let (table, name) = records.into_parts();
        let headlines = parts.clone().map(Headlines::new);
        Self { table, name, parts, headlines, rules, desk }
    }

    /// What the table is called.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    fn records(&self) -> Records<'_> {
        Records::of(self.table.clone(), &self.name)
    }

    fn because(&self, error: &Unavailable) -> Failure {
        diagnosis::of(error, &self.name)
    }

    async fn inspect<A: DeserializeOwned>(&self, ask: &Inspection) -> Result<Option<A>, Failure> {
        let Some(rules) = &self.rules else { return Ok(None) };
        rules.ask(ask).await.map(Some).map_err(|error| self.because(&error))
    }

    /// None where a row cannot be read, which is for the screen to say.
    fn readable<T>(&self, read: Result<T, Unavailable>) -> Result<Option<T>, Failure> {
        match read.map_err(|error| self.because(&error)) {
            Ok(read) => Ok(Some(read)),
            Err(Failure::Unreadable(_)) => Ok(None),
            Err(failure) => Err(failure),
        }
    }
}

impl Outside for Deployed {
    fn now(&self) -> Moment {
        SystemClock.now()
    }

    async fn find(
        &self,
        filter: &Filter,
        after: Option<&Cursor>,
        most: usize,
        opens: bool,
    ) -> Result<Found, Failure> {
        let headlines = self.headlines.as_ref().filter(|_| opens);
        search::find(&self.records(), headlines, filter, after, most).await
    }

    async fn load(&self, id: &RequestId) -> Result<ApprovalRequest, Failure> {
        self.records().load(id).await
    }

    async fn decisions(&self, id: &RequestId) -> Result<Option<Vec<Decision>>, Failure> {
        self.records().decisions(id).await
    }

    async fn asked(&self, id: &RequestId) -> Result<Asked, Failure> {
        self.table.asked(id).await.map_err(|error| self.because(&error))
    }

    async fn trail(&self, id: &RequestId) -> Result<Option<Vec<AuditRecord>>, Failure> {
        self.readable(self.table.trail(id).await)
    }

    async fn notices(&self, id: &RequestId) -> Result<Option<Vec<Notice>>, Failure> {
        self.readable(self.table.notices(id).await)
    }

    async fn display(&self, of: &ApprovalRequest) -> DisplayPart {
        let Some(parts) = &self.parts else { return DisplayPart::Sealed };
        // A key that does not answer, or not to us, hides no request: its arguments stay sealed.
        DisplayPart::open(of, parts).await.unwrap_or(DisplayPart::Sealed)
    }

    async fn freezes(&self) -> Result<Vec<Freeze>, Failure> {
        self.records().freezes().await
    }

    async fn frozen(&self, scopes: Vec<FreezeScope>) -> Result<Vec<FreezeScope>, Failure> {
        let mut frozen = Vec::new();
        for scope in scopes {
            let holds = self.table.frozen(std::slice::from_ref(&scope)).await;
            if holds.map_err(|error| self.because(&error))? {
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
        let (desk, url) = self.desk.as_ref().ok_or(Failure::Unnamed(
            "API, so no orders are given: start the console with --stack <NAME>, or --api <URL>",
        ))?;
        orders::given(desk, url, order).await
    }
}
