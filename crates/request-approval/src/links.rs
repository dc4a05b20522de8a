//! Links and match codes. Both are made anew whenever they are needed, and come out the same.

use approval_core::link::Link;
use approval_core::link::token::LinkToken;
use approval_core::matchcode::{self, MatchCode};
use approval_core::notice::Notice;
use approval_core::ports::{Mac, MakeMac, Unavailable};
use approval_core::request::ApprovalRequest;

/// One person's link and code.
pub(crate) struct Made {
    link: Link,
    pub(crate) token: LinkToken,
    pub(crate) code: MatchCode,
}

/// Makes the link of a notice, and the code that goes with it.
pub(crate) async fn make(
    keys: &impl MakeMac,
    stack: &str,
    request: &ApprovalRequest,
    notice: &Notice,
) -> Result<Made, Unavailable> {
    let link = Link {
        stack: stack.to_owned(),
        key: keys.key().to_owned(),
        request: request.id.clone(),
        approver: notice.approver.clone(),
        epoch: notice.epoch,
        digest: request.digest,
        hard_limit: request.hard_limit,
    };
    let message = link.message().map_err(|error| Unavailable(error.into()))?;
    let derivation = matchcode::derivation(&link).map_err(|error| Unavailable(error.into()))?;
    let (mac, code) = tokio::join!(keys.make(&message), keys.make(&derivation));
    let (token, code) = (LinkToken::of(&link, mac?), MatchCode::derived(&code?));
    Ok(Made { link, token, code })
}

/// What the notice keeps to recognise the code, without holding it.
pub(crate) async fn check(keys: &impl MakeMac, made: &Made) -> Result<Mac, Unavailable> {
    let message = matchcode::recognition(&made.link, &made.code);
    keys.make(&message.map_err(|error| Unavailable(error.into()))?).await
}
