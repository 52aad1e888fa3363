//! Folders that somebody watches: each file in them changes at once, and only when it is another.

use std::fs;
use std::io;
use std::path::Path;

/// Makes `to` what `from` is. Whether it was not.
pub(super) fn mirror(from: &Path, to: &Path) -> io::Result<bool> {
    let mut changed = false;
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(to)? {
        let name = entry?.file_name();
        if !from.join(&name).exists() {
            remove(&to.join(name))?;
            changed = true;
        }
    }
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            changed |= mirror(&source, &target)?;
        } else if fs::read(&target).ok() != Some(fs::read(&source)?) {
            // Who reads it meanwhile reads the old one: half of a file would be half a configuration.
            let beside = target.with_extension("new");
            fs::copy(&source, &beside)?;
            fs::rename(&beside, &target)?;
            changed = true;
        }
    }
    Ok(changed)
}

/// Removes `path`, whatever it is.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirror_has_what_its_original_has_and_no_more() {
        let folder = std::env::temp_dir().join(format!("xtask-mirror-{}", std::process::id()));
        let (from, to) = (folder.join("from"), folder.join("to"));
        fs::create_dir_all(from.join("dynamic")).expect("a folder");
        fs::create_dir_all(to.join("dynamic/old")).expect("a folder");
        fs::write(from.join("dynamic/a.yaml"), "new").expect("a file");
        fs::write(to.join("dynamic/b.yaml"), "old").expect("a file");
        assert!(mirror(&from, &to).expect("mirrored"));
        assert!(!mirror(&from, &to).expect("mirrored"));
        assert_eq!(fs::read_to_string(to.join("dynamic/a.yaml")).expect("there"), "new");
        assert_eq!(fs::read_dir(to.join("dynamic")).expect("there").count(), 1);
        fs::remove_dir_all(&folder).expect("removed");
    }
}
