//! The bytes of a file, shared rather than copied.

use core::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The bytes of one version of a file. Cloning shares them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<u8>", into = "Vec<u8>")]
pub struct Content {
    bytes: Arc<[u8]>,
    checksum: u32,
    /// Whether the bytes have another checksum. Only the simulation knows it; a server has to check.
    damaged: bool,
}

impl Content {
    /// Takes the bytes and computes their CRC-32 checksum once.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        Self { bytes: Arc::from(bytes), checksum: crc32fast::hash(bytes), damaged: false }
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The size in bytes.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// Whether the bytes are damaged, as the simulation knows without looking at them.
    #[must_use]
    pub fn is_damaged(&self) -> bool {
        self.damaged
    }

    /// Whether the bytes still have the checksum that was taken when the content was made.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        crc32fast::hash(&self.bytes) == self.checksum
    }

    /// The content as a disk gives it back after one bit has flipped: other bytes under the same checksum.
    /// An empty content has no bit to flip and stays as it is.
    #[must_use]
    pub fn with_flipped_bit(&self, bit: u64) -> Self {
        let mut bytes = self.bytes.to_vec();
        let bit_count = self.size_bytes().saturating_mul(8);
        if bit_count > 0 {
            let bit = bit % bit_count;
            let index = usize::try_from(bit / 8).unwrap_or(0);
            bytes[index] ^= 1 << (bit % 8);
        }
        let damaged = crc32fast::hash(&bytes) != self.checksum;
        Self { bytes: Arc::from(bytes), checksum: self.checksum, damaged }
    }

    /// The CRC-32 checksum taken when the content was made.
    #[must_use]
    pub fn checksum(&self) -> u32 {
        self.checksum
    }
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Self::new(&bytes)
    }
}

impl From<Content> for Vec<u8> {
    fn from(content: Content) -> Self {
        content.bytes.to_vec()
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Content({} bytes, {:08x})", self.bytes.len(), self.checksum)
    }
}
