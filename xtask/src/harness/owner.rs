//! Whose containers they are: an ordinary user's. Whoever is one owns them; where root asks, as on a CI machine, a user made for it
//! does, so that rootless means rootless everywhere.

use super::mirror::remove;
use crate::tools;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, io};

/// The user that root makes.
const NAME: &str = "truce-harness";
/// As many ids as a user namespace of the usual size has.
const IDS: u64 = 65536;
/// Where subordinate ids begin on a machine that has none yet.
const FIRST: u64 = 100_000;
const TUN: &str = "/dev/net/tun";

/// An ordinary user, and where its things are.
pub(super) struct Owner {
    pub(super) name: String,
    id: u32,
    group: u32,
    home: PathBuf,
    /// Not whoever runs this program.
    pub(super) made: bool,
}

impl Owner {
    /// Whoever runs this program; or, where that is root, the user for it, who is made if need be.
    pub(super) fn ensure() -> Result<Self, String> {
        if !cfg!(target_os = "linux") {
            return Err("the harness needs Linux: elsewhere Podman runs in a virtual machine of its own".to_owned());
        }
        let me = fs::metadata("/proc/self").map_err(|error| format!("/proc cannot be read: {error}"))?;
        let owner = if me.uid() == 0 { Self::made()? } else { Self::me(&me)? };
        owner.has_ids()?;
        owner.may_tun()?;
        Ok(owner)
    }

