//! Envelopes: content under a data key, and the data key under a KMS key.

use std::fmt;

use approval_core::canonical;
use approval_core::name::RequestId;
use approval_core::sealed::Part;
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use serde::Serialize;

const VERSION: u8 = 1;
/// The most bytes of a wrapped key that KMS gives or takes.
const MOST_WRAPPED: usize = 6144;

/// What a sealed part is bound to: KMS checks it when the data key is unwrapped, and the cipher
/// when the content is opened.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Context<'a> {
    pub(super) stack: &'a str,
    pub(super) request: &'a RequestId,
    #[serde(serialize_with = "name")]
    pub(super) part: Part,
}

/// A data key in the clear.
///
/// # Security
///
/// Its bytes are overwritten when it is dropped, which is as soon as it was used, and its `Debug`
/// shows none of them.
pub(super) struct DataKey(pub(super) Vec<u8>);

/// What a sealed part consists of: version, length of the wrapped key, wrapped key, nonce,
/// ciphertext with tag.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Envelope {
    pub(super) wrapped: Vec<u8>,
    nonce: [u8; NONCE_LEN],
    ciphertext: Vec<u8>,
}

impl Envelope {
    /// Seals the bytes under the data key; none where the key is no key.
    pub(super) fn seal(
        key: &DataKey,
        wrapped: Vec<u8>,
        context: Context<'_>,
        bytes: &[u8],
    ) -> Option<Self> {
        let key = RandomizedNonceKey::new(&AES_256_GCM, &key.0).ok()?;
        let mut ciphertext = bytes.to_vec();
        let nonce = key.seal_in_place_append_tag(context.aad()?, &mut ciphertext).ok()?;
        let nonce = *nonce.as_ref();
        Some(Self { wrapped, nonce, ciphertext })
    }

    /// The bytes; none where anything was changed.
    pub(super) fn open(mut self, key: &DataKey, context: Context<'_>) -> Option<Vec<u8>> {
        let key = RandomizedNonceKey::new(&AES_256_GCM, &key.0).ok()?;
        let nonce = Nonce::assume_unique_for_key(self.nonce);
        let bytes = key.open_in_place(nonce, context.aad()?, &mut self.ciphertext);
        Some(bytes.ok()?.to_vec())
    }

    /// The stored form; none where the wrapped key is longer than KMS makes them.
    pub(super) fn encode(&self) -> Option<Vec<u8>> {
        let length = u16::try_from(self.wrapped.len()).ok()?.to_be_bytes();
        let parts = [[VERSION].as_slice(), &length, &self.wrapped, &self.nonce, &self.ciphertext];
        Some(parts.concat())
    }

    /// Reads the stored form; none where it is none.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (&[VERSION], rest) = bytes.split_first_chunk()? else {
            return None;
        };
        let (length, rest) = rest.split_first_chunk()?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (wrapped, rest) = rest.split_at_checked(length)?;
        let (nonce, ciphertext) = rest.split_first_chunk()?;
        let fits = !wrapped.is_empty() && wrapped.len() <= MOST_WRAPPED;
        fits.then(|| Self {
            wrapped: wrapped.to_vec(),
            nonce: *nonce,
            ciphertext: ciphertext.to_vec(),
        })
    }
}

impl Context<'_> {
    /// The encryption context as KMS takes it.
    pub(super) fn pairs(self) -> [(String, String); 3] {
        let Self { stack, request, part } = self;
        [("part", part.as_str()), ("request", request.as_str()), ("stack", stack)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
    }

    fn aad(self) -> Option<Aad<Vec<u8>>> {
        canonical::bytes(&self).ok().map(Aad::from)
    }
}

impl Drop for DataKey {
    fn drop(&mut self) {
        self.0.fill(0);
        // Keeps the compiler from leaving out writes to memory that nobody reads again.
        std::hint::black_box(&self.0);
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey")
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn name<S: serde::Serializer>(part: &Part, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(part.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    fn key() -> DataKey {
        DataKey(vec![7; 32])
    }

    fn sealed(request: &RequestId) -> Envelope {
        let context = context(request, Part::Action);
        Envelope::seal(&key(), vec![1, 2, 3], context, b"refund 480").unwrap()
    }

    fn context(request: &RequestId, part: Part) -> Context<'_> {
        let stack = "staging";
        Context { stack, request, part }
    }

    #[test]
    fn an_envelope_reads_back_as_it_was_written() {
        let id = fixture::id();
        let bytes = sealed(&id).encode().unwrap();
        assert_eq!(&bytes[..6], [1, 0, 3, 1, 2, 3]);
        assert_eq!(bytes.len(), 6 + 12 + "refund 480".len() + 16);
        let read = Envelope::decode(&bytes).unwrap();
        let opened = read.open(&key(), context(&id, Part::Action));
        assert_eq!(opened.as_deref(), Some(b"refund 480".as_slice()));
    }

    #[test]
    fn no_bit_can_be_changed() {
        let id = fixture::id();
        let bytes = sealed(&id).encode().unwrap();
        for at in (0..bytes.len()).filter(|at| !(3..6).contains(at)) {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            let opened = Envelope::decode(&changed)
                .and_then(|read| read.open(&key(), context(&id, Part::Action)));
            assert_eq!(opened, None, "byte {at}");
        }
    }

    #[test]
    fn a_part_opens_only_as_itself_in_its_own_request_and_stack() {
        let (id, other) = (fixture::id(), RequestId::parse("r-2").unwrap());
        let elsewhere = Context { stack: "production", ..context(&id, Part::Action) };
        assert_eq!(sealed(&id).open(&key(), context(&id, Part::Display)), None);
        assert_eq!(sealed(&id).open(&key(), context(&other, Part::Action)), None);
        assert_eq!(sealed(&id).open(&key(), elsewhere), None);
    }

    #[test]
    fn text_that_is_no_envelope_is_none() {
        let whole = sealed(&fixture::id()).encode().unwrap();
        for cut in 0..18 {
            assert_eq!(Envelope::decode(&whole[..cut]), None, "{cut}");
        }
        assert_eq!(Envelope::decode(&[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), None);
        assert_eq!(
            Envelope::decode(&[[1, 255, 255].as_slice(), &vec![0; 65_535 + 40]].concat()),
            None
        );
    }

    #[test]
    fn promise_10_a_data_key_has_no_debug() {
        assert_eq!(format!("{:?}", key()), "DataKey");
    }
}
