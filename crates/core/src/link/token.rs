//! The link token: a link as it stands in a URL.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::digest::Digest;
use crate::link::Link;
use crate::moment::Moment;
use crate::name::{ApproverId, RequestId};
use crate::ports::Mac;

/// The first byte of every token: how the rest is written.
const FORM: u8 = 1;
/// The length of a code.
const CODE: usize = 32;
/// The longest text that is looked at: a token with the longest names has 308 characters.
const MOST_TEXT: usize = 320;

/// Tells accepted keys apart: the first four bytes of the SHA-256 of a key's id. It chooses among
/// accepted keys and proves nothing; the whole id is inside what is authenticated.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KeyTag([u8; 4]);

impl KeyTag {
    /// The tag of a key.
    #[must_use]
    pub fn of(key: &str) -> Self {
        let [a, b, c, d, ..] = *Digest::of(key.as_bytes()).as_bytes();
        Self([a, b, c, d])
    }
}

/// A link as it stands in a URL: what the server cannot look up, and the link key's code over the
/// whole [`Link`].
///
/// # Security
///
/// Whoever holds it may see the request and, with the match code, decide. It has no `Display`, and
/// its `Debug` shows nothing. It holds no verdict and no task token.
#[derive(Clone, Eq, PartialEq)]
pub struct LinkToken {
    /// The request.
    pub request: RequestId,
    /// The one person it was made for.
    pub approver: ApproverId,
    /// Rises when the person's links are revoked.
    pub epoch: u32,
    /// The key that made the code.
    pub key: KeyTag,
    /// The link key's code over the link.
    pub mac: Mac,
}

impl LinkToken {
    /// The token of a link.
    #[must_use]
    pub fn of(link: &Link, mac: Mac) -> Self {
        let Link { key, request, approver, epoch, .. } = link;
        let (request, approver) = (request.clone(), approver.clone());
        Self { request, approver, epoch: *epoch, key: KeyTag::of(key), mac }
    }

    /// Reads a token.
    ///
    /// # Security
    ///
    /// A token has one spelling: base64url without padding, over fields of fixed order and length.
    /// Anything else is none, before a row is read or a key is asked.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > MOST_TEXT {
            return None;
        }
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let (form, rest) = bytes.split_first()?;
        let (key, rest) = rest.split_first_chunk::<4>()?;
        let (epoch, rest) = rest.split_first_chunk::<4>()?;
        let (length, rest) = rest.split_first()?;
        let (request, rest) = rest.split_at_checked(usize::from(*length))?;
        let (mac, approver) = rest.split_at_checked(CODE)?;
        let token = Self {
            request: RequestId::parse(std::str::from_utf8(request).ok()?).ok()?,
            approver: ApproverId::parse(std::str::from_utf8(approver).ok()?).ok()?,
            epoch: u32::from_be_bytes(*epoch),
            key: KeyTag(*key),
            mac: Mac(mac.to_vec()),
        };
        (*form == FORM).then_some(token)
    }

    /// The text that goes into the URL, for the one message that carries it.
    #[must_use]
    pub fn expose(&self) -> String {
        let Self { request, approver, epoch, key, mac } = self;
        // INVARIANT: a request id has at most 64 bytes.
        let length = u8::try_from(request.as_str().len()).unwrap_or(u8::MAX);
        let bytes = [
            &[FORM][..],
            &key.0,
            &epoch.to_be_bytes(),
            &[length],
            request.as_str().as_bytes(),
            &mac.0,
            approver.as_str().as_bytes(),
        ];
        BASE64_URL_SAFE_NO_PAD.encode(bytes.concat())
    }

    /// The link this token claims to stand for; what it does not carry is looked up.
    #[must_use]
    pub fn link(&self, stack: &str, key: &str, digest: Digest, hard_limit: Moment) -> Link {
        Link {
            stack: stack.to_owned(),
            key: key.to_owned(),
            request: self.request.clone(),
            approver: self.approver.clone(),
            epoch: self.epoch,
            digest,
            hard_limit,
        }
    }
}

impl fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkToken")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> LinkToken {
        LinkToken {
            request: RequestId::parse(&"ab".repeat(16)).unwrap(),
            approver: ApproverId::parse("ana@example.com").unwrap(),
            epoch: 7,
            key: KeyTag::of("key-1"),
            mac: Mac((224..=255).collect()),
        }
    }

    #[test]
    fn a_token_reads_back_and_fits_a_url() {
        let text = token().expose();
        assert_eq!(LinkToken::parse(&text), Some(token()));
        assert!(text.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)));
        assert!(text.len() < 130, "{}", text.len());
    }

    #[test]
    fn the_longest_names_fit() {
        let request = RequestId::parse(&"r".repeat(64)).unwrap();
        let approver = ApproverId::parse(&"a".repeat(128)).unwrap();
        let long = LinkToken { request, approver, ..token() };
        let text = long.expose();
        assert!(text.len() <= MOST_TEXT);
        assert_eq!(LinkToken::parse(&text), Some(long));
    }

    #[test]
    fn l07_every_changed_bit_and_every_dropped_byte_is_another_token_or_none() {
        let text = token().expose();
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(&text).unwrap();
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut changed = bytes.clone();
                changed[at] ^= 1 << bit;
                let read = LinkToken::parse(&BASE64_URL_SAFE_NO_PAD.encode(changed));
                assert_ne!(read, Some(token()), "bit {bit} of byte {at}");
            }
            let mut shorter = bytes.clone();
            shorter.remove(at);
            assert_ne!(LinkToken::parse(&BASE64_URL_SAFE_NO_PAD.encode(shorter)), Some(token()));
        }
    }

    #[test]
    fn l15_a_token_has_one_spelling() {
        // A code whose letters differ between the alphabets.
        let token =
            || LinkToken { mac: Mac([0xfb, 0xff, 0xbe].repeat(11)[..32].to_vec()), ..token() };
        let text = token().expose();
        let short = text.split_at_checked(text.len() - 1).unwrap().0;
        let variants = [
            format!("{text}="),
            format!("{text}A"),
            format!(" {text}"),
            text.replace('-', "+"),
            text.replace('_', "/"),
            text.replace('-', "%2D"),
            short.to_owned(),
            text.to_lowercase(),
            String::new(),
            "A".repeat(100_000),
        ];
        for variant in variants {
            assert_ne!(variant, text);
            assert_ne!(LinkToken::parse(&variant), Some(token()), "{variant:.60}");
        }
        // The unused bits of the last character must be zero.
        let loose: Vec<_> = ('A'..='Z').filter(|c| !text.ends_with(*c)).collect();
        for c in loose {
            assert_ne!(LinkToken::parse(&format!("{short}{c}")), Some(token()));
        }
    }

    #[test]
    fn l13_l14_a_token_names_no_algorithm_and_its_key_only_by_a_tag_of_fixed_length() {
        let length = |key: &str| LinkToken { key: KeyTag::of(key), ..token() }.expose().len();
        assert_eq!(length("../../x"), length(&"k".repeat(4096)));
    }

    #[test]
    fn l20_a_token_shows_in_no_debug_output() {
        assert_eq!(format!("{:?}", token()), "LinkToken");
    }
}
