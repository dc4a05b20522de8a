//! Envelopes: content under a data key, and the data key, with the content's hash, under a KMS key.

use std::fmt;

use approval_core::canonical;
use approval_core::digest::Digest;
use approval_core::name::RequestId;
use approval_core::sealed::Part;
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use serde::Serialize;

const VERSION: u8 = 1;
/// The length of a key of the cipher.
const KEY: usize = 32;
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

/// A data key in the clear, followed by the SHA-256 of the one content it is for. KMS wraps both.
///
/// # Security
///
/// Whoever opens a part holds its key, and could encrypt other content with it beside the same
/// wrapped key, in the same context. The hash makes that content open nowhere: it stands inside
/// what KMS wrapped, and to have another one wrapped takes `kms:Encrypt`, which no opener has.
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

impl DataKey {
    /// A fresh key for that content; none where the system gives no random bits.
    pub(super) fn of(content: &[u8]) -> Option<Self> {
        let mut made = Self([[0; KEY], *Digest::of(content).as_bytes()].concat());
        let key = made.0.first_chunk_mut::<KEY>()?;
        SystemRandom::new().fill(key).ok()?;
        Some(made)
    }

    fn key(&self) -> Option<RandomizedNonceKey> {
        let key = self.0.first_chunk::<KEY>()?;
        RandomizedNonceKey::new(&AES_256_GCM, key).ok()
    }

    fn is_for(&self, content: &[u8]) -> bool {
        self.0.get(KEY..) == Some(Digest::of(content).as_bytes().as_slice())
    }
}

impl Envelope {
    /// Seals the bytes under the data key; none where the key is no key.
    pub(super) fn seal(
        key: &DataKey,
        wrapped: Vec<u8>,
        context: Context<'_>,
        bytes: &[u8],
    ) -> Option<Self> {
        let mut ciphertext = bytes.to_vec();
        let nonce = key.key()?.seal_in_place_append_tag(context.aad()?, &mut ciphertext).ok()?;
        let nonce = *nonce.as_ref();
        Some(Self { wrapped, nonce, ciphertext })
    }

    /// The bytes; none where anything was changed, or where the key is for other content.
    pub(super) fn open(mut self, key: &DataKey, context: Context<'_>) -> Option<Vec<u8>> {
        let nonce = Nonce::assume_unique_for_key(self.nonce);
        let bytes = key.key()?.open_in_place(nonce, context.aad()?, &mut self.ciphertext).ok()?;
        key.is_for(bytes).then(|| bytes.to_vec())
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
        DataKey([[7; 32], *Digest::of(b"refund 480").as_bytes()].concat())
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
    fn an_opener_cannot_seal_other_content_with_the_key_it_opened() {
        let id = fixture::id();
        let (wrapped, action) = (sealed(&id).wrapped, context(&id, Part::Action));
        for content in [b"refund 48000".as_slice(), b"refund 48", b""] {
            let forged = Envelope::seal(&key(), wrapped.clone(), action, content).unwrap();
            assert_eq!(forged.open(&key(), action), None, "{content:?}");
        }
    }

    #[test]
    fn a_key_is_fresh_and_opens_only_what_it_was_made_for() {
        let [first, second] = [(); 2].map(|()| DataKey::of(b"refund 480").unwrap());
        assert_eq!(first.0.len(), 64);
        assert_ne!(first.0[..KEY], second.0[..KEY]);
        assert_eq!(first.0[KEY..], second.0[KEY..]);
        assert!(first.is_for(b"refund 480"));
        assert!(!first.is_for(b"refund 481"));
    }

    #[test]
    fn a_key_without_a_whole_hash_opens_nothing() {
        let id = fixture::id();
        for length in 0..64 {
            let short = DataKey(key().0[..length].to_vec());
            assert_eq!(sealed(&id).open(&short, context(&id, Part::Action)), None, "{length}");
        }
        let long = DataKey([key().0.as_slice(), &[0]].concat());
        assert_eq!(sealed(&id).open(&long, context(&id, Part::Action)), None);
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
