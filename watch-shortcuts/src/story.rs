//! A shortcut as it is told: an action a line, variables by name, blocks as blocks.

use crate::action::{Action, GetText, Parameters};
use crate::text::{dictionary, output};
use plist::{Dictionary, Value};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// Where a shortcut runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where {
    /// On a Watch, which shows it: and on whatever the Watch belongs to.
    Watch,
    /// On an iPhone alone: it does what a Watch cannot, and may be started with a text.
    Phone,
}

/// What the app shows beside the name: a white drawing on a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Icon {
    /// Which of Apple's drawings, by its number.
    pub glyph: i64,
    /// Red, green, blue and opacity, a byte each: one of the app's own fifteen.
    pub colour: u32,
}

/// One that is told.
#[derive(Debug, Clone)]
pub struct Shortcut {
    /// As the app shows it.
    pub name: &'static str,
    /// What it is for, in a sentence.
    pub about: &'static str,
    /// What it looks like.
    pub icon: Icon,
    /// Where it runs.
    pub place: Where,
    pub(crate) actions: Vec<Value>,
}

/// What is told so far.
#[derive(Debug)]
pub struct Story {
    of: &'static str,
    actions: Vec<Value>,
    counted: BTreeMap<String, usize>,
}

/// What an action has brought.
#[derive(Debug)]
pub struct Output<'a> {
    story: &'a mut Story,
    id: String,
}

impl Shortcut {
    /// Tells it.
    pub(crate) fn told(
        name: &'static str,
        about: &'static str,
        icon: Icon,
        place: Where,
        tell: impl FnOnce(&mut Story),
    ) -> Self {
        let mut story = Story { of: name, actions: Vec::new(), counted: BTreeMap::new() };
        tell(&mut story);
        Self { name, about, icon, place, actions: story.actions }
    }
}

impl Story {
    /// What happens next.
    #[allow(clippy::needless_pass_by_value)] // it reads better without a & in front of every action
    pub fn does<A: Action>(&mut self, action: A) -> Output<'_> {
        let id = self.id(A::NAME);
        self.push(A::NAME, &id, action.parameters());
        Output { story: self, id }
    }

    /// Only if `text` is `is`.
    pub fn when(&mut self, text: &str, is: &str, then: impl FnOnce(&mut Self)) {
        self.either(text, is, then, |_| {});
    }

    /// Only if there is nothing in a variable. What an If makes of an empty text nobody says; with something around it there is no question.
    pub fn without(&mut self, variable: &str, then: impl FnOnce(&mut Self)) {
        self.either(&format!("<{{{variable}}}>"), "<>", then, |_| {});
    }

    /// Only if there is something in a variable.
    pub fn with(&mut self, variable: &str, then: impl FnOnce(&mut Self)) {
        self.either(&format!("<{{{variable}}}>"), "<>", |_| {}, then);
    }

    /// One if `text` is `is`, and the other otherwise. It is always a text that is looked at: what comes straight from a dictionary reads as blank.
    pub fn either(&mut self, text: &str, is: &str, then: impl FnOnce(&mut Self), otherwise: impl FnOnce(&mut Self)) {
        const NAME: &str = "conditional";
        const IS: i64 = 4;
        let looked_at = self.does(GetText(text.into())).id;
        let input = dictionary([("Type", "Variable".into()), ("Variable", output(&looked_at))]);
        let asked = [("WFInput", input.into()), ("WFCondition", IS.into()), ("WFConditionalActionString", is.into())];
        let group = self.begins(NAME, dictionary(asked));
        then(self);
        self.goes_on(NAME, &group, 1);
        otherwise(self);
        self.goes_on(NAME, &group, 2);
    }

    /// Again and again, `times` times.
    pub fn repeat(&mut self, times: u32, each: impl FnOnce(&mut Self)) {
        const NAME: &str = "repeat.count";
        let group = self.begins(NAME, dictionary([("WFRepeatCount", i64::from(times).into())]));
        each(self);
        self.goes_on(NAME, &group, 2);
    }

    fn begins(&mut self, name: &str, mut parameters: Parameters) -> String {
        let group = self.id("group");
        let id = self.id(name);
        parameters.insert("GroupingIdentifier".to_owned(), group.clone().into());
        parameters.insert("WFControlFlowMode".to_owned(), 0.into());
        self.push(name, &id, parameters);
        group
    }

    fn goes_on(&mut self, name: &str, group: &str, mode: i64) {
        let id = self.id(name);
        let parameters = dictionary([("GroupingIdentifier", group.into()), ("WFControlFlowMode", mode.into())]);
        self.push(name, &id, parameters);
    }

    fn push(&mut self, name: &str, id: &str, mut parameters: Parameters) {
        parameters.insert("UUID".to_owned(), id.into());
        parameters.sort_keys();
        let action: Dictionary = dictionary([
            ("WFWorkflowActionIdentifier", format!("{}{name}", crate::action::PREFIX).into()),
            ("WFWorkflowActionParameters", parameters.into()),
        ]);
        self.actions.push(action.into());
    }

    /// The same every time: of the shortcut, of what it is, and of how many of those there were before.
    fn id(&mut self, what: &str) -> String {
        let count = self.counted.entry(what.to_owned()).or_default();
        *count += 1;
        let hash = Sha256::digest(format!("truce\n{}\n{what}\n{count}", self.of));
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash[..16]);
        // Version 8, which is anybody's own: RFC 9562.
        bytes[6] = bytes[6] & 0x0F | 0x80;
        bytes[8] = bytes[8] & 0x3F | 0x80;
        let digits = format!("{:032X}", u128::from_be_bytes(bytes));
        [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| digits[part].to_owned()).join("-")
    }
}

impl Output<'_> {
    /// It is a variable from now on.
    pub fn called(self, name: &'static str) {
        let Self { story, id } = self;
        story.does(crate::action::SetVariable { name, to: output(&id) });
    }
}
