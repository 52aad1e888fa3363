//! Images, from nothing: a function's static program, and for what others keep (Traefik, Redis, `HAProxy`) the program that is on this
//! machine with the libraries it names. No registry is asked.

use super::podman::Podman;
use crate::workspace::Workspace;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What `cargo xtask package` calls this machine.
pub(super) const ARCHITECTURE: &str = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };

/// A file, and where in the image it goes.
struct Piece {
    from: PathBuf,
    to: PathBuf,
}

/// An image, and whether it was there.
pub(super) struct Image {
    pub(super) id: String,
    pub(super) built: bool,
}

/// Where the packaged program of `function` is.
pub(super) fn packaged(workspace: &Workspace, function: &str) -> Result<PathBuf, String> {
    let path = workspace.target.join("package").join(ARCHITECTURE).join(format!("truce-{function}"));
    if path.is_file() {
        return Ok(path);
    }
    Err(format!("there is no {}: type `cargo xtask package {ARCHITECTURE}`", workspace.shown(&path)))
}

/// Builds `truce-FUNCTION` from the program that was packaged.
pub(super) fn function(workspace: &Workspace, podman: &Podman<'_>, function: &str) -> Result<Image, String> {
    let from = packaged(workspace, function)?;
    let program = format!("{ARCHITECTURE}/truce-{function}");
    let arguments = [format!("FUNCTION={function}"), format!("ARCHITECTURE={ARCHITECTURE}")];
    let containerfile = workspace.root.join("deploy/kubernetes/Containerfile");
    build(podman, &format!("truce-{function}"), &containerfile, &arguments, &[Piece { from, to: program.into() }])
}

/// Builds `name` from `program`, with `more` files beside it.
pub(super) fn program(
    workspace: &Workspace,
    podman: &Podman<'_>,
    name: &str,
    program: &Path,
    more: &[(&Path, &str)],
) -> Result<Image, String> {
    let mut pieces = vec![Piece { from: program.to_owned(), to: "program".into() }];
    pieces.extend(more.iter().map(|(from, to)| Piece { from: (*from).to_owned(), to: to.into() }));
    for library in libraries(program) {
        let to = library.strip_prefix("/").unwrap_or(&library).to_owned();
        pieces.push(Piece { from: library, to });
    }
    build(podman, name, &workspace.root.join("podman-local/Containerfile"), &[], &pieces)
}

fn build(
    podman: &Podman<'_>,
    name: &str,
    containerfile: &Path,
    arguments: &[String],
    pieces: &[Piece],
) -> Result<Image, String> {
    let folder = podman.owner.state().join("build");
    let (context, stamp) = (folder.join(name), folder.join(format!("{name}.stamp")));
    let problem = |error: io::Error| format!("the image {name} cannot be prepared: {error}");
    let now = format!("{:016x}", looks(containerfile, pieces).map_err(problem)?);
    if let Some(id) = podman.image(name).filter(|_| fs::read_to_string(&stamp).is_ok_and(|then| then == now)) {
        return Ok(Image { id, built: false });
    }
    podman.owner.private(&folder).and_then(|()| lay_out(&context, containerfile, pieces)).map_err(problem)?;
    podman.owner.give(&context).map_err(problem)?;
    let (root, file) = (context.join("root"), context.join("Containerfile"));
    let tag = format!("localhost/{name}");
    // No time of this machine is in it: the same files make the same image.
    let mut build = vec!["build", "--quiet", "--layers", "--timestamp", "0", "--tag", &tag];
    build.extend(arguments.iter().flat_map(|argument| ["--build-arg", argument.as_str()]));
    let (root, file) = (root.to_string_lossy(), file.to_string_lossy());
    build.extend(["--file", &file, &root]);
    let before = podman.image(name);
    podman.text(&build)?;
    let _ = fs::remove_dir_all(&context);
    fs::write(&stamp, now).and_then(|()| podman.owner.give(&stamp)).map_err(problem)?;
    let id = podman.image(name).ok_or_else(|| format!("the image {name} was built but is not there"))?;
    Ok(Image { built: before.as_ref() != Some(&id), id })
}

/// A copy: the owner of the containers may not be allowed to read the checkout.
fn lay_out(context: &Path, containerfile: &Path, pieces: &[Piece]) -> io::Result<()> {
    if context.exists() {
        fs::remove_dir_all(context)?;
    }
    let root = context.join("root");
    for Piece { from, to } in pieces {
        let to = root.join(to);
        fs::create_dir_all(to.parent().unwrap_or(&root))?;
        fs::copy(from, &to)?;
        // Whoever runs it is somebody else in there.
        let mode = fs::metadata(&to)?.permissions().mode() & 0o111;
        fs::set_permissions(&to, fs::Permissions::from_mode(0o444 | if mode == 0 { 0 } else { 0o111 }))?;
    }
    fs::copy(containerfile, context.join("Containerfile")).map(drop)
}

/// Whether a piece is another one, from how it looks: reading all of them would take longer than everything else.
fn looks(containerfile: &Path, pieces: &[Piece]) -> io::Result<u64> {
    let mut hasher = DefaultHasher::new();
    fs::read(containerfile)?.hash(&mut hasher);
    for Piece { from, to } in pieces {
        let metadata = fs::metadata(from)?;
        (to, metadata.len(), metadata.modified()?).hash(&mut hasher);
    }
    Ok(hasher.finish())
}

/// The libraries that `program` names, and what loads them; none, where it is static.
fn libraries(program: &Path) -> Vec<PathBuf> {
    let output = Command::new("ldd").arg(program).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    named(&text)
}

/// The files in lines like `libssl.so.3 => /lib/libssl.so.3 (0x7f)` and `/lib64/ld-linux-x86-64.so.2 (0x7f)`.
fn named(text: &str) -> Vec<PathBuf> {
    let file = |line: &str| line.split_whitespace().find(|word| word.starts_with('/')).map(PathBuf::from);
    let mut files: Vec<PathBuf> = text.lines().filter(|line| line.contains(" (0x")).filter_map(file).collect();
    files.sort();
    files.dedup();
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_libraries_are_those_with_a_file() {
        let text = "\tlinux-vdso.so.1 (0x7ffc)\n\tlibssl.so.3 => /lib/libssl.so.3 (0x7f01)\n\
                    \tlibgone.so => not found\n\t/lib64/ld-linux-x86-64.so.2 (0x7f02)\n";
        assert_eq!(named(text), [PathBuf::from("/lib/libssl.so.3"), PathBuf::from("/lib64/ld-linux-x86-64.so.2")]);
        assert_eq!(named("\tnot a dynamic executable\n"), [] as [PathBuf; 0]);
    }

    #[test]
    fn what_others_may_not_read_can_be_read_in_an_image() {
        let folder = std::env::temp_dir().join(format!("xtask-image-{}", std::process::id()));
        let (file, context) = (folder.join("private"), folder.join("context"));
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(&file, "x").expect("a file");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("private");
        lay_out(&context, &file, &[Piece { from: file.clone(), to: "a/b".into() }]).expect("laid out");
        let mode = fs::metadata(context.join("root/a/b")).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o444);
        fs::remove_dir_all(&folder).expect("removed");
    }
}
