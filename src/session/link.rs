//! Links that replay a run: scenario, seed and commands, compressed into the part of an address after `#`. A
//! built-in scenario travels by its name, any other one as its text.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Override, RUN_LIMIT, RunIsFull, Scenario, ScenarioError, Session, TimedCommand};
use crate::sim::{Content, Time};
use crate::world::{Command, FILE_SIZE_LIMIT_BYTES};

/// A file above this size, in bytes, travels in a link as a stand-in: as many bytes of another content.
pub const STAND_IN_ABOVE_BYTES: u64 = 8 * 1024;
/// The version of the format, in front of each link.
const PREFIX: &str = "r2.";
/// The longest link, in characters.
pub const LINK_LIMIT_CHARACTERS: usize = 1024 * 1024;
/// The most bytes that a link may unpack to.
const UNPACKED_LIMIT_BYTES: usize = 2 * 1024 * 1024;
/// The most commands of a link.
const COMMANDS_LIMIT: usize = 10_000;
/// What is too much, in the words of [`LinkError::Limit`].
const TOO_MANY_CHARACTERS: &str = "too many characters";
const TOO_MANY_COMMANDS: &str = "too many commands";
const TOO_MANY_EVENTS: &str = "too many events";
const TOO_MANY_BYTES: &str = "too many bytes of contents";
const TOO_LONG: &str = "more than an hour of virtual time";
/// What stand-ins are filled with.
const STAND_IN: &[u8] = b"This file was too big for the link. ";

/// Why a link can't be opened.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LinkError {
    /// It doesn't begin as a link does.
    #[error("the link does not begin with {PREFIX}, so it is not a Replicarium link or comes from another version")]
    Format,
    /// A character or the length is wrong.
    #[error("the link is damaged: it has a character that no link has, or its end is missing")]
    Encoding,
    /// The bytes can't be unpacked.
    #[error("the link is damaged: its content can't be unpacked")]
    Packing,
    /// The scenario isn't known.
    #[error("the link names the scenario {0}, which does not exist here")]
    Scenario(String),
    /// The link's own scenario is wrong.
    #[error("the scenario in the link can't be used: {0}")]
    ScenarioText(ScenarioError),
    /// The scenario is not what its text says.
    #[error("the scenario {0} was changed after it was read from its text, but a link carries only the text")]
    ScenarioChanged(String),
    /// A limit is exceeded.
    #[error("the link asks for more than a run may have: {0}")]
    Limit(&'static str),
    /// A command can't be carried out.
    #[error("command {number} in the link can't be carried out: {reason}")]
    Command {
        /// Its number, from 1.
        number: usize,
        /// Why.
        reason: String,
    },
}

/// The scenario of a link.
#[derive(Serialize, Deserialize)]
pub(super) enum PackedScenario {
    /// A built-in one, by its slug.
    BuiltIn(String),
    /// Any other one: the name of its file, its text, and what was set over it.
    Text { file_name: String, source: Arc<str>, overrides: Vec<Override> },
}

#[derive(Serialize, Deserialize)]
struct Packed {
    scenario: PackedScenario,
    seed: u64,
    now: Time,
    commands: Vec<PackedCommand>,
}

/// A command as a link has it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct PackedCommand {
    pub at: Time,
    command: Command,
    /// The size of the content whose stand-in the command carries.
    stand_in_bytes: Option<u64>,
}

impl Session {
    /// The link, without `#`, that brings another browser to this very moment.
    #[must_use]
    pub fn to_link(&self) -> String {
        encode(&self.packed_bytes())
    }

    /// The link as [`Session::to_link`] makes it, if it can be opened again.
    ///
    /// # Errors
    /// If the run is longer or bigger than a link may be, or its scenario is not what its text says.
    pub fn to_checked_link(&self) -> Result<String, LinkError> {
        if PackedScenario::of(&self.scenario).open()? != self.scenario {
            return Err(LinkError::ScenarioChanged(self.scenario.slug.clone()));
        }
        if self.given > COMMANDS_LIMIT {
            return Err(LinkError::Limit(TOO_MANY_COMMANDS));
        }
        if self.now().since(self.start()) > RUN_LIMIT {
            return Err(LinkError::Limit(TOO_LONG));
        }
        let bytes = self.packed_bytes();
        if bytes.len() > UNPACKED_LIMIT_BYTES {
            return Err(LinkError::Limit("more than 2 MiB of files and commands"));
        }
        let link = encode(&bytes);
        if link.len() > LINK_LIMIT_CHARACTERS { Err(LinkError::Limit(TOO_MANY_CHARACTERS)) } else { Ok(link) }
    }

    fn packed_bytes(&self) -> Vec<u8> {
        let before_now = &self.commands[..self.given];
        let packed = Packed {
            scenario: PackedScenario::of(&self.scenario),
            seed: self.seed,
            now: self.now(),
            commands: before_now.iter().map(pack).collect(),
        };
        // Nothing in a session is beyond what postcard can encode.
        let bytes = postcard::to_allocvec(&packed).unwrap_or_default();
        debug_assert!(!bytes.is_empty(), "every session has an encoding");
        bytes
    }

