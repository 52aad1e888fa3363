//! This function as a process of its own.

fn main() -> std::process::ExitCode {
    truce_{{snake}}::serve()
}
