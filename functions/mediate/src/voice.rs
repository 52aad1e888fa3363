//! Whose voice an agreement is in. What was asked for is in the asker's ("send me the plan"); in a list that both
//! sides read, the asker needs a name ("send Ana the plan").

/// `what`, with the asker's first person turned into the third.
pub(crate) fn of_the_asker(what: &str, member: &str, team: &str) -> String {
    let words: Vec<String> = what
        .split(' ')
        .map(|word| {
            let bare = word.trim_end_matches(|c: char| c.is_ascii_punctuation());
            // Small letters only: "US" is a country.
            let named = match bare {
                "me" | "I" => member.to_owned(),
                "my" | "mine" => format!("{member}'s"),
                "us" | "we" => team.to_owned(),
                "our" | "ours" => format!("{team}'s"),
                _ => return word.to_owned(),
            };
            format!("{named}{}", &word[bare.len()..])
        })
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::of_the_asker;

    #[test]
    fn the_asker_gets_a_name() {
        for (what, expected) in [
            ("send me the test plan", "send Ana the test plan"),
            ("tell us before our release, please", "tell backend before backend's release, please"),
            ("agree on a date", "agree on a date"),
            ("fix the US build", "fix the US build"),
        ] {
            assert_eq!(of_the_asker(what, "Ana", "backend"), expected);
        }
    }
}