    /// The names of the files for which [`Session::to_link`] has stand-ins.
    #[must_use]
    pub fn stand_ins(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for timed in &self.commands[..self.given] {
            if let Command::Write { file, content, .. } = &timed.command
                && content.size_bytes() > STAND_IN_ABOVE_BYTES
                && !names.contains(file)
            {
                names.push(file.clone());
            }
        }
        names
    }
}

/// A link as it was read, with its run yet to be made.
pub(super) struct UnpackedLink {
    pub scenario: Arc<Scenario>,
    pub seed: u64,
    pub now: Time,
    pub commands: Vec<PackedCommand>,
}

impl UnpackedLink {
    pub fn read(link: &str) -> Result<Self, LinkError> {
        if link.len() > LINK_LIMIT_CHARACTERS {
            return Err(LinkError::Limit(TOO_MANY_CHARACTERS));
        }
        let encoded = link.strip_prefix(PREFIX).ok_or(LinkError::Format)?;
        let checked = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| LinkError::Encoding)?;
        let (checksum, compressed) = checked.split_first_chunk::<4>().ok_or(LinkError::Packing)?;
        let bytes = miniz_oxide::inflate::decompress_to_vec_with_limit(compressed, UNPACKED_LIMIT_BYTES)
            .map_err(|_| LinkError::Packing)?;
        if u32::from_le_bytes(*checksum) != crc32fast::hash(&bytes) {
            return Err(LinkError::Packing);
        }
        let (packed, rest): (Packed, &[u8]) = postcard::take_from_bytes(&bytes).map_err(|_| LinkError::Packing)?;
        if !rest.is_empty() {
            return Err(LinkError::Packing);
        }
        let scenario = packed.scenario.open()?;
        if packed.commands.len() > COMMANDS_LIMIT {
            return Err(LinkError::Limit(TOO_MANY_COMMANDS));
        }
        Ok(Self { scenario, seed: packed.seed, now: packed.now, commands: packed.commands })
    }
}

/// A link's run is longer than one may be.
pub(super) fn too_long() -> LinkError {
    LinkError::Limit(TOO_LONG)
}

pub(super) fn too_much(full: RunIsFull) -> LinkError {
    LinkError::Limit(match full {
        RunIsFull::Events { .. } | RunIsFull::EventsOfOpening => TOO_MANY_EVENTS,
        RunIsFull::Contents { .. } | RunIsFull::ContentsOfOpening => TOO_MANY_BYTES,
    })
}

/// Checked, compressed and in letters that an address may have.
fn encode(bytes: &[u8]) -> String {
    let mut checked = crc32fast::hash(bytes).to_le_bytes().to_vec();
    checked.extend(miniz_oxide::deflate::compress_to_vec(bytes, 9));
    format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(checked))
}

impl PackedScenario {
    pub fn of(scenario: &Scenario) -> Self {
        if scenario.is_built_in() {
            return Self::BuiltIn(scenario.slug.clone());
        }
        Self::Text {
            file_name: scenario.file_name(),
            source: Arc::clone(&scenario.source),
            overrides: scenario.overrides.clone(),
        }
    }

    pub fn open(self) -> Result<Arc<Scenario>, LinkError> {
        match self {
            Self::BuiltIn(slug) => Scenario::by_slug(&slug).map(Arc::clone).ok_or(LinkError::Scenario(slug)),
            Self::Text { file_name, source, overrides } => {
                let parsed = Scenario::parse_with(&file_name, &source, &overrides);
                parsed.map(Arc::new).map_err(LinkError::ScenarioText)
            }
        }
    }
}

fn pack(timed: &TimedCommand) -> PackedCommand {
    let mut command = timed.command.clone();
    let mut stand_in_bytes = None;
    if let Command::Write { content, .. } = &mut command
        && content.size_bytes() > STAND_IN_ABOVE_BYTES
    {
        stand_in_bytes = Some(content.size_bytes());
        *content = Content::new(&[]);
    }
    PackedCommand { at: timed.at, command, stand_in_bytes }
}

impl From<TimedCommand> for PackedCommand {
    /// The command as it is, without a stand-in.
    fn from(TimedCommand { at, command }: TimedCommand) -> Self {
        Self { at, command, stand_in_bytes: None }
    }
}

impl PackedCommand {
    /// The command that it stands for.
    pub fn unpack(self) -> Result<Command, String> {
        let mut command = self.command;
        let Some(size_bytes) = self.stand_in_bytes else { return Ok(command) };
        let Command::Write { content, .. } = &mut command else {
            return Err("only a write can have a stand-in".to_owned());
        };
        if size_bytes > FILE_SIZE_LIMIT_BYTES {
            return Err(format!("its file has {size_bytes} bytes, which is too big"));
        }
        let length = usize::try_from(size_bytes).unwrap_or(0);
        let bytes: Vec<u8> = STAND_IN.iter().copied().cycle().take(length).collect();
        *content = Content::new(&bytes);
        Ok(command)
    }
}
