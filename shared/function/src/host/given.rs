//! What a process is told: by its environment, or by files, which whoever may look at a container cannot read with it.

use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// Names a folder: a setting that is not in the environment is in the file of its name there.
const FOLDER: &str = "TRUCE_SECRETS";

/// The setting `name`, by `environment` or by a file.
pub(super) fn setting(name: &str, environment: impl Fn(&str) -> Option<OsString>) -> Option<String> {
    // An empty setting is one that is not set.
    if let Some(value) = environment(name).filter(|value| !value.is_empty()) {
        return value.into_string().ok();
    }
    let path = Path::new(&environment(FOLDER).filter(|folder| !folder.is_empty())?).join(name);
    match fs::read_to_string(&path) {
        Ok(text) => Some(text.trim_end_matches(['\r', '\n']).to_owned()),
        Err(error) => {
            if error.kind() != ErrorKind::NotFound {
                tracing::warn!(path = %path.display(), %error, "a setting cannot be read");
            }
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_goes_before_a_file_and_a_file_ends_before_its_last_line_break() {
        let folder = std::env::temp_dir().join(format!("truce-given-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("TRUCE_KEYS"), "from a file\n").expect("a file");
        fs::write(folder.join("TRUCE_STORE"), "from a file\n").expect("a file");
        let given = |name: &str| {
            setting(name, |asked| match asked {
                FOLDER => Some(folder.clone().into_os_string()),
                "TRUCE_STORE" => Some("from the environment".into()),
                "TRUCE_KEYS" => Some(OsString::new()),
                _ => None,
            })
        };
        assert_eq!(given("TRUCE_KEYS").as_deref(), Some("from a file"));
        assert_eq!(given("TRUCE_STORE").as_deref(), Some("from the environment"));
        assert_eq!(given("TRUCE_HUMAN"), None);
        fs::remove_dir_all(&folder).expect("removed");
    }

    #[test]
    fn without_a_folder_nothing_is_read_from_files() {
        assert_eq!(setting("Cargo.toml", |_| None), None);
        assert_eq!(setting("Cargo.toml", |name| (name == FOLDER).then(OsString::new)), None);
    }
}
