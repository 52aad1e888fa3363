//! Which actions belong together: conditions, loops and menus. All are paired before anything runs.

use super::file::Action;
use super::stopped::{Broken, Fault};
use std::collections::HashSet;

/// The parts of a condition, a loop or a menu, by their places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) begin: usize,
    pub(super) middles: Vec<usize>,
    pub(super) end: usize,
}

#[derive(Clone)]
pub(crate) struct Blocks {
    blocks: Vec<Block>,
    /// The block that an action is a part of.
    of: Vec<Option<usize>>,
}

impl Blocks {
    /// The block whose beginning, middle or end the action at `at` is.
    pub(super) fn of(&self, at: usize) -> Option<&Block> {
        self.blocks.get((*self.of.get(at)?)?)
    }

    pub(super) fn pair(actions: &[Action]) -> Result<Self, Broken> {
        let mut pairing = Pairing::default();
        let broken = |at: usize, fault| {
            let identifier = actions.get(at).map(|action| action.identifier.clone()).unwrap_or_default();
            Broken::Block { number: at + 1, identifier, fault }
        };
        for (at, action) in actions.iter().enumerate() {
            pairing.add(at, action).map_err(|fault| broken(at, fault))?;
        }
        match pairing.open.last() {
            Some(open) => Err(broken(pairing.blocks[open.block].begin, Fault::Open)),
            None => Ok(Self { blocks: pairing.blocks, of: pairing.of }),
        }
    }
}

#[derive(Default)]
struct Pairing<'a> {
    blocks: Vec<Block>,
    of: Vec<Option<usize>>,
    /// The innermost is the last.
    open: Vec<Open<'a>>,
    groups: HashSet<&'a str>,
}

struct Open<'a> {
    block: usize,
    name: &'a str,
    group: &'a str,
}

impl<'a> Pairing<'a> {
    fn add(&mut self, at: usize, action: &'a Action) -> Result<(), Fault> {
        let name = action.name().filter(|name| matches!(*name, "conditional" | "repeat.count" | "choosefrommenu"));
        let block = match (name, action.mode(), action.group()) {
            (None, ..) => return self.stands_between(),
            (Some(name), Some(0), Some(group)) => self.begin(at, name, group)?,
            (Some(name), Some(1), Some(group)) => self.middle(at, name, group)?,
            (Some(name), Some(2), Some(group)) => self.end(at, name, group)?,
            _ => return Err(Fault::NoMode),
        };
        self.of.push(Some(block));
        Ok(())
    }

    fn stands_between(&mut self) -> Result<(), Fault> {
        self.in_a_case()?;
        self.of.push(None);
        Ok(())
    }

    /// What is in a menu is in one of its cases.
    fn in_a_case(&self) -> Result<(), Fault> {
        match self.open.last() {
            Some(open) if open.name == "choosefrommenu" && self.blocks[open.block].middles.is_empty() => {
                Err(Fault::BeforeCase)
            }
            _ => Ok(()),
        }
    }

    fn begin(&mut self, at: usize, name: &'a str, group: &'a str) -> Result<usize, Fault> {
        self.in_a_case()?;
        if !self.groups.insert(group) {
            return Err(Fault::Twice);
        }
        let block = self.blocks.len();
        self.blocks.push(Block { begin: at, middles: Vec::new(), end: at });
        self.open.push(Open { block, name, group });
        Ok(block)
    }

    fn middle(&mut self, at: usize, name: &str, group: &str) -> Result<usize, Fault> {
        let block = self.innermost(name, group)?;
        let middles = &mut self.blocks[block].middles;
        if name == "repeat.count" || name == "conditional" && !middles.is_empty() {
            return Err(Fault::Middle);
        }
        middles.push(at);
        Ok(block)
    }

    fn end(&mut self, at: usize, name: &str, group: &str) -> Result<usize, Fault> {
        let block = self.innermost(name, group)?;
        self.blocks[block].end = at;
        self.open.pop();
        Ok(block)
    }

    fn innermost(&self, name: &str, group: &str) -> Result<usize, Fault> {
        let is_it = |open: &&Open<'_>| open.name == name && open.group == group;
        match self.open.last().filter(is_it) {
            Some(open) => Ok(open.block),
            None if self.open.iter().any(|open| is_it(&open)) => Err(Fault::Crossed),
            None => Err(Fault::Orphan),
        }
    }
}
