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
}
