//! `truce-pack`: puts what was built where it is taken from, and says how large it is and what it hashes to.
//!
//! A program of its own, so that `cargo xtask` needs no compressor.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr)] // a command talks to whoever called it

use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::Path;
use std::process::ExitCode;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// `truce-pack FOLDER [FROM TO]…`: each FROM becomes FOLDER/TO, and a line of JSON. A TO that ends in `.zip` holds it as
/// `bootstrap`, which is what AWS Lambda starts.
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((folder, pairs)) = arguments.split_first().filter(|(_, pairs)| pairs.len() % 2 == 0) else {
        eprintln!("truce-pack FOLDER [FROM TO]…");
        return ExitCode::from(2);
    };
    let mut sums = String::new();
    for pair in pairs.chunks(2) {
        match put(Path::new(&pair[0]), folder, &pair[1]) {
            Ok((bytes, sha256)) => {
                println!("{}", json!({ "name": pair[1], "bytes": bytes, "sha256": sha256 }));
                // Writing to a String cannot fail.
                let _ = writeln!(sums, "{sha256}  {}", pair[1]);
            }
            Err(error) => {
                eprintln!("truce-pack: {} to {}: {error}", pair[0], pair[1]);
                return ExitCode::FAILURE;
            }
        }
    }
    match fs::write(Path::new(folder).join("SHA256SUMS"), sums) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("truce-pack: SHA256SUMS: {error}");
            ExitCode::FAILURE
        }
    }
}

fn put(from: &Path, folder: &str, to: &str) -> Result<(usize, String), Box<dyn std::error::Error>> {
    let path = Path::new(folder).join(to);
    let contents = fs::read(from)?;
    if path.extension().is_none_or(|kind| kind != "zip") {
        // With its permissions: a program stays one.
        fs::copy(from, &path)?;
        return Ok((contents.len(), hash(&contents)));
    }
    let zip = zipped(&contents)?;
    fs::write(&path, &zip)?;
    Ok((zip.len(), hash(&zip)))
}

/// Depends on nothing but `program`: no time, no owner, and the permissions that Lambda needs.
fn zipped(program: &[u8]) -> zip::result::ZipResult<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o755);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("bootstrap", options)?;
    zip.write_all(program)?;
    Ok(zip.finish()?.into_inner())
}

fn hash(contents: &[u8]) -> String {
    Sha256::digest(contents).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    #[test]
    fn a_zip_holds_a_program_that_can_be_run_and_no_time() {
        let program = b"\x7fELF not really".repeat(100);
        let packed = zipped(&program).expect("packed");
        assert_eq!(packed, zipped(&program).expect("packed"));
        let mut zip = zip::ZipArchive::new(Cursor::new(packed)).expect("a zip");
        assert_eq!(zip.len(), 1);
        let mut file = zip.by_name("bootstrap").expect("what Lambda starts");
        assert_eq!(file.unix_mode().map(|mode| mode & 0o777), Some(0o755));
        assert_eq!(file.last_modified(), Some(DateTime::default()));
        let mut unpacked = Vec::new();
        file.read_to_end(&mut unpacked).expect("whole");
        assert_eq!(unpacked, program);
    }

    #[test]
    fn hashes_are_what_sha256sum_says() {
        assert_eq!(hash(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