    fn me(me: &fs::Metadata) -> Result<Self, String> {
        let home = env::var_os("HOME").map(PathBuf::from).ok_or("HOME is not set: set it")?;
        let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let name = passwd.lines().find_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next()?;
            (fields.nth(1)?.parse() == Ok(me.uid())).then(|| name.to_owned())
        });
        // One from a directory service is in no file.
        let name = name.or_else(|| env::var("USER").ok()).unwrap_or_else(|| me.uid().to_string());
        Ok(Self { name, id: me.uid(), group: me.gid(), home, made: false })
    }

    fn made() -> Result<Self, String> {
        if Self::known().is_none() {
            succeed(Command::new("useradd").args(["--create-home", "--shell", "/usr/sbin/nologin", NAME]))
                .map_err(|why| format!("the user {NAME} cannot be made: {why}"))?;
        }
        Self::known().ok_or_else(|| format!("the user {NAME} was made but is not in /etc/passwd"))
    }

    fn known() -> Option<Self> {
        let passwd = fs::read_to_string("/etc/passwd").ok()?;
        let line = passwd.lines().find(|line| line.split(':').next() == Some(NAME))?;
        let fields: Vec<&str> = line.split(':').collect();
        let (id, group) = (fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?);
        Some(Self { name: NAME.to_owned(), id, group, home: fields.get(5)?.into(), made: true })
    }

    /// A user namespace needs more ids than one.
    fn has_ids(&self) -> Result<(), String> {
        let has = |file: &str| {
            let text = fs::read_to_string(file).unwrap_or_default();
            let id = self.id.to_string();
            text.lines().filter_map(|line| line.split(':').next()).any(|who| who == self.name || who == id)
        };
        if has("/etc/subuid") && has("/etc/subgid") {
            return Ok(());
        }
        let text = ["/etc/subuid", "/etc/subgid"].map(|file| fs::read_to_string(file).unwrap_or_default()).join("\n");
        let first = first_free(&text);
        let range = format!("{first}-{}", first + IDS - 1);
        let arguments = ["--add-subuids", &range, "--add-subgids", &range, &self.name];
        if self.made {
            return succeed(Command::new("usermod").args(arguments))
                .map_err(|why| format!("{NAME} cannot be given subordinate ids: {why}"));
        }
        let command = arguments.join(" ");
        Err(format!("you have no subordinate ids: type `sudo usermod {command} && podman system migrate`"))
    }

    /// What carries the network of whoever is not root opens it.
    fn may_tun(&self) -> Result<(), String> {
        let opens = || {
            let mut open = self.command("sh", &BTreeMap::new());
            succeed(open.args(["-c", &format!("exec 3<>{TUN}")])).is_ok()
        };
        if opens() {
            return Ok(());
        }
        if !Path::new(TUN).exists() {
            return Err(format!("there is no {TUN}: type `sudo modprobe tun`"));
        }
        if self.made {
            // Open to all is what most distributions have; here one more user will do.
            let opened = chown(TUN, None, Some(self.group))
                .and_then(|()| fs::set_permissions(TUN, fs::Permissions::from_mode(0o660)));
            if opened.is_ok() && opens() {
                return Ok(());
            }
        }
        Err(format!(
            "{TUN} is closed to {}: type `sudo chmod 666 {TUN}`, which is how most distributions have it",
            self.name
        ))
    }

    /// What the harness keeps for this user.
    pub(super) fn state(&self) -> PathBuf {
        let given = env::var_os("XDG_DATA_HOME").map(PathBuf::from).filter(|path| !self.made && path.is_absolute());
        given.unwrap_or_else(|| self.home.join(".local/share")).join("truce-harness")
    }

    fn runtime(&self) -> PathBuf {
        Path::new("/run/user").join(self.id.to_string())
    }

    /// Whether a systemd of this user's own is there to be asked for groups of processes.
    pub(super) fn has_systemd(&self) -> bool {
        let given = env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|_| !self.made);
        given.unwrap_or_else(|| self.runtime()).join("systemd/private").exists()
    }

    /// `program` as this user, told `told` besides. It knows nothing of whoever else it could have been.
    pub(super) fn command(&self, program: impl AsRef<OsStr>, told: &BTreeMap<&'static str, OsString>) -> Command {
        if !self.made {
            let mut command = Command::new(program);
            command.envs(told);
            return command;
        }
        let mut command = Command::new("runuser");
        // A folder of root's is none this user could be in.
        command.current_dir("/").env_clear().envs(told);
        command.env("PATH", env::var_os("PATH").unwrap_or_default());
        command.env("HOME", &self.home).env("USER", &self.name).env("XDG_RUNTIME_DIR", self.runtime());
        command.args(["-u", &self.name, "--"]).arg(program);
        command
    }

    /// A folder of this user's that nobody else may look into.
    pub(super) fn private(&self, folder: &Path) -> io::Result<()> {
        let missing: Vec<&Path> = folder.ancestors().take_while(|path| !path.exists()).collect();
        fs::create_dir_all(folder)?;
        missing.into_iter().try_for_each(|path| self.give(path))?;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
    }

    /// Makes `path`, and what is in it, this user's.
    pub(super) fn give(&self, path: &Path) -> io::Result<()> {
        if !self.made {
            return Ok(());
        }
        if path.is_dir() {
            fs::read_dir(path)?.try_for_each(|entry| self.give(&entry?.path()))?;
        }
        chown(path, Some(self.id), Some(self.group))
    }

    /// The runtime folder, which logind makes for who logs in. What is in it goes with the last of its user's processes: Podman would take it for
    /// containers that run, and would not start again on a machine that went off in the middle of them.
    pub(super) fn begin_session(&self) -> Result<(), String> {
        let runtime = self.runtime();
        let locks = PathBuf::from(format!("/dev/shm/libpod_rootless_lock_{}", self.id));
        let begun = (|| {
            if self.processes().is_empty() {
                [&runtime, &locks].into_iter().filter(|path| path.exists()).try_for_each(|path| remove(path))?;
            }
            fs::create_dir_all(&runtime)?;
            self.give(&runtime)?;
            fs::set_permissions(&runtime, fs::Permissions::from_mode(0o700))
        })();
        begun.map_err(|error: io::Error| format!("{} cannot be prepared: {error}", runtime.display()))
    }

    /// The numbers of all that runs as this user; not of what runs in a container, as one of its subordinate ids.
    pub(super) fn processes(&self) -> Vec<u32> {
        let all = fs::read_dir("/proc").into_iter().flatten().flatten();
        let numbers = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        numbers.filter(|process| self.runs(*process)).collect()
    }

    fn runs(&self, process: u32) -> bool {
        // Whose its folder is, is not for every process who it runs as.
        let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        let ids = status.lines().find_map(|line| line.strip_prefix("Uid:")).unwrap_or_default();
        ids.split_whitespace().any(|id| id.parse() == Ok(self.id))
    }

    /// Two harnesses of one user would be in each other's way. What this one needs of the machine is there from now on.
    pub(super) fn lock(&self) -> Result<File, String> {
        let folder = self.state().parent().map(Path::to_path_buf).unwrap_or_default();
        let path = folder.join("truce-harness.lock");
        let locked = (|| {
            if !folder.is_dir() {
                self.private(&folder)?;
            }
            let file = File::create(&path)?;
            self.give(&path)?;
            file.lock()?;
            Ok(file)
        })();
        let file = locked.map_err(|error: io::Error| format!("{} cannot be locked: {error}", path.display()))?;
        if self.made {
            self.begin_session()?;
        }
        Ok(file)
    }
}

/// The first id after all that `text`, lines of `name:first:count`, hands out.
fn first_free(text: &str) -> u64 {
    let ends = text.lines().filter_map(|line| {
        let mut fields = line.split(':').skip(1).map_while(|field| field.trim().parse::<u64>().ok());
        Some(fields.next()? + fields.next()?)
    });
    ends.max().unwrap_or(FIRST).max(FIRST)
}

/// Runs it; the last line of what it said, where it did not end well.
fn succeed(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    if tools::on_path(&program).is_none() {
        return Err(format!("there is no {program}"));
    }
    let output = command.output().map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(said.lines().last().map_or_else(|| output.status.to_string(), str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_ids_overlap_with_nobodys() {
        assert_eq!(first_free(""), 100_000);
        assert_eq!(first_free("a:100000:65536\nb:165536:65536\nbroken\n"), 231_072);
        assert_eq!(first_free("1000:1000:10\n"), 100_000);
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        assert_eq!(succeed(&mut Command::new("no-such-program")), Err("there is no no-such-program".to_owned()));
    }
}
