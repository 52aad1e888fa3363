//! The functions, and which paths are whose.

/// Declares [`Function`]: each variant with the name of its folder and the first parts of the paths it answers.
macro_rules! functions {
    ($($variant:ident $name:literal: [$($first:literal),+],)+) => {
        /// One of the functions: on some hosts each has an address of its own.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Function {
            $(
                #[doc = concat!("`/", concat!($($first, "`, `/"),+), "…`: `functions/", $name, "`")]
                $variant,
            )+
        }

        impl Function {
            /// All of them, in the order in which addresses are given.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// What it is called: its folder, and its crate after `truce-`.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// The function that owns a path; the first for a path that none owns.
            pub fn of(path: &str) -> Self {
                match path.trim_start_matches('/').split(['/', '?']).next() {
                    $(Some($($first)|+) => Self::$variant,)+
                    _ => Self::ALL[0],
                }
            }
        }
    };
}

functions! {
    IssueQr "issue-qr": ["qr"],
    RedeemToken "redeem-token": ["redeem", "j", "install"],
    Mediate "mediate": ["mediate", "talk"],
    Health "health": ["health"],
}

impl Function {
    /// Its place in [`Function::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }

    /// The names of all, for messages.
    pub fn names() -> String {
        Self::ALL.iter().map(|function| function.name()).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_path_belongs_to_its_function() {
        for (path, function) in [
            ("/qr", Function::IssueQr),
            ("/qr/abc", Function::IssueQr),
            ("/redeem", Function::RedeemToken),
            ("/j", Function::RedeemToken),
            ("/install", Function::RedeemToken),
            ("/mediate?wait=3", Function::Mediate),
            ("/talk", Function::Mediate),
            ("/health?probe=ready", Function::Health),
            ("/nowhere", Function::IssueQr),
        ] {
            assert_eq!(Function::of(path), function, "{path}");
        }
    }

    #[test]
    fn every_function_has_a_folder_and_every_folder_a_function() {
        let entries = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../functions")).expect("functions/");
        let folders = entries.flatten().filter(|entry| entry.path().join("Cargo.toml").is_file());
        let mut folders: Vec<String> = folders.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        let mut names: Vec<&str> = Function::ALL.iter().map(|function| function.name()).collect();
        folders.sort();
        names.sort_unstable();
        assert_eq!(names, folders);
        assert!(Function::ALL.iter().enumerate().all(|(at, function)| function.index() == at));
    }
}
