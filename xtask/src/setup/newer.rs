//! A package of a newer Debian than this one, unpacked into a folder of ours: nothing on the machine changes. Debian signs what it has,
//! and `apt-get` looks.

use super::{LIMIT, done};
use crate::run::Runner;
use crate::tools;
use std::fs;
use std::io;
use std::path::Path;

/// Whose signature it has to have.
const KEYS: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// Unpacks `package` of the Debian called `suite` into `home`; `otherwise` is what to do where that cannot be.
pub(super) fn unpack(
    runner: &Runner<'_>,
    suite: &str,
    package: &str,
    home: &Path,
    otherwise: &str,
) -> Result<(), String> {
    let can = ["apt-get", "dpkg-deb"].iter().all(|program| tools::on_path(program).is_some());
    let Some(mirror) = mirror(runner).filter(|_| can && Path::new(KEYS).is_file()) else {
        return Err(otherwise.to_owned());
    };
    runner.console.say(&format!("Unpacking Debian {suite}'s {package} into {}", home.display()));
    let unpacked = fetch(runner, suite, package, &mirror, home);
    let _ = fs::remove_dir_all(home.join("apt"));
    unpacked.map_err(|why| {
        let _ = fs::remove_dir_all(home);
        format!("{why}; or {otherwise}")
    })
}

fn fetch(runner: &Runner<'_>, suite: &str, package: &str, mirror: &str, home: &Path) -> Result<(), String> {
    let apt = home.join("apt");
    let problem = |error: io::Error| format!("{} cannot be written: {error}", home.display());
    for folder in ["lists/partial", "cache/archives/partial", "here"] {
        fs::create_dir_all(apt.join(folder)).map_err(problem)?;
    }
    fs::write(apt.join("sources.list"), format!("deb [signed-by={KEYS}] {mirror} {suite} main\n")).map_err(problem)?;
    fs::write(apt.join("status"), "").map_err(problem)?;
    let option = |key: &str, path: &str| format!("{key}={}", apt.join(path).display());
    let options = [
        option("Dir::Etc::sourcelist", "sources.list"),
        "Dir::Etc::sourceparts=/dev/null".to_owned(),
        option("Dir::State::Lists", "lists"),
        option("Dir::State::status", "status"),
        option("Dir::Cache", "cache"),
        // Who unpacks it owns the folder.
        "APT::Sandbox::User=root".to_owned(),
        "Acquire::Languages=none".to_owned(),
        "Acquire::Retries=2".to_owned(),
    ];
    for arguments in [["update"].as_slice(), &["download", package]] {
        let mut command = runner.workspace.command("apt-get");
        command.arg("-q").args(options.iter().flat_map(|option| ["-o", option])).args(arguments);
        let name = format!("setup-{package}-{}", arguments[0]);
        command.current_dir(apt.join("here"));
        done(&runner.run(&name, command, LIMIT), &format!("apt-get {}", arguments[0]))?;
    }
    let packages = fs::read_dir(apt.join("here")).map_err(problem)?.flatten().map(|entry| entry.path());
    for package in packages.filter(|path| path.extension().is_some_and(|kind| kind == "deb")) {
        let mut command = runner.workspace.command("dpkg-deb");
        command.arg("--extract").arg(package).arg(home);
        done(&runner.run("setup-unpack", command, LIMIT), "dpkg-deb")?;
    }
    Ok(())
}

/// Where this machine has its own packages from, if it is a Debian.
fn mirror(runner: &Runner<'_>) -> Option<String> {
    let mut asked = runner.workspace.command("apt-get");
    let output = asked.args(["indextargets", "--format", "$(ORIGIN) $(LABEL) $(REPO_URI)"]).output().ok()?;
    debian(&String::from_utf8_lossy(&output.stdout)).map(str::to_owned)
}

/// The address in the first line of Debian's own.
fn debian(text: &str) -> Option<&str> {
    text.lines().find_map(|line| line.strip_prefix("Debian Debian ")).map(|uri| uri.trim().trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_debians_own_packages_are_debians() {
        let text = "Other Thing http://a.example/\nDebian Debian-Security http://s.example/\nDebian Debian http://d.example/debian/\n";
        assert_eq!(debian(text), Some("http://d.example/debian"));
        assert_eq!(debian("Ubuntu Ubuntu http://u.example/ubuntu/\n"), None);
    }
}
