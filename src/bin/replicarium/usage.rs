//! What is told about the use of the program: help, its version, and what is wrong with the arguments.

use std::env;

use anyhow::{Context as _, Result};
use clap::Parser as _;
use replicarium::text::{shortened, visible};

use crate::output::{Target, unless_reader_has_left};
use crate::{CommandLine, REFUSED};

/// Tells what the reader of the arguments has to say, and the exit code that belongs to it.
pub fn tell(answer: &clap::Error) -> Result<u8> {
    if answer.use_stderr() {
        // With the standard error closed there is nobody left to tell.
        let _ = with_visible_arguments().as_ref().unwrap_or(answer).print();
        return Ok(REFUSED);
    }
    Target::Output.check()?;
    unless_reader_has_left(answer.print()).context("the help can't be written")?;
    Ok(0)
}

/// What is wrong with the arguments once they are such as can be shown: what is wrong is told with them as they were
/// given. None if there is nothing wrong with them then.
fn with_visible_arguments() -> Option<clap::Error> {
    let mut given = env::args_os().map(|argument| argument.to_string_lossy().into_owned());
    let program = given.next().map(|name| visible(&name).into_owned());
    let arguments = program.into_iter().chain(given.map(|argument| shortened(&argument).into_owned()));
    CommandLine::try_parse_from(arguments).err().filter(clap::Error::use_stderr)
}
