//! What each action does.

use super::blocks::{Block, Blocks};
use super::dictionaries;
use super::file::Action;
use super::flow::{self, Flow};
use super::known;
use super::memory::Memory;
use super::parameters::{self, Parameters, shape};
use super::reply::Expected;
use super::step::{Outcome, Step};
use super::stopped::Why;
use super::tokens::Template;
use super::value::Value;
use super::web;
use plist::Value as Plist;

/// Runs the action at `at`.
pub(super) fn act(actions: &[Action], at: usize, blocks: &Blocks, memory: &mut Memory) -> Result<Flow, Why> {
    let action = &actions[at];
    let name = action.name().ok_or(Why::UnknownAction)?;
    known::check(name, &action.parameters)?;
    if let Some(block) = blocks.of(at) {
        return part(name, actions, action, block, memory);
    }
    let parameters = Parameters { of: &action.parameters, memory };
    if name == "setvariable" {
        let (name, value) = (parameters.text("WFVariableName")?, parameters.input("WFInput")?);
        memory.set(name, value.clone())?;
        return Ok(Flow::Gives(value));
    }
    if name == "appendvariable" {
        let (name, value) = (parameters.text("WFVariableName")?, parameters.input("WFInput")?);
        return memory.append(name, &value).map(Flow::Gives);
    }
    computes(name, parameters)
}

/// A part of a block.
fn part(name: &str, actions: &[Action], action: &Action, block: &Block, memory: &mut Memory) -> Result<Flow, Why> {
    let parameters = Parameters { of: &action.parameters, memory };
    match (name, action.mode()) {
        ("conditional", mode) => flow::conditional(mode, block, parameters),
        ("choosefrommenu", Some(0)) => flow::menu(block, &titles(actions, block)?, parameters),
        // The case before has come to its end.
        ("choosefrommenu", Some(1)) => Ok(Flow::To(block.end)),
        ("choosefrommenu", _) => Ok(Flow::Silent),
        ("repeat.count", Some(0)) => {
            let (flow, begun) = flow::repeat_begins(block, parameters)?;
            memory.loops.extend(begun);
            Ok(flow)
        }
        ("repeat.count", _) => Ok(flow::repeat_ends(block, memory)),
        _ => Err(Why::UnknownAction),
    }
}

fn titles(actions: &[Action], block: &Block) -> Result<Vec<Template>, Why> {
    const KEY: &str = "WFMenuItemTitle";
    let title = |middle: &usize| {
        let title = actions[*middle].parameters.get(KEY).ok_or_else(|| Why::Missing(KEY.to_owned()))?;
        parameters::template(KEY, title)
    };
    block.middles.iter().map(title).collect()
}

/// What needs nobody.
fn computes(name: &str, parameters: Parameters<'_>) -> Result<Flow, Why> {
    Ok(match name {
        "comment" => {
            const KEY: &str = "WFCommentActionText";
            parameters.get(KEY).map(|text| parameters::template(KEY, text)).transpose()?;
            Flow::Keeps
        }
        "nothing" => Flow::Gives(Value::Nothing),
        "exit" => Flow::End(Outcome::Exited),
        "output" => Flow::End(Outcome::Gave(parameters.text("WFOutput")?)),
        "gettext" => Flow::Gives(Value::Text(parameters.text("WFTextActionText")?)),
        "getvariable" => {
            let variable = parameters.required("WFVariable")?;
            if variable.as_dictionary().is_none() {
                return Err(shape("WFVariable", "a variable"));
            }
            Flow::Gives(parameters.input("WFVariable")?)
        }
        "getitemfromlist" => Flow::Gives(dictionaries::item_of(parameters)?),
        "getvalueforkey" => Flow::Gives(dictionaries::look_up(parameters)?),
        "detect.dictionary" => Flow::Gives(dictionaries::detect(parameters.input("WFInput")?)?),
        "dictionary" => {
            let items = dictionaries::items(parameters.memory, "WFItems", parameters.required("WFItems")?)?;
            Flow::Gives(Value::Dictionary(items.into_iter().collect()))
        }
        _ => asks(name, parameters)?,
    })
}

