//! Seals and codes in memory: they hold for whoever has the key, and break when touched.

use std::future::ready;
use std::sync::LazyLock;

use approval_core::digest::Digest;
use approval_core::name::RequestId;
use approval_core::ports::{AskHash, Mac, MacKey, MakeMac, Open, Seal, Unavailable, VerifyMac};
use approval_core::sealed::{Part, Sealed};

use crate::memory::Memory;

/// The one accepted id of each key.
pub const KEY_ID: &str = "key-1";

fn tag(part: Part, request: &RequestId, bytes: &[u8]) -> Digest {
    let mut message = format!("{}\n{request}\n", part.as_str()).into_bytes();
    message.extend_from_slice(bytes);
    Digest::of(&message)
}

impl Seal for &Memory {
    async fn seal(
        &self,
        part: Part,
        request: &RequestId,
        bytes: &[u8],
    ) -> Result<Sealed, Unavailable> {
        self.call("seal")?;
        let mut sealed = tag(part, request, bytes).as_bytes().to_vec();
        sealed.extend(bytes.iter().map(|byte| byte ^ 0x5a));
        Ok(Sealed(sealed))
    }
}

impl Open for &Memory {
    async fn open(
        &self,
        part: Part,
        request: &RequestId,
        sealed: &Sealed,
    ) -> Result<Option<Vec<u8>>, Unavailable> {
        self.call("open")?;
        let Some((head, body)) = sealed.0.split_at_checked(32) else { return Ok(None) };
        let bytes: Vec<u8> = body.iter().map(|byte| byte ^ 0x5a).collect();
        Ok((tag(part, request, &bytes).as_bytes() == head).then_some(bytes))
    }
}

impl AskHash for &Memory {
    async fn hash(&self, message: &[u8]) -> Result<Digest, Unavailable> {
        self.call("hash")?;
        Ok(Digest::of(&[b"ask", message].concat()))
    }
}

/// The code of a message, as the holder of that key would make it.
#[must_use]
pub fn mac(key: MacKey, message: &[u8]) -> Mac {
    let label: &[u8] = match key {
        MacKey::Link => b"link",
        MacKey::Decision => b"decision",
    };
    Mac(Digest::of(&[label, message].concat()).as_bytes().to_vec())
}

/// The one function that holds the key which makes codes of a kind.
#[derive(Clone, Copy, Debug)]
pub struct Maker<'a>(pub &'a Memory, pub MacKey);

impl MakeMac for Maker<'_> {
    fn key(&self) -> &str {
        KEY_ID
    }

    async fn make(&self, message: &[u8]) -> Result<Mac, Unavailable> {
        self.0.call("make")?;
        Ok(mac(self.1, message))
    }
}

impl VerifyMac for &Memory {
    fn accepted(&self, _: MacKey) -> &[String] {
        static ACCEPTED: LazyLock<[String; 1]> = LazyLock::new(|| [KEY_ID.to_owned()]);
        &*ACCEPTED
    }

    fn verify(
        &self,
        key: MacKey,
        id: &str,
        message: &[u8],
        code: &Mac,
    ) -> impl Future<Output = Result<bool, Unavailable>> + Send {
        let known = id == KEY_ID && mac(key, message) == *code;
        ready(self.call("verify").map(|_| known))
    }
}
