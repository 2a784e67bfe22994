//! What a protocol promises under its policy, so that nothing is blamed for what it never promised.

/// What an acknowledged write survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeps {
    /// Nothing is promised: a failover or a crash may lose it.
    Nothing,
    /// Crashes of its server, but not the loss of that disk, nor damage to the copy.
    Crashes,
    /// Crashes, and the loss of up to so many disks (or copies, by rot) since it was logged.
    LostDisks(usize),
    /// Crashes, and the loss of disks (or copies, by rot), as long as one in-sync server keeps its own.
    WhileOneInSync,
}

/// When a read that begins after another has ended shows the same version or a later one, if both ask the primary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadsForward {
    /// Never: there is nothing to read.
    Never,
    /// As long as no search for another primary has begun; the loss of a disk in between is excepted.
    WhileOnePrimary,
    /// Over failovers too, as long as no clock is set off, since the primary holds a read lease; the loss of a
    /// disk in between is excepted, and ends the promise where a fixed number of replicas acknowledges.
    UnderLease,
}

/// What a protocol promises under its policy. A promotion by hand voids it for all that was written before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promises {
    /// What an acknowledged write survives.
    pub keeps: Keeps,
    /// When reads from the primary never go back.
    pub reads: ReadsForward,
    /// Whether a copy whose checksum is wrong is never served.
    pub damage_unserved: bool,
}

impl Promises {
    /// The promises as sentences for people.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        let keeps = match self.keeps {
            Keeps::Nothing => "A failover or a crash may lose an acknowledged write.".to_owned(),
            Keeps::Crashes => {
                "An acknowledged write survives a crash of its server, but not the loss of its disk.".to_owned()
            }
            Keeps::LostDisks(1) => "An acknowledged write survives crashes and the loss of any 1 disk.".to_owned(),
            Keeps::LostDisks(count) => {
                format!("An acknowledged write survives crashes and the loss of any {count} disks.")
            }
            Keeps::WhileOneInSync => {
                "An acknowledged write survives as long as one in-sync server keeps its disk.".to_owned()
            }
        };
        let reads = match self.reads {
            ReadsForward::Never => None,
            ReadsForward::WhileOnePrimary => {
                Some("Reads from the primary never go back as long as no failover begins.")
            }
            ReadsForward::UnderLease => Some("Reads from the primary never go back, not even across a failover."),
        };
        let damage =
            if self.damage_unserved { "A corrupt copy is never served." } else { "A corrupt copy may be served." };
        let mut sentences = vec![keeps];
        sentences.extend(reads.map(str::to_owned));
        sentences.push(damage.to_owned());
        sentences
    }
}