/// What a person answers.
fn asks(name: &str, parameters: Parameters<'_>) -> Result<Flow, Why> {
    let (step, expected) = match name {
        "dictatetext" => {
            parameters.word("WFDictateTextStopListening")?;
            parameters.word("WFSpeechLanguage")?;
            (Step::Dictate, Expected::Said)
        }
        "ask" => {
            if let Some(other) = parameters.word("WFInputType")?.filter(|kind| *kind != "Text") {
                return Err(Why::Unsupported { key: "WFInputType".to_owned(), value: other.to_owned() });
            }
            parameters.flag("WFAllowsMultilineText", true)?;
            (Step::Ask { prompt: parameters.text_or_empty("WFAskActionPrompt")? }, Expected::Said)
        }
        "choosefromlist" => {
            let options = parameters.input("WFInput")?.options()?;
            if options.is_empty() {
                return Err(Why::NothingToChoose);
            }
            let prompt = parameters.text_or_empty("WFChooseFromListActionPrompt")?;
            (Step::Choose { prompt, options: options.clone() }, Expected::Choice(options))
        }
        "scanbarcode" => (scan(parameters)?, Expected::Said),
        "alert" => {
            let cancel = parameters.flag("WFAlertActionCancelButtonShown", true)?;
            let title = parameters.text_or_empty("WFAlertActionTitle")?;
            let message = parameters.text_or_empty("WFAlertActionMessage")?;
            let expected = if cancel { Expected::DoneOrCancelled } else { Expected::Done };
            (Step::Alert { title, message, cancel }, expected)
        }
        _ => return tells(name, parameters),
    };
    Ok(Flow::Wait(step, expected))
}

/// Which app brings it is for the app to know.
fn scan(parameters: Parameters<'_>) -> Result<Step, Why> {
    const KEY: &str = "AppIntentDescriptor";
    parameters.flag("WFScanCodeActionMode", false)?;
    if parameters.get(KEY).is_some_and(|told| told.as_dictionary().is_none()) {
        return Err(shape(KEY, "a dictionary"));
    }
    Ok(Step::Scan)
}

/// What a person only takes in.
fn tells(name: &str, parameters: Parameters<'_>) -> Result<Flow, Why> {
    let step = match name {
        "showresult" => Step::Show { text: parameters.text("Text")? },
        "notification" => {
            parameters.flag("WFNotificationActionSound", true)?;
            let title = parameters.text_or_empty("WFNotificationActionTitle")?;
            Step::Notify { title, body: parameters.text_or_empty("WFNotificationActionBody")? }
        }
        "speaktext" => {
            parameters.flag("WFSpeakTextWait", true)?;
            Step::Speak { text: parameters.text("WFText")? }
        }
        "vibrate" => {
            const KEY: &str = "WFVibrateHapticType";
            let kind = parameters.word(KEY)?.ok_or_else(|| Why::Missing(KEY.to_owned()))?;
            Step::Vibrate { kind: kind.to_owned() }
        }
        "delay" => {
            const KEY: &str = "WFDelayTime";
            let seconds = parameters.number(KEY)?.as_f64().filter(|seconds| *seconds >= 0.0);
            Step::Wait { seconds: seconds.ok_or_else(|| shape(KEY, "a number that is not below zero"))? }
        }
        _ => return reaches_out(name, parameters),
    };
    Ok(Flow::Wait(step, Expected::Done))
}

/// What is neither here nor a person's.
fn reaches_out(name: &str, parameters: Parameters<'_>) -> Result<Flow, Why> {
    let (step, expected) = match name {
        "downloadurl" => return web::call(parameters),
        "openurl" => (Step::Open { url: parameters.input("WFInput")?.text()? }, Expected::Done),
        "setclipboard" => {
            let only_here = parameters.flag("WFLocalOnly", false)?;
            (Step::Copy { text: parameters.input("WFInput")?.text()?, only_here }, Expected::Done)
        }
        "runworkflow" => (run(parameters)?, Expected::Output),
        "getstoredcontent" => {
            let (key, global) = stored(parameters)?;
            (Step::Get { key, global }, Expected::Stored)
        }
        "setstoredcontent" => {
            let (key, global) = stored(parameters)?;
            (Step::Set { key, value: parameters.input("WFInput")?.text()?, global }, Expected::Done)
        }
        "deletestoredcontent" => {
            let (key, global) = stored(parameters)?;
            (Step::Delete { key, global }, Expected::Done)
        }
        _ => return Err(Why::UnknownAction),
    };
    Ok(Flow::Wait(step, expected))
}

fn stored(parameters: Parameters<'_>) -> Result<(String, bool), Why> {
    Ok((parameters.text("WFStoredContentKey")?, parameters.flag("WFStoredContentGlobalValue", false)?))
}

/// The app finds the other Shortcut by its identifier; the name is what can be known without the app.
fn run(parameters: Parameters<'_>) -> Result<Step, Why> {
    const KEY: &str = "WFWorkflow";
    let wanted = || shape(KEY, "a Shortcut with its name");
    let shortcut = parameters.required(KEY)?.as_dictionary().ok_or_else(wanted)?;
    super::tokens::only(KEY, shortcut, &["isSelf", "workflowIdentifier", "workflowName"])?;
    let shortcut = shortcut.get("workflowName").and_then(Plist::as_string).ok_or_else(wanted)?.to_owned();
    let input = match parameters.input("WFInput")? {
        Value::Nothing => None,
        value => Some(value.text()?),
    };
    Ok(Step::Run { shortcut, input })
}
