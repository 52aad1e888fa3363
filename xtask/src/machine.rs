//! What a measurement was taken on. A number without it says nothing.

use crate::workspace::Workspace;
use std::fs;
use std::process::Command;
use std::thread::available_parallelism;

/// One line: processor, cores, memory, kernel, compiler, and what else was going on.
pub(crate) fn describe(workspace: &Workspace) -> String {
    let cpu = field(&fs::read_to_string("/proc/cpuinfo").unwrap_or_default(), "model name")
        .or_else(|| said(Command::new("sysctl").args(["-n", "machdep.cpu.brand_string"])))
        .unwrap_or_else(|| "unknown processor".to_owned());
    let cores = available_parallelism().map_or(1, usize::from);
    let memory = field(&fs::read_to_string("/proc/meminfo").unwrap_or_default(), "MemTotal")
        .and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok())
        .map_or_else(|| "unknown memory".to_owned(), |kibibytes| format!("{} GiB", (kibibytes + (1 << 19)) >> 20));
    let kernel = said(Command::new("uname").arg("-sr")).unwrap_or_else(|| "unknown system".to_owned());
    let rustc = said(workspace.command("rustc").arg("--version")).unwrap_or_else(|| "unknown rustc".to_owned());
    let busy = fs::read_to_string("/proc/loadavg").ok().and_then(|text| text.split(' ').next().map(str::to_owned));
    let busy = busy.map_or_else(String::new, |load| format!(", load {load} before"));
    format!("{cpu}, {cores} cores, {memory}, {kernel}, {rustc}{busy}")
}

/// What the processors have done so far, all together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ticks {
    all: u64,
    /// What the host of a virtual machine gave to others while this one had something to do.
    stolen: u64,
}

impl Ticks {
    /// Nothing where the system does not say; only Linux does.
    pub(crate) fn now() -> Option<Self> {
        Self::read(&fs::read_to_string("/proc/stat").ok()?)
    }

    /// How much of the time since `earlier` was stolen, from 0 to 1.
    #[allow(clippy::cast_precision_loss)] // far below 2^52
    pub(crate) fn stolen_since(self, earlier: Self) -> Option<f64> {
        let (all, stolen) = (self.all.checked_sub(earlier.all)?, self.stolen.checked_sub(earlier.stolen)?);
        (all > 0).then(|| stolen as f64 / all as f64)
    }

    /// From /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal, and then what is in user already.
    fn read(text: &str) -> Option<Self> {
        let line = text.lines().find_map(|line| line.strip_prefix("cpu "))?;
        let ticks: Option<Vec<u64>> = line.split_whitespace().take(8).map(|ticks| ticks.parse().ok()).collect();
        ticks.filter(|ticks| ticks.len() == 8).map(|ticks| Self { all: ticks.iter().sum(), stolen: ticks[7] })
    }
}

/// The first `name : value` of a file under /proc.
fn field(text: &str, name: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then(|| value.trim().to_owned())
    })
}

fn said(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_by_their_whole_name() {
        let text = "processor\t: 0\nmodel name\t: A CPU @ 2 GHz\nmodel\t: 7\n";
        assert_eq!(field(text, "model name").as_deref(), Some("A CPU @ 2 GHz"));
        assert_eq!(field(text, "model").as_deref(), Some("7"));
        assert_eq!(field(text, "mode"), None);
    }

    #[test]
    fn what_a_host_takes_is_a_share_of_the_time() {
        let read = |text| Ticks::read(text);
        let earlier = read("cpu  10 0 10 70 0 0 0 10 5 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n").expect("ticks");
        let later = read("cpu  60 0 60 130 10 5 5 30 5 0\n").expect("ticks");
        assert_eq!(later.stolen_since(earlier), Some(0.1));
        assert_eq!((earlier.stolen_since(later), earlier.stolen_since(earlier)), (None, None));
        assert_eq!([read(""), read("cpu  1 2 3\n"), read("cpu  a b c d e f g h\n")], [None; 3]);
    }
}
