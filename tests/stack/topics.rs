//! Personal links over SNS: only by opt-in, and closed to whoever would collect them.

use approval_core::ports::{AuditTrail, Notices};
use countersign_tests::events;
use countersign_tests::stack::Stack;

#[tokio::test]
async fn personal_links_go_over_sns_only_where_the_operator_opted_in() {
    for (name, channels) in [("main", 1), ("personal", 2)] {
        let stack = Stack::named(name).await;
        let request = stack.waiting(&stack.ask(&events::refund("N-101", "480.00")).await).await;
        let notices = stack.table().notices(&request.id).await.unwrap();
        assert_eq!(notices.len(), 3);
        for notice in notices {
            assert_eq!(notice.deliveries.len(), channels, "{notice:?}");
            assert!(notice.deliveries.iter().all(|sent| sent.failure.is_none()), "{notice:?}");
        }
        let trail = stack.table().trail(&request.id).await.unwrap();
        let notes: Vec<_> = trail.iter().filter_map(|record| record.note.as_deref()).collect();
        assert!(notes.contains(&"a notice was published"), "{notes:?}");
        let over_sns = notes.contains(&"billing-manager-1 was asked over SNS");
        assert_eq!(over_sns, channels == 2, "{notes:?}");
    }
}

#[tokio::test]
async fn nobody_but_the_operator_subscribes_to_personal_links() {
    let stack = Stack::named("personal").await;
    let topic = &stack.outputs["PersonalTopicArn"];
    let sns = aws_sdk_sns::Client::new(&stack.config);
    let mine = sns.subscribe().topic_arn(topic).protocol("email").endpoint("me@example.com");
    let refused = format!("{:?}", mine.send().await.unwrap_err());
    assert!(refused.contains("AuthorizationError"), "{refused}");
    let open = sns.subscribe().topic_arn(&stack.outputs["NoticeTopicArn"]);
    assert!(open.protocol("email").endpoint("me@example.com").send().await.is_ok());
}
