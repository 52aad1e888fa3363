//! What a Watch makes of an action. That it is known, and what it may be told, the [`machine`](crate::machine) says, which has to run it.

/// What a Watch cannot do, of what is known here: it shows no shortcut with one of these.
pub(super) const NOT_ON_A_WATCH: [&str; 1] = ["scanbarcode"];

/// What of an action's parameters is shown or said.
pub(super) fn shown(name: &str) -> &'static [&'static str] {
    match name {
        "alert" => &["WFAlertActionTitle", "WFAlertActionMessage"],
        "ask" => &["WFAskActionPrompt"],
        "choosefromlist" => &["WFChooseFromListActionPrompt"],
        "choosefrommenu" => &["WFMenuPrompt"],
        "notification" => &["WFNotificationActionBody", "WFNotificationActionTitle"],
        "showresult" => &["Text"],
        "speaktext" => &["WFText"],
        _ => &[],
    }
}
