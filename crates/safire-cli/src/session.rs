//! What one run of the command has in hand.

use std::sync::Arc;

use crate::args::GlobalArgs;
use crate::failure::Failure;
use crate::output::Output;
use crate::plan::Answers;
use crate::plan::CommandStore;
use crate::plan::Connection;
use crate::plan::Phase;

/// What one run of the command has in hand.
#[derive(Debug)]
pub(crate) struct Session {
    /// What every command takes.
    pub(crate) global: GlobalArgs,
    /// How the person wants to be told.
    pub(crate) output: Output,
    /// How far a registration has come.
    pub(crate) phase: Arc<Phase>,
}

impl Session {
    pub(crate) fn new(global: GlobalArgs) -> Self {
        let output = Output::new(&global);
        Self { global, output, phase: Arc::default() }
    }

    pub(crate) fn connection(&self, answers: Answers) -> Result<Connection, Failure> {
        Connection::plan(&self.global, answers)
    }

    pub(crate) fn store(&self) -> Result<CommandStore, Failure> {
        CommandStore::plan(&self.global, self.output, Arc::clone(&self.phase))
    }
}
