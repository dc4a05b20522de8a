//! What must not be seen, looked for in everything that can be seen.

use approval_core::ports::AuditTrail;
use approval_core::status::Status;
use countersign_tests::letter::form;
use countersign_tests::mailbox::mails;
use countersign_tests::stack::Stack;
use countersign_tests::{browser, events};

#[tokio::test]
async fn l20_g23_promise_10_no_token_code_or_secret_is_anywhere_but_in_its_own_mail_and_page() {
    let stack = Stack::named("main").await;
    let secret = "canary-0815-secret";
    let arguments = [
        ("account_id", "AC-8"),
        ("recipient", "customer-8@example.com"),
        ("fields", r#"["name"]"#),
        ("verification_answer", secret),
    ];
    let event = events::function("support", "disclose_customer_data", &arguments);
    let asked = stack.ask(&event).await;
    let request = stack.waiting(&asked).await;
    let task = request.wait.clone().unwrap().token.expose().to_owned();
    let (who, other) = ("compliance-reviewer-1", "compliance-reviewer-2");
    let (mine, mail) = stack.mail(&request.id, who).await;
    let (theirs, their_mail) = stack.mail(&request.id, other).await;

    let mut pages = vec![browser::get(&mine.link)];
    pages.push(browser::post(&mine.link, &form(&request.digest, "approve", "", "")));
    pages.push(browser::post(&mine.link, &form(&request.digest, "approve", "", mine.wrong_code())));
    // What the HTTP API's own calls log is not kept by the local stack; this one is.
    let event = events::http(
        "POST",
        mine.path(),
        Some(&form(&request.digest, "approve", "seen", &mine.code)),
    );
    let posted = stack.invoke("CallbackHandlerArn", &event).await;
    assert_eq!(posted["statusCode"], 303, "{posted}");
    stack.until(&request.id, &[Status::Executed]).await;
    pages.push(browser::get(&theirs.link));
    pages.push(browser::get(&mine.link));
    assert!(pages.iter().map(|page| page.status).eq([200, 400, 400, 200, 200]), "{pages:?}");

    let rows = stack.rows().await;
    let logs = stack.function_logs().await;
    let trail = stack.table().trail(&request.id).await.unwrap();
    let trail = serde_json::to_string(&trail).unwrap();
    let pages: String =
        pages.iter().map(|page| format!("{:?}{}", page.headers, page.body)).collect();
    let others: String = mails()
        .iter()
        .filter(|mail| !mail.text.contains(request.id.as_str()))
        .map(|mail| format!("{}{}{}", mail.subject, mail.text, mail.html))
        .collect();
    let told = stack.ask(&events::status(asked["reference"].as_str().unwrap())).await.to_string();
    assert!(logs.contains("written to") && logs.contains("decided"), "the logs are there");

    let places = [
        ("logs", &logs),
        ("rows", &rows),
        ("trail", &trail),
        ("pages", &pages),
        ("my mail", &mail),
        ("their mail", &their_mail),
        ("other mails", &others),
        ("answers", &told),
    ];
    for (place, text) in places {
        assert!(!text.contains(secret), "the secret field is in the {place}");
        assert!(!text.contains(&task) || place == "rows", "the task token is in the {place}");
        if !["my mail"].contains(&place) {
            assert!(!text.contains(mine.token()), "my link is in the {place}");
        }
        if !["their mail"].contains(&place) {
            assert!(!text.contains(theirs.token()), "their link is in the {place}");
        }
    }
    for text in [&logs, &trail, &their_mail, &told] {
        let codes = text.split(|c: char| !c.is_ascii_alphanumeric());
        assert!(!codes.into_iter().any(|word| word == mine.code), "my code");
    }
}
