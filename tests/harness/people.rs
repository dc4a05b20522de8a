//! The people of the world in memory: they get mail, open links, type codes, decide.

use std::sync::Arc;

use approval_core::failure::HandlerError;
use approval_core::name::RequestId;
use approval_core::ports::{Letter, MacKey, Tell, Unavailable};
use approval_core::status::Status;
use approval_core::task::{Attempt, TaskToken};
use approval_testkit::clock::FixedClock;
use approval_testkit::memory::Memory;
use approval_testkit::sample;
use approval_testkit::sealing::Maker;
use approval_views::mail::SubjectDetail;
use callback_handler::CallbackHandler;
use request_approval::RequestApproval;
use serde_json::Value;

use crate::browser::Page;
use crate::events;
use crate::letter::{Personal, form};
use crate::world::World;

/// Where the approvers' door is.
pub const SITE: &str = "https://approvals.example";

type Asker<'a> = RequestApproval<
    &'a Memory,
    &'a Memory,
    Maker<'a>,
    &'a Memory,
    &'a Memory,
    &'a Memory,
    &'a FixedClock,
>;

impl World {
    /// The letters that were sent, oldest first.
    #[must_use]
    pub fn letters(&self) -> Vec<Letter> {
        self.memory.state().letters.clone()
    }

    /// Who has mail, each once, in the order of their names.
    #[must_use]
    pub fn mailed(&self) -> Vec<String> {
        let mut people: Vec<_> =
            self.letters().iter().map(|letter| letter.approver.to_string()).collect();
        people.sort();
        people.dedup();
        people
    }

    /// What a person finds in their newest mail.
    ///
    /// # Panics
    ///
    /// They have none.
    #[must_use]
    pub fn mail_of(&self, who: &str) -> Personal {
        let letters = self.letters();
        let asks = |letter: &&Letter| {
            letter.approver.as_str() == who && letter.text.contains("your personal link")
        };
        let newest = letters.iter().rev().find(asks);
        Personal::read(&newest.unwrap_or_else(|| panic!("{who} has no mail")).text)
    }

    /// What a person finds in their newest mail with a link about that request.
    #[must_use]
    pub fn mail_about(&self, who: &str, id: &RequestId) -> Option<Personal> {
        let state = self.memory.state();
        let asks = |letter: &&Letter| {
            letter.approver.as_str() == who
                && letter.request == *id
                && letter.text.contains("your personal link")
        };
        state.letters.iter().rev().find(asks).map(|letter| Personal::read(&letter.text))
    }

    /// A browser asks the approvers' door.
    pub async fn visit(&self, method: &str, path: &str, form: Option<&str>) -> Page {
        self.visit_with(&events::http(method, path, form)).await
    }

    /// request-approval.
    ///
    /// # Errors
    ///
    /// Those of the function.
    pub async fn ask_people(
        &self,
        id: &RequestId,
        wait: Option<(TaskToken, Attempt)>,
    ) -> Result<Status, HandlerError> {
        self.request_approval().handle(id, wait).await
    }

    /// request-approval, handed an event as text.
    ///
    /// # Errors
    ///
    /// Those of the function.
    pub async fn tell_request_approval(&self, event: &Value) -> Result<Value, HandlerError> {
        request_approval::wire::handle(&self.request_approval(), &event.to_string()).await
    }

    fn request_approval(&self) -> Asker<'_> {
        let memory = &self.memory;
        RequestApproval {
            stack: sample::STACK.to_owned(),
            base: SITE.to_owned(),
            detail: SubjectDetail::Full,
            store: memory,
            parts: memory,
            links: Maker(memory, MacKey::Link),
            mail: memory,
            personal: None::<&Memory>,
            topic: memory,
            chat: &self.channel,
            roster: Arc::new(self.policy.roster().clone()),
            clock: &self.clock,
        }
    }

    /// The same with an event of the HTTP API.
    ///
    /// # Panics
    ///
    /// There is no page.
    pub async fn visit_with(&self, event: &Value) -> Page {
        let memory = &self.memory;
        let door = CallbackHandler {
            stack: self.stack.clone(),
            store: memory,
            parts: memory,
            macs: memory,
            decision: Maker(memory, MacKey::Decision),
            roster: Arc::new(self.policy.roster().clone()),
            clock: &self.clock,
        };
        page(&callback_handler::wire::handle(&door, &event.to_string()).await.expect("a page"))
    }

    /// A person opens the page, types their answer and the code they were mailed, confirms where
    /// the page asks once more, and follows where that leads.
    pub async fn decide(&self, who: &str, verdict: &str, comment: &str) -> Page {
        let mail = self.mail_of(who);
        let page = self.visit("GET", mail.path(), None).await;
        let typed = [("verdict", verdict), ("comment", comment), ("code", mail.code.as_str())];
        let mut page = self.visit("POST", mail.path(), Some(&page.filled(&typed))).await;
        if page.asks_once_more() {
            page = self.visit("POST", mail.path(), Some(&page.filled(&[]))).await;
        }
        if page.status == 303 { self.visit("GET", mail.path(), None).await } else { page }
    }

    /// The mail service says what became of the letter that was sent as the so-manyth.
    ///
    /// # Panics
    ///
    /// request-approval fails.
    pub async fn mail_comes_back(&self, letter: &Letter, number: usize, what: &Value) {
        let event = events::mail(letter, &format!("mail-{number}"), what);
        self.tell_request_approval(&event).await.expect("it is noted");
    }

    /// A person presses the last button of a page that they have filled in, and follows where that
    /// leads.
    pub async fn press(&self, who: &str, verdict: &str, comment: &str) -> Page {
        let mail = self.mail_of(who);
        let page = self.answer(who, &self.form(verdict, comment, &mail.code)).await;
        if page.status == 303 { self.visit("GET", mail.path(), None).await } else { page }
    }

    /// The form with which a person decides on the newest request.
    #[must_use]
    pub fn form(&self, verdict: &str, comment: &str, code: &str) -> String {
        form(&self.request(&self.newest()).digest, verdict, comment, code)
    }

    /// A person posts a form of their own making.
    pub async fn answer(&self, who: &str, form: &str) -> Page {
        self.visit("POST", self.mail_of(who).path(), Some(form)).await
    }
}

impl Tell for &World {
    async fn tell(&self, id: &RequestId) -> Result<(), Unavailable> {
        self.memory.call("tell")?;
        let told = self.ask_people(id, None).await;
        told.map(|_| ()).map_err(|error| Unavailable(error.into()))
    }
}

fn page(reply: &Value) -> Page {
    let headers = reply["headers"].as_object().expect("headers").iter();
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    Page {
        status: u16::try_from(reply["statusCode"].as_u64().expect("a status")).expect("a status"),
        headers: headers.map(|(name, value)| (name.to_lowercase(), text(value))).collect(),
        body: reply["body"].as_str().unwrap_or_default().to_owned(),
    }
}
