//! Reads one message a line and shows what the mediator makes of it: `cargo run -p truce-mediation --example say`.
#![allow(clippy::print_stdout)]

use std::io::{self, BufRead};

use truce_mediation::Mediator;

fn main() -> io::Result<()> {
    let mediator = Mediator::new("your people team");
    for line in io::stdin().lock().lines() {
        let line = line?;
        let heard = mediator.mediate(&line);
        let menu: Vec<&str> = heard.menu.iter().map(|reply| reply.text.as_str()).collect();
        println!("< {line}\n> {:?}/{}  {}", heard.plan, heard.category, heard.say);
        if let Some(request) = &heard.request {
            println!("  agreement: {} / by {:?}", request.what, request.by_when);
        }
        if !menu.is_empty() {
            println!("  menu: {}", menu.join(" | "));
        }
        if !heard.heard.is_empty() {
            println!("  heard: {}", heard.heard);
        }
    }
    Ok(())
}
